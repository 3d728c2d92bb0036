"""Who hears, after the commit, that a sheet stayed out: the desk writes it into its closing list (RP-04)."""

from core.kit.errors import NotFound
from core.kit.i18n import _
from core.notifications.actions import tell
from core.sla.events import ClockBreached
from core.sla.limits import DEFINITIONS
from core.staff import queries as staff
from core.tickets import queries as tickets

DESK = ("front_desk_agent", "cs_assistant", "building_keeper")
STAYED_OUT = _("{room} 的维修单没有按时返回，请在收班清单写明原因")
PAGE = "/carryover?ticket={number}"


async def on_breached(event: ClockBreached) -> None:
    """Limits whose breach is carried over by itself (SLA-10)."""
    if event.code not in DEFINITIONS or DEFINITIONS[event.code].then != "carry_over":
        return
    try:
        row = await tickets.row_of(event.record)
    except NotFound:
        return
    people = [person for role in DESK for person in await staff.holders(role, row["project_id"])]
    room = row["room"] or row["place"] or row["number"]
    await tell(people, event.name, STAYED_OUT, PAGE.format(number=row["number"]), tone="warn", room=room)
