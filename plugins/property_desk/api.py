"""`/api/v1/property_desk/goods_slips`: opening, listing, moving, finding by code."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter

from core.flows.engine import known_flow
from core.flows.queries import timeline_page
from core.flows.schemas import TimelineEvent
from core.kit import paging
from core.kit.web import accepts, etag, read, read_partly, requires, version_seen
from core.tickets.schemas import TakeTransition
from plugins.property_desk import actions, queries, schemas

VIEW = requires(queries.VIEW)
States = Annotated[str | None, QueryParameter(name="state")]


class GoodsSlipsApi(Controller):
    path = "/property_desk/goods_slips"
    tags = ["property_desk"]

    @get(guards=[VIEW])
    async def list(  # noqa: PLR0917 - query parameters
        self,
        states: States = None,
        project: FromQuery[UUID | None] = None,
        unit: FromQuery[UUID | None] = None,
        on: FromQuery[date | None] = None,
        q: FromQuery[str | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: FromQuery[int | None] = None,
    ) -> paging.Page[schemas.SlipRow]:
        """Slips this caller may see, newest first. `state=open` leaves out what has ended; several states are
        separated by commas; `on` is the day they are good for.
        """
        chosen = tuple(states.split(",")) if states else ()
        wanted = queries.Filter(state=chosen, project=project, unit=unit, on=on, q=q)
        return await queries.slips(wanted, cursor=cursor, limit=paging.limit(limit))

    @post(guards=[requires("property_desk.goods_slip.prepare")], opt=accepts(schemas.NewGoodsSlip))
    async def create(self, request: Request[Any, Any, Any]) -> Response[schemas.Slip]:
        """Open a slip (PD-01); answers 201. Keys of refusals: `goods_required`, `id_number_invalid`,
        `applicant_not_owner`, `unit_required`, `employee_required`, `slip_day_past`.
        """
        row = await actions.create(*await read_partly(request, schemas.NewGoodsSlip))
        slip = await queries.shown(row)
        return Response(slip, status_code=201, headers=etag(slip.version))

    @get("/by-code", guards=[VIEW])
    async def by_code(self, code: FromQuery[str]) -> schemas.Slip:
        """The slip whose paper was scanned, or whose number was typed."""
        return await queries.shown(await queries.scanned(code))

    @get("/{slip:str}", guards=[VIEW])
    async def open(self, slip: FromPath[str]) -> Response[schemas.Slip]:
        """One slip by id or number, with the transitions this caller may take now."""
        shown = await queries.shown(await queries.row_of(slip))
        return Response(shown, headers=etag(shown.version))

    @post(
        "/{slip:str}/transitions/{name:str}",
        guards=[VIEW],
        opt=accepts(TakeTransition),
        status_code=200,
    )
    async def move(
        self, request: Request[Any, Any, Any], slip: FromPath[str], name: FromPath[str]
    ) -> Response[schemas.Slip]:
        """Take a transition. 409 for an old version, for none, and for a state it does not start from; 403
        without the right; 422 with the refusal's key.
        """
        body = await read(request, TakeTransition)
        row = await actions.move(
            slip,
            name,
            version=version_seen(request, body.version),
            raw=body.form,
            note=body.note,
            attachments=body.attachments,
        )
        shown = await queries.shown(row)
        return Response(shown, headers=etag(shown.version))

    @get("/{slip:str}/events", guards=[VIEW])
    async def events(
        self,
        slip: FromPath[str],
        cursor: FromQuery[str | None] = None,
        limit: FromQuery[int | None] = None,
    ) -> paging.Page[TimelineEvent]:
        """The timeline, oldest first."""
        row = await queries.row_of(slip)
        flow = known_flow(actions.NAME)
        return await timeline_page(row["id"], flow, cursor=cursor, limit=paging.limit(limit))

    @post("/{slip:str}/identity", guards=[requires("property_desk.goods_slip.reveal")], status_code=200)
    async def identity(self, slip: FromPath[str]) -> schemas.Identity:
        """The mover's ID number in full; the look is written to the audit."""
        return schemas.Identity(await actions.reveal(slip))
