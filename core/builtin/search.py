"""`GET /api/v1/search`: rooms and people, and tickets, with one question."""

import msgspec
from litestar import get
from litestar.params import FromQuery

from core.households import queries as households
from core.households.schemas import HouseholdHit
from core.kit import paging
from core.kit.access import can, places
from core.kit.web import signed_in
from core.tickets import queries as tickets
from core.tickets.schemas import TicketRow

HOMES = "households.household.view"
MOST = 20


class Found(msgspec.Struct):
    """What the question may mean, likeliest first; empty for what the caller may not see."""

    households: list[HouseholdHit]
    tickets: list[TicketRow]


@get("/search", guards=[signed_in()], tags=["search"])
async def search(q: FromQuery[str], limit: FromQuery[int | None] = None) -> Found:
    """Households by room in any spelling, phone, last four digits, name or initials; tickets by
    number, room, phone or two characters of their words.
    """
    size = paging.limit(limit, 10, MOST)
    homes = places("households.household.view")
    found = (
        await households.search_households(q, homes, limit=size) if can("households.household.view") else None
    )
    wanted = tickets.Filter(q=q)
    seen = await tickets.tickets(wanted, limit=size) if can(tickets.VIEW) and q.strip() else None
    return Found(found.items if found else [], seen.items if seen else [])
