"""`POST /api/v1/tickets/{id}/call-backs` and the call-back queue."""

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, FromQuery

from core.callbacks import actions, queries, register_queries, schemas
from core.kit import paging
from core.kit.web import accepts, etag, if_match, read, read_partly, requires, version_seen
from core.tickets import queries as tickets
from core.tickets.register_queries import Period
from core.tickets.schemas import Ticket

RECORD = requires("callbacks.call_back.record")


class CallBacksApi(Controller):
    path = "/"
    tags = ["call-backs"]

    @post("/tickets/{ticket:str}/call-backs", guards=[RECORD], opt=accepts(schemas.NewCallBack))
    async def record(self, request: Request[Any, Any, Any], ticket: FromPath[str]) -> Response[Ticket]:
        """Record an attempt (CB-01). Answers the ticket: closed, reopened, or waiting for the next
        attempt. A `version` that is given must be the current one.
        """
        new, wrong = await read_partly(request, schemas.NewCallBack)
        new.version = new.version if new.version is not None else if_match(request)
        row = await actions.record(ticket, new, wrong)
        shown = await tickets.shown(row)
        return Response(shown, status_code=201, headers=etag(shown.version))

    @post(
        "/tickets/{ticket:str}/call-backs/exempt",
        guards=[requires("callbacks.call_back.exempt")],
        opt=accepts(schemas.Exempt),
    )
    async def exempt(self, request: Request[Any, Any, Any], ticket: FromPath[str]) -> Response[Ticket]:
        """Close without a call-back for a typed reason. 409 for an old version or none."""
        new = await read(request, schemas.Exempt)
        new.version = version_seen(request, new.version)
        row = await actions.exempt(ticket, new)
        shown = await tickets.shown(row)
        return Response(shown, status_code=201, headers=etag(shown.version))

    @get("/tickets/{ticket:str}/call-backs", guards=[requires("tickets.ticket.view")])
    async def of_ticket(
        self,
        ticket: FromPath[str],
        cursor: FromQuery[str | None] = None,
        limit: FromQuery[int | None] = None,
    ) -> paging.Page[schemas.CallBack]:
        """All attempts of all rounds."""
        row = await tickets.row_of(ticket)
        return await queries.attempts(row["id"], cursor=cursor, limit=paging.limit(limit))

    @get("/call-backs", guards=[RECORD])
    async def queue(
        self, cursor: FromQuery[str | None] = None, limit: FromQuery[int | None] = None
    ) -> paging.Page[schemas.Waiting]:
        """Tickets that wait for a call-back, soonest due first."""
        return await queries.queue(cursor=cursor, limit=paging.limit(limit))

    @get("/call-backs/register", guards=[requires(register_queries.VIEW)])
    async def register(  # noqa: PLR0917 - query parameters
        self,
        first: FromQuery[date | None] = None,
        last: FromQuery[date | None] = None,
        project: FromQuery[UUID | None] = None,
        result: FromQuery[register_queries.Result | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: FromQuery[int | None] = None,
    ) -> paging.Page[register_queries.CallBackLine]:
        """The call-back register (FORM-06) of these Shanghai days, today's where none is named, in the order
        the attempts were made.
        """
        period = Period.of(first, last, project)
        return await register_queries.call_backs(
            period, result=result, cursor=cursor, limit=paging.limit(limit)
        )
