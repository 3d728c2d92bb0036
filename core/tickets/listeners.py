"""Who hears of a ticket, after the commit: rules as data, one row per event (TK-01, TK-04, TK-05)."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from core.flows.engine import known_flow
from core.kit import sql
from core.kit.events import Event
from core.kit.i18n import _
from core.notifications.actions import tell
from core.notifications.schemas import Tone
from core.policies.queries import policy
from core.policies.values import TicketPolicy
from core.sla.events import ClockBreached, ClockEscalated, ClockWarned
from core.sla.limits import DEFINITIONS
from core.staff import queries as staff
from core.tickets import raising
from core.tickets.events import TicketMoved, TicketRegistered, TicketReminded
from core.tickets.hands import order_taker

TICKET = "select * from core.tickets_ticket where tenant_id = $1 and id = $2"


class Hears(msgspec.Struct, frozen=True):
    """Who is told what: recipients are columns of the ticket, `department` (its order-takers), `desk`
    or a role; nobody where `where` does not hold for the ticket.
    """

    recipients: tuple[str, ...]
    message: str
    tone: Tone = "info"
    where: Callable[[Any], bool] | None = None


REGISTERED = Hears(("butler",), _("{room} 新{kind}：{content}"))
MOVED: dict[str, Hears] = {
    "dispatch": Hears(("department",), _("{room} 待接单：{content}")),
    "accept": Hears(("butler", "first_responsible"), _("{room} 部门已接单：{content}")),
    "decline": Hears(
        ("first_responsible",), _("{room} 被退单，请在 {minutes} 分钟内改派：{content}"), "warn"
    ),
    "assign": Hears(("engineer", "butler"), _("{room} 派给您：{content}")),
    "take": Hears(("department", "butler"), _("{room} 已有师傅接单：{content}")),
    "cannot_attend": Hears(
        ("first_responsible", "butler"), _("{room} 无法按时上门，请立即告知业主：{content}"), "warn"
    ),
    "wait_customer": Hears(("first_responsible",), _("{room} 挂起等业主：{content}")),
    "wait_third_party": Hears(("first_responsible",), _("{room} 等第三方：{content}")),
    "complete": Hears(("first_responsible", "butler"), _("{room} 已完工，待返单：{content}")),
    "return_sheet": Hears(("first_responsible",), _("{room} 已返单，待回访：{content}")),
    "reopen": Hears(("department", "butler", "engineer"), _("{room} 业主不满意，已重开：{content}"), "warn"),
    "rebook": Hears(("engineer", "butler"), _("{room} 改约了上门时间：{content}")),
    "refuse_price": Hears(
        ("department", "butler", "first_responsible"), _("{room} 业主不同意价格，已取消：{content}")
    ),
    "drop_quote": Hears(("first_responsible", "engineer"), _("{room} 业主不同意价格：{content}")),
    "escalate": Hears(("escalated_to",), _("{room} 上报给您：{content}"), "warn"),
    "reassign": Hears(("specialist_owner",), _("{room} 转派给您：{content}")),
    "deputy": Hears(("deputy",), _("{room} 请您代理首问责任人：{content}")),
    "instruct": Hears(("first_responsible", "department"), _("{room} 主任已批示：{content}")),
    "merge": Hears(("first_responsible", "engineer"), _("{room} 已合并：{content}")),
    "cancel": Hears(("department", "butler", "engineer"), _("{room} 已取消：{content}")),
    "refuse": Hears(("first_responsible",), _("{room} 不受理：{content}")),
    "void_sheet": Hears(("department", "engineer"), _("{room} 派工单作废：{content}")),
}
OF_KIND: dict[str, dict[str, Hears]] = {}
"""What is told otherwise of a kind's own arrows; their areas put it here when they are imported."""
MAJOR = Hears(("cs_manager", "department"), _("重大事件 {room}：{content}"), "danger")
WARNED = Hears(("handler",), _("{room} 即将超时：{limit}"), "warn")
BREACHED = Hears(("handler", "superior"), _("{room} 已超时：{limit}"), "danger")
REMINDED = Hears(("handler", "superior"), _("{room} 催办，请尽快处理：{content}"), "danger")
ESCALATED = Hears(("next_level",), _("{room} 超时升级到您：{limit}"), "danger")


async def on_registered(event: TicketRegistered) -> None:
    await _spread(event, event.ticket, REGISTERED)
    own = OF_KIND.get(event.kind, {}).get("register")
    if own is not None:
        await _spread(event, event.ticket, own)
    await _tell_major(event)


async def on_moved(event: TicketMoved) -> None:
    rule = OF_KIND.get(event.kind, {}).get(event.transition) or MOVED.get(event.transition)
    if rule is not None:
        await _spread(event, event.ticket, rule)
    if event.transition in {"escalate", "mark_major"}:
        await _tell_major(event)


async def _tell_major(event: TicketRegistered | TicketMoved) -> None:
    """TK-05: at once, and once."""
    row = await _row(event.ticket)
    if row is not None and row["major"] and not await raising.was_said(row["id"], raising.MAJOR_TOLD):
        await raising.note_told(row, await _spread(event, event.ticket, MAJOR))


async def on_reminded(event: TicketReminded) -> None:
    await _spread(event, event.ticket, REMINDED)


async def on_warned(event: ClockWarned) -> None:
    await _spread(event, event.record, await _of_clock(WARNED, event), limit=_limit(event.code))


async def on_breached(event: ClockBreached) -> None:
    await _spread(event, event.record, await _of_clock(BREACHED, event), limit=_limit(event.code))
    row = await _row(event.record)
    if row is not None:
        await raising.raise_priority(row)


async def on_escalated(event: ClockEscalated) -> None:
    told = await _spread(event, event.record, ESCALATED, level=event.level, limit=_limit(event.code))
    row = await _row(event.record)
    if row is not None:
        await raising.raise_level(row, told)


async def _of_clock(rule: Hears, event: ClockWarned | ClockBreached) -> Hears:
    """A clock that an acceptance stops is the order-takers' too, once the order lies with them (SLA-02)."""
    row = await _row(event.record)
    flow = known_flow(row["kind"]) if row is not None and row["state"] == "dispatched" else None
    clocks = flow.clocks if flow is not None else ()
    if any(one.code == event.code and "accept" in one.stops_on for one in clocks):
        return msgspec.structs.replace(rule, recipients=(*rule.recipients, "department"))
    return rule


def _limit(code: str) -> str:
    return DEFINITIONS[code].name if code in DEFINITIONS else code


async def _row(ticket: UUID) -> Mapping[str, Any] | None:
    rows = await sql.records(TICKET, ticket)
    return rows[0] if rows else None


async def _spread(event: Event, ticket: UUID, rule: Hears, *, level: int = 1, **more: str) -> list[UUID]:
    """Tell them; who was told."""
    row = await _row(ticket)
    if row is None or (rule.where is not None and not rule.where(row)):
        return []
    people: list[UUID] = []
    for recipient in rule.recipients:
        people += await _recipients(recipient, row, level)
    flow = known_flow(row["kind"])
    words = {
        "room": row["room"] or row["place"] or "",
        "content": row["content"][:40],
        "kind": flow.title if flow else row["kind"],
        "number": row["number"],
        "minutes": (await policy(TicketPolicy, row["project_id"])).redirect_minutes,
        **more,
    }
    await tell(people, event.name, rule.message, f"/tickets/{row['number']}", tone=rule.tone, **words)
    return people


def handler(row: Mapping[str, Any]) -> UUID:
    """Who answers for the ticket now: the specialist, else the engineer, the deputy, the first
    responsible.
    """
    person: UUID = row["specialist_owner"] or row["engineer"] or row["deputy"] or row["first_responsible"]
    return person


async def _recipients(recipient: str, row: Mapping[str, Any], level: int) -> list[UUID]:
    project = row["project_id"]
    if recipient == "department":
        return await staff.holders(order_taker(row["department"]), project)
    if recipient == "handler":
        return [handler(row)]
    if recipient in {"superior", "next_level"}:
        return await _superior(handler(row), project, 1 if recipient == "superior" else level + 1)
    if recipient in row:
        return [row[recipient]] if row[recipient] else []
    return await staff.holders(recipient, project)


async def _superior(person: UUID, project: UUID, steps: int) -> list[UUID]:
    """So many levels up; the last one known where the ladder ends earlier."""
    found: list[UUID] = []
    for _step in range(steps):
        above = await staff.superior_of(person, project)
        if above is None:
            break
        found, person = [above], above
    return found
