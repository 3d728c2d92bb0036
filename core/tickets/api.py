"""`/api/v1/tickets`: registering, listing, moving and noting, as API.md describes."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter

from core.flows.engine import known_flow
from core.flows.queries import timeline_page
from core.flows.schemas import TimelineEvent
from core.kit import paging
from core.kit.errors import FieldError, Invalid
from core.kit.web import accepts, etag, read, read_partly, requires, version_seen
from core.policies.queries import policy
from core.policies.values import TicketPolicy
from core.tickets import actions, queries, register_queries, schemas

VIEW = requires("tickets.ticket.view")


class TicketsApi(Controller):
    path = "/tickets"
    tags = ["tickets"]

    @get(guards=[VIEW])
    async def list(  # noqa: PLR0917 - query parameters
        self,
        states: Annotated[str | None, QueryParameter(name="state")] = None,
        kind: FromQuery[str | None] = None,
        project: FromQuery[UUID | None] = None,
        assignee: FromQuery[UUID | None] = None,
        overdue: FromQuery[bool] = False,  # noqa: FBT002 - a query parameter
        sort: FromQuery[str] = "created",
        q: FromQuery[str | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: FromQuery[int | None] = None,
    ) -> paging.Page[schemas.TicketRow]:
        """Tickets this caller may see, newest first or, with `sort=due`, soonest due first.
        `state=open` leaves out what has ended; several states are separated by commas.
        """
        if sort not in {"due", "created"}:
            raise Invalid([FieldError("sort", "not_a_choice")])
        wanted = queries.Filter(
            state=tuple(states.split(",")) if states else (),
            kind=kind,
            project=project,
            assignee=assignee,
            overdue=overdue,
            sort=sort,  # type: ignore[arg-type]
            q=q,
        )
        return await queries.tickets(wanted, cursor=cursor, limit=paging.limit(limit))

    @post(guards=[requires("tickets.ticket.register")], opt=accepts(schemas.NewTicket))
    async def register(self, request: Request[Any, Any, Any]) -> Response[schemas.Ticket]:
        """Register a request (TK-01). Answers 201 with the ticket; `duplicates` names open tickets
        like it.
        """
        new, wrong = await read_partly(request, schemas.NewTicket)
        row = await actions.register(new, wrong)
        ticket = await queries.shown(row)
        if row["unit_id"] is not None:
            hours = (await policy(TicketPolicy, new.project_id)).duplicate_hours
            found = await queries.duplicates(row["unit_id"], row["kind"], hours)
            ticket.duplicates = [number for identity, number in found if identity != row["id"]]
        return Response(ticket, status_code=201, headers=etag(ticket.version))

    @get("/register", guards=[requires(register_queries.VIEW)])
    async def repairs(  # noqa: PLR0917 - query parameters
        self,
        first: FromQuery[date | None] = None,
        last: FromQuery[date | None] = None,
        project: FromQuery[UUID | None] = None,
        result: FromQuery[register_queries.Result | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: FromQuery[int | None] = None,
    ) -> paging.Page[register_queries.RepairLine]:
        """The daily repair register (FORM-02) of these Shanghai days, today's where none is named, in the
        order the repairs were taken in. `out`: its sheet is not back yet.
        """
        period = register_queries.Period.of(first, last, project)
        return await register_queries.repairs(period, result=result, cursor=cursor, limit=paging.limit(limit))

    @get("/{ticket:str}", guards=[VIEW])
    async def open(self, ticket: FromPath[str]) -> Response[schemas.Ticket]:
        """One ticket by id or number, with its clocks and the transitions this caller may take now."""
        shown = await queries.shown(await queries.row_of(ticket))
        return Response(shown, headers=etag(shown.version))

    @post(
        "/{ticket:str}/transitions/{name:str}",
        guards=[VIEW],
        opt=accepts(schemas.TakeTransition),
        status_code=200,
    )
    async def move(
        self, request: Request[Any, Any, Any], ticket: FromPath[str], name: FromPath[str]
    ) -> Response[schemas.Ticket]:
        """Take a transition. 409 for an old version, for none, and for a state it does not start from; 403
        without the right; 422 with the refusal's key.
        """
        body = await read(request, schemas.TakeTransition)
        row = await actions.move(
            ticket,
            name,
            version=version_seen(request, body.version),
            raw=body.form,
            note=body.note,
            attachments=body.attachments,
        )
        shown = await queries.shown(row)
        return Response(shown, headers=etag(shown.version))

    @get("/{ticket:str}/events", guards=[VIEW])
    async def events(
        self,
        ticket: FromPath[str],
        cursor: FromQuery[str | None] = None,
        limit: FromQuery[int | None] = None,
    ) -> paging.Page[TimelineEvent]:
        """The timeline, oldest first."""
        row = await queries.row_of(ticket)
        flow = known_flow(row["kind"])
        return await timeline_page(row["id"], flow, cursor=cursor, limit=paging.limit(limit))

    @post("/{ticket:str}/notes", guards=[requires("tickets.ticket.note")], opt=accepts(schemas.NewNote))
    async def note(self, request: Request[Any, Any, Any], ticket: FromPath[str]) -> Response[schemas.Ticket]:
        """Add a note; its type may stop or restart a clock: `butler_report`, `first_reply`, `progress` …"""
        row = await actions.add_note(ticket, await read(request, schemas.NewNote))
        shown = await queries.shown(await queries.row_of(row["id"]))
        return Response(shown, status_code=201, headers=etag(shown.version))
