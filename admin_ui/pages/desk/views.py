"""What the desk shows: the caller's household, and the queue."""

from typing import Any
from uuid import UUID

import msgspec
from markupsafe import Markup

from admin_ui import pills
from admin_ui.pages import cards, frame
from core.carryover import queries as carryover
from core.carryover.permissions import VIEW
from core.carryover.schemas import Line
from core.households import phones
from core.households import queries as households
from core.households.errors import PhoneInvalid
from core.households.queries.lookups import hits
from core.kit.access import can, in_view, places
from core.kit.errors import NotFound
from core.kit.i18n import _, gettext
from core.plugin.contributions import Home
from core.tickets import list_queries, queries
from core.tickets.queries import Filter
from core.tickets.schemas import TicketRow

MOST_HITS = 12
MOST_RECENT = 4
QUEUE = 12
TABS = {
    "due": (_("按时限"), "due"),
    "registered": (_("待派单"), "registered"),
    "dispatched": (_("待接单"), "dispatched"),
    "pending_call_back": (_("待回访"), "pending_call_back"),
    "done": (_("待返单"), "done"),
}
RELATIONS = {"owner": _("业主"), "renter": _("租户"), "relative": _("亲属"), "other": _("同住")}


class Caller(msgspec.Struct, kw_only=True):
    """Who is on the line: what was typed or rang, whom it may mean, and the household taken."""

    q: str = ""
    phone: str = ""
    shown: str = ""
    """The phone as it is read out; empty where none rang."""
    asked: bool = False
    hits: list[households.HouseholdHit] = []
    chosen: households.HouseholdHit | None = None
    history: list[dict[str, Any]] = []
    links: list[Markup] = []
    """What plugins offer for the household, drawn."""


async def caller(*, phone: str = "", household: UUID | None = None, q: str = "") -> Caller:
    """Four queries at the most: the search's three, then what the household asked for lately."""
    found = Caller(q=q, phone=phone, asked=bool(phone or q or household))
    if phone or q:
        found.hits = await _hits(found)
    found.chosen = await _chosen(found.hits, household)
    if found.chosen is not None:
        rows = await queries.history(found.chosen.id, MOST_RECENT)
        found.history = [{"row": row, "status": pills.status(row.kind, row.state)} for row in rows]
        one = found.chosen
        home = Home(household=one.id, unit=one.unit_id, project=one.project_id)
        found.links = await cards.of("desk", home)
    return found


async def _hits(found: Caller) -> list[households.HouseholdHit]:
    if found.phone:
        try:
            normal = phones.normalise(found.phone, service=True)
            found.shown = phones.display(normal)
            return await households.by_phone(normal)
        except PhoneInvalid:
            found.shown = found.phone
    page = await households.search_households(
        found.phone or found.q, in_view(households.VIEW), limit=MOST_HITS
    )
    return page.items


async def _chosen(
    known: list[households.HouseholdHit], household: UUID | None
) -> households.HouseholdHit | None:
    if household is None:
        return known[0] if len(known) == 1 else None
    among = next((hit for hit in known if hit.id == household), None)
    if among is not None:
        return among
    allowed = places(households.VIEW)
    named = [h for h in await hits([household]) if allowed is None or h.project_id in allowed]
    if not named:
        raise NotFound
    return named[0]


def relation(name: str) -> str:
    return gettext(RELATIONS.get(name, name))


async def queue(tab: str | None, departments: dict[str, str]) -> dict[str, Any]:
    """What earlier days left comes first, then the most urgent of what waits; and how many of each. Five
    queries, seven where something left is not among the most urgent.
    """
    chosen = frame.one_of(tab, TABS, "due")
    by_due = chosen == "due"
    rows = await list_queries.most_urgent(Filter(sort="due") if by_due else Filter(state=(chosen,)), QUEUE)
    left = {one.number: one for one in await _left() if by_due or one.state == chosen}
    missing = left.keys() - {row.number for row in rows}
    rows += await list_queries.named(sorted(missing)) if missing else []
    rows.sort(key=lambda row: (row.number not in left, row.due_at is None, row.due_at or row.created_at))
    waiting = await list_queries.waiting()
    count = getattr(waiting, TABS[chosen][1])
    whole = {"state": "open", "sort": "due"} if by_due else {"state": chosen}
    return {
        "tab": chosen,
        "more": {"count": count, "href": frame.address("/tickets", whole)} if count > len(rows) else None,
        "tabs_of_queue": [
            {
                "name": name,
                "label": gettext(label),
                "count": getattr(waiting, figure),
                "current": name == chosen,
                "tone": "danger" if name == "due" and waiting.overdue else "",
            }
            for name, (label, figure) in TABS.items()
        ],
        "waiting": waiting,
        "lines": [_line(row, departments, left=row.number in left) for row in rows],
    }


async def _left() -> list[Line]:
    return await carryover.carried(QUEUE) if can(VIEW) else []


def _line(row: TicketRow, departments: dict[str, str], *, left: bool) -> dict[str, Any]:
    """Where it is, what it is, who has it, how long there is, and whether an earlier day left it (TK-06)."""
    hand = row.engineer_name or row.owner_name or departments.get(row.department or "", "")
    return {
        "row": row,
        "kind": pills.kind(row.kind),
        "status": pills.status(row.kind, row.state),
        "clock": pills.of_row(row),
        "who": hand,
        "left": left,
    }
