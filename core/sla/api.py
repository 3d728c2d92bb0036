"""`/api/v1/sla/preview` and `/api/v1/calendar/{year}`: when something would be due, which days are worked."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post, put
from litestar.params import FromPath
from msgspec import Meta, Struct

from core.households import queries as households
from core.kit.access import require
from core.kit.errors import FieldError, Invalid
from core.kit.web import accepts, etag, if_match, read, requires
from core.sla import actions, queries
from core.sla.permissions import EDIT_CALENDAR, VIEW
from core.sla.preview import Preview, PreviewRequest, PreviewUnit
from core.sla.schemas import SATURDAY, CalendarView, Pause

ENDS = 2
"""A pause is a pair: from, to."""


class AskPreview(Struct, kw_only=True):
    """A limit's `code`, or `unit` and `amount` (minutes for E and S, days for CD and WD, months)."""

    start: datetime
    code: str | None = None
    unit: PreviewUnit | None = None
    amount: int | None = None
    project_id: UUID | None = None
    pauses: list[list[datetime]] = []


class PutCalendar(Struct, kw_only=True):
    """Either `holidays` and `make_up` (date to name), or every one of the year's `working_days`."""

    published: bool = True
    version: int | None = None
    holidays: dict[str, Any] = {}
    make_up: dict[str, Any] = {}
    working_days: list[date] | None = None


Name = Annotated[str, Meta(max_length=40)]


class SlaApi(Controller):
    path = "/sla"
    tags = ["sla"]

    @post("/preview", guards=[requires(VIEW)], opt=accepts(AskPreview), status_code=200)
    async def preview(self, request: Request[Any, Any, Any]) -> Preview:
        """When a request that arrived then would be due, and the windows and days that were counted."""
        asked = await read(request, AskPreview)
        if asked.project_id is not None:
            require(VIEW, asked.project_id)
            await households.project(asked.project_id)
        wanted = PreviewRequest(
            start=asked.start,
            code=asked.code,
            unit=asked.unit,
            amount=asked.amount,
            pauses=tuple(_pause(number, ends) for number, ends in enumerate(asked.pauses)),
        )
        return await queries.preview(wanted, asked.project_id)


class CalendarApi(Controller):
    path = "/calendar"
    tags = ["sla"]

    @get("/{year:int}", guards=[requires(VIEW)])
    async def open(self, year: FromPath[int]) -> Response[CalendarView]:
        """The company's working days of a year; unpublished ones are provisional."""
        found = await queries.calendar(year)
        return Response(found, headers=etag(found.version))

    @put("/{year:int}", guards=[requires(EDIT_CALENDAR)], opt=accepts(PutCalendar))
    async def replace(self, year: FromPath[int], request: Request[Any, Any, Any]) -> Response[CalendarView]:
        """Publish the working days of a year. Running clocks that were provisional are reckoned anew."""
        body = await read(request, PutCalendar)
        holidays, make_up = _days("holidays", body.holidays), _days("make_up", body.make_up)
        if body.working_days is not None:
            holidays, make_up = _differences(year, set(body.working_days), holidays, make_up)
        seen = body.version if body.version is not None else if_match(request)
        made = await actions.publish_calendar(year, holidays, make_up, published=body.published, version=seen)
        return Response(made, headers=etag(made.version))


def _pause(number: int, ends: list[datetime]) -> Pause:
    if len(ends) != ENDS:
        raise Invalid([FieldError(f"pauses.{number}", "not_a_date")])
    return Pause(*ends)


def _days(field: str, raw: dict[str, Any]) -> dict[date, str]:
    try:
        return msgspec.convert(raw, dict[date, Name])
    except msgspec.ValidationError as problem:
        raise Invalid([FieldError(field, "not_a_date")]) from problem


def _differences(
    year: int, working: set[date], holidays: dict[date, str], make_up: dict[date, str]
) -> tuple[dict[date, str], dict[date, str]]:
    """A list of working days as days off and make-up days; names as far as they were given."""
    first = date(year, 1, 1)
    days = [d for d in (first + timedelta(days=n) for n in range(366)) if d.year == year]
    off = {d: holidays.get(d, "") for d in days if d.isoweekday() < SATURDAY and d not in working}
    worked = {d: make_up.get(d, "") for d in working if d.isoweekday() >= SATURDAY}
    return off, worked
