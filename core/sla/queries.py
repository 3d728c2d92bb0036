"""Reads clocks, calendars and what they count by; previews a due moment without any case."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from core.kit import clock, sql
from core.kit.i18n import gettext
from core.policies.queries import in_force, policy, values_of
from core.policies.schemas import Versions
from core.sla import days
from core.sla import preview as previewing
from core.sla.calendars import kind_of, national, of_year
from core.sla.clocks import Edition, Rules, Run, rules
from core.sla.days import ServiceDay
from core.sla.policy import SlaPolicy
from core.sla.preview import Preview, PreviewRequest
from core.sla.schemas import Calendars, CalendarView, ClockRow, Window, YearCalendar
from core.sla.steps import told

COLUMNS = Run.__struct_fields__
_LISTED = ", ".join(f"c.{name}" for name in COLUMNS)
_SHOWN = """
c.id, c.record_id, c.code, c.name, c.unit, c.started_at, c.due_at, c.target_at, c.warn_at,
 c.paused_at is not null as paused, c.stopped_at, c.outcome, c.breached_at, c.level, c.provisional
"""
OF_RECORDS = f"""
select {_SHOWN} from core.sla_clock c where c.tenant_id = $1 and c.record_id = any ($2)
order by c.started_at, c.id
"""
NEWEST = """
select id, version from core.sla_calendar where tenant_id = $1 order by version desc limit 1
"""
RECORD = f"""
select v.id as calendar_id, v.version as calendar_now, {_LISTED}
from (select 1) one
left join ({NEWEST}) v on true
left join core.sla_clock c on c.tenant_id = $1 and c.record_id = $2
order by c.started_at, c.id
"""
YEARS = """
select distinct on (year) year, published, days from core.sla_calendar where tenant_id = $1
order by year, version desc
"""
ONE_YEAR = """
select version, published, days from core.sla_calendar where tenant_id = $1 and year = $2
order by version desc limit 1
"""
DUE_TENANTS = """
select tenant_id from core.sla_clock
where stopped_at is null and paused_at is null and next_fire_at < core.now()
group by tenant_id order by min(next_fire_at) limit $1
"""
KEPT, ROUND = 1000, 50
_calendars: dict[UUID, Calendars] = {}


async def clocks_of(record: UUID) -> list[ClockRow]:
    """The record's clocks, oldest first, ended ones too; one query."""
    return (await clocks_of_many([record])).get(record, [])


async def clocks_of_many(records: Iterable[UUID]) -> dict[UUID, list[ClockRow]]:
    """The clocks of several records, by record; one query."""
    found: dict[UUID, list[ClockRow]] = {}
    for row in await sql.many(ClockRow, OF_RECORDS, list(records)):
        row.name = gettext(row.name)
        found.setdefault(row.record_id, []).append(row)
    return found


async def runs_of(record: UUID) -> tuple[list[Run], Edition]:
    """All runs of a record, oldest first, and which calendars hold now; one query."""
    rows = await sql.records(RECORD, record)
    known = Edition(rows[0]["calendar_id"], rows[0]["calendar_now"] or 0)
    return [run_of(row) for row in rows if row["id"] is not None], known


def run_of(row: Any) -> Run:
    return msgspec.convert({name: row[name] for name in COLUMNS}, Run, strict=False)


async def rules_of(versions: Versions, known: Edition) -> Rules:
    """What runs under those versions count by; no query once the process has met both."""
    return rules(await values_of(SlaPolicy, versions), versions, await calendars_of(known), known.version)


async def edition() -> Edition:
    """Which state of the calendars holds now."""
    return await sql.maybe(Edition, NEWEST) or Edition()


async def calendars_of(wanted: Edition) -> Calendars:
    """The national calendars with the company's own years laid over them. Kept per process by the row's id:
    rows never change.
    """
    if wanted.id is None:
        return national()
    known = _calendars.get(wanted.id)
    if known is None:
        if len(_calendars) >= KEPT:
            _calendars.clear()
        known = _calendars[wanted.id] = laid_over(
            {row["year"]: year_of(row["year"], row) for row in await sql.records(YEARS)}
        )
    return known


def laid_over(own: Calendars) -> Calendars:
    """Years between the last national one and the company's last are provisional, not missing."""
    known = {**national(), **own}
    gaps = range(min(known), max(known))
    return {**{year: of_year(national(), year) for year in gaps if year not in known}, **known}


def year_of(year: int, row: Any) -> YearCalendar:
    return msgspec.convert({"year": year, "published": row["published"], **row["days"]}, YearCalendar)


async def calendar(year: int) -> CalendarView:
    """The company's calendar of a year. Raises CalendarMissing for one before the first."""
    rows = await sql.records(ONE_YEAR, year)
    if rows:
        return view_of(year_of(year, rows[0]), rows[0]["version"])
    return view_of(of_year(await calendars_of(await edition()), year), 0)


def view_of(known: YearCalendar, version: int) -> CalendarView:
    days = (date(known.year, 1, 1) + timedelta(days=n) for n in range(366))
    return CalendarView(
        year=known.year,
        version=version,
        published=known.published,
        holidays=known.holidays,
        make_up=known.make_up,
        working_days=[d for d in days if d.year == known.year and kind_of({known.year: known}, d).working],
    )


async def preview(request: PreviewRequest, project: UUID | None = None) -> Preview:
    """When it would be due under the company's policy and calendars, its steps told in the current language.

    A start in the future asks the policy that will hold then, one in the past today's. Raises what
    `core.sla.preview.preview` raises.
    """
    values = await policy(SlaPolicy, project, max(clock.now(), request.start))
    answer = previewing.preview(request, values, await calendars_of(await edition()))
    return msgspec.structs.replace(answer, steps=told(answer.steps))


async def due_tenants() -> Sequence[UUID]:
    """Companies with clocks that have something to set off, the longest waiting first; as role `sys`."""
    return [row["tenant_id"] for row in await sql.across(DUE_TENANTS, ROUND)]


async def service_day(project: UUID | None, moment: datetime) -> ServiceDay:
    """The project's service day that the moment belongs to, by the policy then in force."""
    window, calendars = await _reception(project, moment)
    return days.service_day(window, moment, calendars)


async def service_day_named(project: UUID | None, day: date) -> ServiceDay | None:
    """That date as a service day of the project; None where nobody receives on it."""
    window, calendars = await _reception(project, clock.end_of(day) - timedelta(seconds=1))
    return days.named_day(window, day, calendars)


async def _reception(project: UUID | None, moment: datetime) -> tuple[Window, Calendars]:
    """The service window, with the company's calendars only where it asks which days are worked."""
    window = (await policy(SlaPolicy, project, moment)).service_window
    asked = any(frame.working for frame in window)
    return window, await calendars_of(await edition()) if asked else national()


async def rules_at(project: UUID | None, at: datetime, known: Edition) -> Rules:
    """What a run that begins then in that project counts by."""
    return await rules_of(await in_force(project, at), known)
