"""Publishes calendars, and reckons anew what had to be reckoned without them."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

import msgspec

from core.flows.engine import known_flow
from core.kit import audit, live, sql
from core.kit.access import require
from core.kit.context import current
from core.kit.errors import Conflict, Stale
from core.kit.events import publish
from core.kit.ids import new_id
from core.sla import clocks, queries, storing
from core.sla.clocks import Edition, Run
from core.sla.events import CalendarPublished
from core.sla.permissions import EDIT_CALENDAR
from core.sla.schemas import CalendarView, YearCalendar

INSERT = """
insert into core.sla_calendar (tenant_id, id, year, version, published, days, published_by)
values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning id, version
"""
PROVISIONAL = """
select flow, record_id from core.sla_clock where tenant_id = $1 and provisional and stopped_at is null
group by flow, record_id
"""
LOCK = "select id from core.{table} where tenant_id = $1 and id = any ($2) order by id for update"
RUNNING = f"""
select {", ".join(queries.COLUMNS)} from core.sla_clock
where tenant_id = $1 and record_id = any ($2) and stopped_at is null order by id for update
"""


async def publish_calendar(
    year: int,
    holidays: Mapping[date, str],
    make_up: Mapping[date, str],
    *,
    published: bool = True,
    version: int | None = None,
) -> CalendarView:
    """Have this calendar hold from now on; clocks that rest on unpublished years are reckoned anew at once.

    `version` is the one the caller saw. Raises Forbidden, Stale, CalendarEmpty, CalendarDayInvalid.
    """
    require(EDIT_CALENDAR)
    before = await queries.calendar(year)
    if version is not None and version != before.version:
        raise Stale(by="", version=before.version)
    made = YearCalendar(year, published, dict(holidays), dict(make_up))
    newest = await queries.edition()
    days = {
        "holidays": msgspec.to_builtins(made.holidays, str_keys=True),
        "make_up": msgspec.to_builtins(made.make_up, str_keys=True),
    }
    values = (new_id(), year, newest.version + 1, published, days, current().somebody.id)
    edition = await sql.maybe(Edition, INSERT, *values)
    if edition is None:
        raise Conflict
    recounted = await recount(edition)
    audit.record(
        "calendar.published", "calendar", edition.id, year=year, version=edition.version,
        published=published, recounted=recounted, **days,
    )  # fmt: skip
    publish(CalendarPublished(year, edition.version))
    return queries.view_of(made, edition.version)


async def recount(edition: Edition) -> int:
    """Reckon the company's provisional running clocks by these calendars; how many there were."""
    tables: dict[str, list[UUID]] = {}
    for row in await sql.records(PROVISIONAL):
        flow = known_flow(row["flow"])
        if flow is not None:
            tables.setdefault(flow.table, []).append(row["record_id"])
    done = 0
    for table, records in tables.items():
        await sql.records(LOCK.format(table=table), records)
        runs = [queries.run_of(row) for row in await sql.records(RUNNING, records)]
        done += await _recount(table, runs, edition)
    return done


async def _recount(table: str, runs: list[Run], edition: Edition) -> int:
    provisional = [run for run in runs if run.provisional]
    for run in provisional:
        clocks.count(run, await queries.rules_of(run.versions, edition))
    for start in range(0, len(provisional), 500):
        await storing.put(provisional[start : start + 500])
    standings = {
        record: storing.standing([run for run in runs if run.record_id == record])
        for record in {run.record_id for run in provisional}
    }
    if standings:
        await storing.show_many(table, standings)
        live.changed(table.partition("_")[0])
    return len(provisional)
