"""Who hears of a complaint besides what every ticket tells (CP-01, CP-02), and what follows when it is late
(CP-06).
"""

from core.flows import engine
from core.flows.schemas import Happened
from core.kit import clock
from core.kit.context import SYSTEM
from core.kit.i18n import _
from core.sla.events import ClockBreached
from core.tickets.listeners import OF_KIND, Hears

OVERDUE = "overdue"
LIMITS = frozenset({"SLA-14a", "SLA-14b", "SLA-14c"})

OF_KIND["complaint"] = {
    "contact": Hears(("first_responsible", "butler"), _("{room} 部门已联系投诉人：{content}")),
    "coordinate": Hears(("office_director",), _("{room} 须主任协调：{content}"), "warn"),
    "complete": Hears(("first_responsible", "butler"), _("{room} 投诉已补救，待答复：{content}")),
    "reply": Hears(("first_responsible", "butler"), _("{room} 投诉已答复，待回访：{content}")),
}


async def on_breached(event: ClockBreached) -> None:
    """Have the resident contacted unasked, by the end of that service day (SLA-15). Delivered twice, the
    second finds the clock running and changes nothing.
    """
    if event.flow != "complaint" or event.code not in LIMITS:
        return
    flow = engine.flow_of(event.flow)
    row = await engine.locked(flow, event.record)
    if row["state"] in {"pending_call_back", "closed", "cancelled", "merged", "refused"}:
        return
    at = clock.now()
    await engine.write_event(flow, row["id"], kind="note", name=OVERDUE, actor=SYSTEM, at=at)
    await engine.tell(Happened(flow=flow, name=OVERDUE, before=row, after=row, at=at, actor=SYSTEM))
