"""What the desk shows: the caller's household, and the queue."""

from typing import Any
from uuid import UUID

import msgspec

from admin_ui import pills
from admin_ui.pages import frame
from core.households import phones
from core.households import queries as households
from core.households.errors import PhoneInvalid
from core.households.queries.lookups import hits
from core.kit.access import places
from core.kit.errors import NotFound
from core.kit.i18n import _, gettext
from core.tickets import list_queries, queries
from core.tickets.queries import Filter
from core.tickets.schemas import TicketRow

MOST_HITS = 12
MOST_RECENT = 4
QUEUE = 30
TABS = {
    "due": (_("按时限"), "due"),
    "registered": (_("待派单"), "registered"),
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


async def caller(*, phone: str = "", household: UUID | None = None, q: str = "") -> Caller:
    """Four queries at the most: the search's three, then what the household asked for lately."""
    found = Caller(q=q, phone=phone, asked=bool(phone or q or household))
    if phone or q:
        found.hits = await _hits(found)
    found.chosen = await _chosen(found.hits, household)
    if found.chosen is not None:
        rows = await queries.history(found.chosen.id, MOST_RECENT)
        found.history = [{"row": row, "status": pills.status(row.kind, row.state)} for row in rows]
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
        found.phone or found.q, places(households.VIEW), limit=MOST_HITS
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
    """The waiting tickets and how many of each; three queries."""
    chosen = frame.one_of(tab, TABS, "due")
    wanted = Filter(sort="due") if chosen == "due" else Filter(state=(chosen,))
    rows = (await queries.tickets(wanted, limit=QUEUE)).items
    rows.sort(key=lambda row: (row.due_at is None, row.due_at or row.created_at))
    waiting = await list_queries.waiting()
    return {
        "tab": chosen,
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
        "lines": [_line(row, departments) for row in rows],
    }


def _line(row: TicketRow, departments: dict[str, str]) -> dict[str, Any]:
    """Where it is, what it is, who has it, how long there is."""
    hand = row.engineer_name or row.owner_name or departments.get(row.department or "", "")
    return {
        "row": row,
        "kind": pills.kind(row.kind),
        "status": pills.status(row.kind, row.state),
        "clock": pills.of_row(row),
        "who": hand,
    }
