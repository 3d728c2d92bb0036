"""`POST /api/v1/tickets/{id}/call-backs` and the call-back queue."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from core.callbacks import actions, queries, schemas
from core.kit import paging
from core.kit.web import accepts, etag, read, requires
from core.tickets import queries as tickets
from core.tickets.schemas import Ticket

RECORD = requires("callbacks.call_back.record")


class CallBacksApi(Controller):
    path = "/"
    tags = ["call-backs"]

    @post("/tickets/{ticket:str}/call-backs", guards=[RECORD], opt=accepts(schemas.NewCallBack))
    async def record(self, request: Request[Any, Any, Any], ticket: FromPath[str]) -> Response[Ticket]:
        """Record an attempt (CB-01). Answers the ticket: closed, reopened, or waiting for the next
        attempt.
        """
        row = await actions.record(ticket, await read(request, schemas.NewCallBack))
        shown = await tickets.shown(row)
        return Response(shown, status_code=201, headers=etag(shown.version))

    @post(
        "/tickets/{ticket:str}/call-backs/exempt",
        guards=[requires("callbacks.call_back.exempt")],
        opt=accepts(schemas.Exempt),
    )
    async def exempt(self, request: Request[Any, Any, Any], ticket: FromPath[str]) -> Response[Ticket]:
        """Close without a call-back for a typed reason."""
        row = await actions.exempt(ticket, await read(request, schemas.Exempt))
        shown = await tickets.shown(row)
        return Response(shown, status_code=201, headers=etag(shown.version))

    @get("/tickets/{ticket:str}/call-backs", guards=[requires("tickets.ticket.view")])
    async def of_ticket(self, ticket: FromPath[str]) -> paging.Page[schemas.CallBack]:
        """All attempts of all rounds."""
        row = await tickets.row_of(ticket)
        return paging.Page(await queries.of_ticket(row["id"]), None)

    @get("/call-backs", guards=[RECORD])
    async def queue(self) -> paging.Page[schemas.Waiting]:
        """Tickets that wait for a call-back, soonest due first."""
        return paging.Page(await queries.queue(), None)
