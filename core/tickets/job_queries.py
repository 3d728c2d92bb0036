"""Reads tickets as those see them who do the work: what waits for a department to accept, what nobody has
taken, an engineer's jobs, a butler's buildings.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from core.kit import clock, sql
from core.kit.access import in_view
from core.sla import queries as sla
from core.tickets import schemas as s
from core.tickets.queries import COLUMNS, ENDED, FROM, VIEW, with_clocks

MOST = 200
REPORT = "SLA-05"
ONE_DAY = timedelta(days=1)
DOING = "('accepted', 'in_progress', 'waiting_customer', 'waiting_third_party')"
SEEN = "($2::uuid[] is null or t.project_id = any ($2))"
BY_DUE = "order by t.due_at nulls last, t.created_at, t.id limit $4"
JOBS = f"""
select {COLUMNS} {FROM} and {SEEN} and t.state in {DOING} and (t.engineer = $3 or t.specialist_owner = $3)
{BY_DUE}
"""
TO_ACCEPT = f"""
select {COLUMNS} {FROM} and {SEEN} and t.state = 'dispatched'
  and ($3::text[] is null or t.department = any ($3)) {BY_DUE}
"""
POOL = f"""
select {COLUMNS} {FROM} and {SEEN} and t.state = 'accepted' and t.stage = 'handed_over' and t.engineer is null
  and ($3::text[] is null or t.department = any ($3)) {BY_DUE}
"""
OF_BUTLER = f"""
select {COLUMNS} {FROM} and {SEEN} and t.butler = $3 and t.state not in {ENDED}
  and t.state <> 'pending_call_back' {BY_DUE}
"""
REPORTED = """
select record_id, max(at) as at from core.flows_event
where tenant_id = $1 and record_id = any ($2) and kind = 'note' and name = 'butler_report' group by record_id
"""
DONE = """
select count(*) from core.tickets_ticket t where t.tenant_id = $1 and t.done_at >= $2 and t.engineer = $3
"""


class ButlerTicket(msgspec.Struct, kw_only=True):
    """`report` is the clock until the next report to the desk, None where none runs."""

    row: s.TicketRow
    reported_at: datetime | None
    report: s.ClockView | None


async def jobs(person: UUID) -> list[s.TicketRow]:
    """What this person has to do, soonest due first."""
    return await _rows(JOBS, person)


async def to_accept(departments: Iterable[str]) -> list[s.TicketRow]:
    """What was dispatched to these departments (all, where none is named) and is not signed for yet."""
    return await _rows(TO_ACCEPT, list(departments) or None)


async def pool(departments: Iterable[str]) -> list[s.TicketRow]:
    """Repairs these departments (all, where none is named) have accepted and given to nobody yet."""
    return await _rows(POOL, list(departments) or None)


async def done_today(person: UUID) -> int:
    """How many jobs the engineer has finished since midnight."""
    begin = clock.end_of(clock.today() - ONE_DAY)
    count: int = await sql.value(DONE, begin, person)
    return count


async def of_butler(person: UUID) -> list[ButlerTicket]:
    """Open tickets of the buildings this butler looks after, with the last report to the desk."""
    rows = await _rows(OF_BUTLER, person)
    ids = [row.id for row in rows]
    reported = {row["record_id"]: row["at"] for row in await sql.records(REPORTED, ids)} if ids else {}
    clocks = await sla.clocks_of_many(ids) if ids else {}
    return [
        ButlerTicket(row=row, reported_at=reported.get(row.id), report=_report(clocks.get(row.id, [])))
        for row in rows
    ]


def _report(clocks: Iterable[object]) -> s.ClockView | None:
    running = (msgspec.convert(one, s.ClockView, from_attributes=True) for one in clocks)
    return next((one for one in running if one.code == REPORT and one.stopped_at is None), None)


async def _rows(query: str, wanted: object) -> list[s.TicketRow]:
    visible = in_view(VIEW)
    allowed = None if visible is None else list(visible)
    rows = await sql.many(s.TicketRow, query, allowed, wanted, MOST)
    await with_clocks(rows)
    return rows
