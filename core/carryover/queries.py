"""Reads the closing list (TK-06).

A project's list of a service day holds what is not done at its close: what came in or falls due on that day,
and what was carried over to it. What was promised for a later day waits for that day, unless something of it
falls due before. Sheets that are due back (SLA-10, SLA-11) are on it although the work is done. Lists of days
gone by are read off the timeline and the clocks, which never change.
"""

from collections.abc import Sequence
from datetime import UTC, date, timedelta
from typing import Any
from uuid import UUID

import msgspec

from core.carryover.permissions import VIEW
from core.carryover.schemas import ClosingList, Entry, Line
from core.households import queries as households
from core.kit import clock, sql
from core.kit.access import in_view, places
from core.kit.context import Places
from core.kit.errors import NotFound
from core.policies.queries import heads, policy
from core.sla import queries as sla
from core.sla.days import ServiceDay
from core.sla.policy import SlaPolicy, limit_of

SHEETS = ("SLA-10", "SLA-11")
REGISTER = "SLA-50"
MOST = 500
UNDONE = (
    "registered", "dispatched", "accepted", "in_progress", "waiting_customer", "waiting_third_party",
)  # fmt: skip
OPEN = (*UNDONE, "done", "pending_call_back")
COLUMNS = ", ".join(Entry.__struct_fields__)
CARRIED = "and t.created_at < d.begins"
AS_IT_IS = "t.state = any ($6)"
AS_IT_WAS = "(t.state = any ($6) or t.done_at > d.closes or t.closed_at > d.closes)"
STATE_WAS = """coalesce((select e.to_state from core.flows_event e
  where e.tenant_id = $1 and e.record_id = t.id and e.to_state is not null and e.at <= d.closes
  order by e.at desc, e.id desc limit 1), t.state)"""
LINES = """
select t.id as ticket_id, t.number, t.kind, t.project_id, t.room, t.place, t.content, t.requester,
 t.department, t.priority, l.state, l.day, l.carried, t.created_at, l.due_at,
 case when l.sheet then 'unreturned_sheet' else 'unfinished' end as entry_type,
 coalesce(w.name, o.name) as hand, case when l.sheet then x.number end as sheet,
 n.entries, to_jsonb(n.last) as entry
from (
 select t.id, s.state, d.day, d.closes, t.created_at < d.begins as carried, t.created_at, c.due_at, c.sheet
 from unnest($2::uuid[], $3::date[], $4::timestamptz[], $5::timestamptz[])
  d (project_id, day, begins, closes)
 join core.tickets_ticket t on t.tenant_id = $1 and {candidates} and t.created_at < d.closes
  and (t.project_id = d.project_id or (d.project_id is null and t.project_id <> all ($7)))
  and ($8::uuid[] is null or t.project_id = any ($8)) and ($9::uuid is null or t.id = $9)
 cross join lateral (select {state} as state) s
 left join lateral (
  select bool_or(k.code = any ($10)) as sheet, bool_or(k.due_at > d.begins) as today, min(k.due_at) as due_at
  from core.sla_clock k
  where k.tenant_id = $1 and k.record_id = t.id and k.started_at < d.closes and k.due_at <= d.closes
   and (k.stopped_at is null or k.stopped_at > d.closes) and (k.paused_at is null or k.paused_at > d.closes)
   and (s.state <> 'done' or k.code = any ($10))) c on true
 left join lateral (
  select p.next_on from core.carryover_entry p
  where p.tenant_id = $1 and p.ticket_id = t.id and p.day < d.day
  order by p.at desc, p.id desc limit 1) p on true
 where (s.state = any ($11) or (s.state = 'done' and c.sheet))
  and (t.created_at >= d.begins or c.today or p.next_on is null or p.next_on <= d.day) {only}
 order by carried desc, c.due_at nulls last, t.created_at, t.id limit $12
) l
join core.tickets_ticket t on t.tenant_id = $1 and t.id = l.id
left join lateral (
 select count(*) as entries, (array_agg(e order by e.at desc, e.id desc))[1] as last
 from core.carryover_entry e where e.tenant_id = $1 and e.ticket_id = l.id and e.day = l.day) n on true
left join lateral (
 select w.number from core.tickets_work_order w
 where w.tenant_id = $1 and w.ticket_id = l.id and w.state <> 'void' and w.issued_at < l.closes
 order by w.issued_at desc, w.id desc limit 1) x on true
left join core.staff_person w on w.tenant_id = $1 and w.id = t.engineer
left join core.staff_person o on o.tenant_id = $1 and o.id = t.specialist_owner
order by l.carried desc, l.due_at nulls last, l.created_at, l.id
"""
"""First which lines there are, then what each shows: of a busy office's thousands most are cut off."""
OF_TICKET = f"""
select {COLUMNS} from core.carryover_entry where tenant_id = $1 and ticket_id = $2 order by at, id
"""
LAST = f"""
select {COLUMNS} from core.carryover_entry where tenant_id = $1 and ticket_id = $2 and day = $3
order by at desc, id desc limit 1
"""
ONE = f"select {COLUMNS} from core.carryover_entry where tenant_id = $1 and id = $2"
NEWEST = f"""
select {COLUMNS} from core.carryover_entry where tenant_id = $1 and ticket_id = $2
order by at desc, id desc limit 1
"""


async def writable(project: UUID | None) -> list[ServiceDay]:
    """The days whose lists may be written now, the one to be closed first: for a while after a close, that
    moment included, there are two.
    """
    now = clock.now()
    limit = limit_of(await policy(SlaPolicy, project), REGISTER)
    late = timedelta(minutes=limit.amount if limit.on and limit.unit == "E" else 0)
    before = await sla.service_day(project, now - late - timedelta.resolution)
    return list(dict.fromkeys([before, await sla.service_day(project, now)]))


async def closing_list(project: UUID | None = None, day: date | None = None) -> ClosingList:
    """The list of that day, or the one to be written now, of that project or the first in view.

    Raises NotFound for another's project, a day on which nobody receives, and one that is still to come.
    """
    chosen = await _project(project)
    days = await writable(chosen)
    found = days[0] if day is None else await sla.service_day_named(chosen, day)
    if found is None or found.day > days[-1].day:
        raise NotFound
    lines = await _lines([(chosen, found)], places(VIEW))
    before = await sla.service_day(chosen, found.begins - timedelta.resolution)
    after = await sla.service_day(chosen, found.closes)
    return ClosingList(
        project_id=chosen,
        day=found.day,
        before=before.day,
        after=after.day,
        begins=found.begins.astimezone(UTC),
        closes=found.closes.astimezone(UTC),
        open=found in days,
        missing=missing(lines),
        lines=lines,
    )


async def carried(most: int = 60) -> list[Line]:
    """What came over from earlier days to the lists now being written, in the projects in view: the next
    shift's first work. The soonest due first.
    """
    return await _lines(await _everywhere(), in_view(VIEW), only=CARRIED, most=most)


async def unwritten() -> int:
    """How many lines of those lists nobody has written about yet."""
    query, values = _asked(await _everywhere(), in_view(VIEW), None, MOST)
    number: int = await sql.value(f"select count(*) from ({query}) l where entries = 0", *values)
    return number


async def _everywhere() -> list[tuple[UUID | None, ServiceDay]]:
    own = dict.fromkeys(head.project_id for head in await heads() if head.project_id is not None)
    return [(project, (await writable(project))[0]) for project in (*own, None)]


async def line(ticket: UUID, project: UUID, day: ServiceDay) -> Line | None:
    """The ticket's line on its project's list of that day, if it is on it."""
    return next(iter(await _lines([(project, day)], None, ticket)), None)


def missing(lines: Sequence[Line]) -> int:
    """How many nobody has written about."""
    return sum(one.entry is None for one in lines)


async def of_ticket(ticket: UUID) -> list[Entry]:
    """Everything ever written about the ticket, oldest first, corrections too."""
    return await sql.many(Entry, OF_TICKET, ticket)


async def last_of(ticket: UUID) -> Entry | None:
    return await sql.maybe(Entry, NEWEST, ticket)


async def last(ticket: UUID, day: date) -> Entry | None:
    """What was written for that day last."""
    return await sql.maybe(Entry, LAST, ticket, day)


async def entry(identity: UUID) -> Entry:
    """Raises NotFound."""
    return await sql.one(Entry, ONE, identity)


async def _project(wanted: UUID | None) -> UUID:
    seen = [one.id for one in await households.projects(VIEW, beyond=wanted is not None)]
    chosen = wanted or next(iter(seen), None)
    if chosen is None or chosen not in seen:
        raise NotFound
    return chosen


async def _lines(
    days: Sequence[tuple[UUID | None, ServiceDay]],
    allowed: Places,
    ticket: UUID | None = None,
    *,
    only: str = "",
    most: int = MOST,
) -> list[Line]:
    query, values = _asked(days, allowed, ticket, most, only=only)
    return [_line(row) for row in await sql.records(query, *values)]


def _asked(
    days: Sequence[tuple[UUID | None, ServiceDay]],
    allowed: Places,
    ticket: UUID | None,
    most: int,
    *,
    only: str = "",
) -> tuple[str, list[Any]]:
    """The query with its values. `days` by project, None for all projects that are not named; of those
    `allowed`, or of one ticket alone.
    """
    past = any(day.closes <= clock.now() for _project, day in days)
    query = LINES.format(
        candidates=AS_IT_WAS if past else AS_IT_IS, state=STATE_WAS if past else "t.state", only=only
    )
    return query, [
        [project for project, _day in days],
        [day.day for _project, day in days],
        [day.begins for _project, day in days],
        [day.closes for _project, day in days],
        list(OPEN),
        [project for project, _day in days if project is not None],
        None if allowed is None else list(allowed),
        ticket,
        list(SHEETS),
        list(UNDONE),
        most,
    ]


def _line(row: Any) -> Line:
    found: Line = msgspec.convert(dict(row), Line, strict=False)
    return found
