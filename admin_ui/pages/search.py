"""`/search`: rooms, people and tickets by whatever is typed; also what pickers and the palette ask."""

from typing import Any

from litestar import Controller, Request, Response, get
from litestar.params import FromQuery

from admin_ui import pills
from admin_ui.pages import frame
from core.households.queries import VIEW, HouseholdHit, search_households, units
from core.kit.access import can, in_view
from core.kit.web import render, signed_in, went
from core.staff.search_queries import find
from core.tickets import queries as tickets
from core.tickets.queries import NUMBER, Filter
from core.tickets.schemas import TicketRow

FEW, MANY = 5, 20
TICKETS = "tickets.ticket.view"


class SearchPages(Controller):
    path = "/search"
    include_in_schema = False

    @get(guards=[signed_in()])
    async def search(
        self,
        request: Request[Any, Any, Any],
        q: FromQuery[str] = "",
        part: FromQuery[str] = "",
        kind: FromQuery[str] = "room",
    ) -> Response[Any]:
        """`part=palette` and `part=pick` (kind room or staff) answer options only. A ticket's whole
        number leads to it.
        """
        text = q.strip()[:60]
        if part == "pick":
            return render("search/_pick.html", options=await _options(text, kind))
        if part == "palette":
            return render("search/_palette.html", **(await _found(text, FEW)), asked=text)
        if NUMBER.match(text.upper()) and can(TICKETS):
            return went(request, f"/tickets/{text.upper()}")
        return await frame.page("search/page.html", **(await _found(text, MANY)), asked=text)


async def _found(text: str, most: int) -> dict[str, Any]:
    """What this person may see of it; nothing for an empty text."""
    if not text:
        return {"homes": [], "people": [], "rows": []}
    homes: list[HouseholdHit] = []
    rows: list[TicketRow] = []
    if can(VIEW):
        homes = (await search_households(text, in_view(VIEW), limit=most)).items
    if can(TICKETS):
        rows = (await tickets.tickets(Filter(q=text), limit=most)).items
    lines = [
        {"row": row, "kind": pills.kind(row.kind), "status": pills.status(row.kind, row.state)}
        for row in rows
    ]
    return {"homes": homes, "people": await find(text, most), "rows": lines}


async def _options(text: str, kind: str) -> list[dict[str, str]]:
    """For pickers: units by room, or staff by name."""
    if kind == "staff":
        return [
            {"value": str(one.id), "label": one.name, "note": one.title} for one in await find(text, MANY)
        ]
    if kind != "room" or not text or not can(VIEW):
        return []
    found = await units(text, limit=MANY)
    return [{"value": str(u.id), "label": u.room_short, "note": u.owner_name} for u in found.items]
