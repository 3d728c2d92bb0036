"""`/api/v1/carryover`: the closing list of a day, and what is written about its lines (TK-06)."""

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, FromQuery

from core.carryover import actions, queries, schemas
from core.carryover.permissions import VIEW, WRITE
from core.kit import paging
from core.kit.web import accepts, read, requires
from core.tickets import queries as tickets


class CarryoverApi(Controller):
    path = "/"
    tags = ["carryover"]

    @get("/carryover", guards=[requires(VIEW)])
    async def closing_list(
        self, project: FromQuery[UUID | None] = None, day: FromQuery[date | None] = None
    ) -> schemas.ClosingList:
        """What is not done at the close of that service day: the one to be written now, unless a day is
        named. Carried-over tickets come first. Days gone by stay readable and are not filled in later.
        """
        return await queries.closing_list(project, day)

    @post("/carryover/entries", guards=[requires(WRITE)], opt=accepts(schemas.NewEntry))
    async def enter(self, request: Request[Any, Any, Any]) -> Response[schemas.Entry]:
        """Write reason and next step of a line. 409 where somebody was faster or the ticket is no longer
        listed; `corrects` with `correction` puts an entry right, which itself stays.
        """
        made = await actions.enter(await read(request, schemas.NewEntry))
        return Response(made, status_code=201)

    @get("/tickets/{ticket:str}/carryover", guards=[requires("tickets.ticket.view")])
    async def of_ticket(
        self,
        ticket: FromPath[str],
        cursor: FromQuery[str | None] = None,
        limit: FromQuery[int | None] = None,
    ) -> paging.Page[schemas.Entry]:
        """Everything written about the ticket, oldest first, corrections too."""
        row = await tickets.row_of(ticket)
        written = await queries.of_ticket(row["id"])
        return paging.among(written, paging.limit(limit), cursor, lambda entry: str(entry.id))
