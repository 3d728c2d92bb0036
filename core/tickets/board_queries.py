"""Reads what a manager's page shows of tickets: how many, what is late now, who has how much, when they come.

`projects` is the ids that count, None for all of the company's; days are Shanghai's, `end` is not included.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from core.kit import sql
from core.tickets.queries import ENDED

Projects = Sequence[UUID] | None
MOST_LATE = 1000
MIDNIGHT = "::date::timestamp at time zone 'Asia/Shanghai'"
HERE = "t.tenant_id = $1 and ($2::uuid[] is null or t.project_id = any ($2))"
LATE = """c.stopped_at is null
  and (c.breached_at is not null or (c.paused_at is null and c.late_at < core.now()))"""
FIGURES = f"""
select
 (select count(*) from core.tickets_ticket t where {HERE} and t.state not in {ENDED}) as open,
 (select count(*) from core.tickets_ticket t where {HERE} and t.state = 'pending_call_back') as call_backs,
 (select count(*) from core.tickets_ticket t where {HERE}
   and t.created_at >= $3{MIDNIGHT} and t.created_at < $4{MIDNIGHT}) as registered,
 (select min(t.created_at) from core.tickets_ticket t where {HERE}) as since
"""
BREACHES = f"""
select t.number, t.room, t.place, t.kind, t.content, t.project_id, t.department, d.name as department_name,
 t.reminded_at, c.code, c.due_at, c.level, p.id as person, p.name as person_name
from core.tickets_ticket t
join core.sla_clock c on c.tenant_id = t.tenant_id and c.record_id = t.id and {LATE}
left join core.staff_person p on p.tenant_id = t.tenant_id
 and p.id = coalesce(t.specialist_owner, t.engineer, t.deputy, t.first_responsible)
left join core.staff_department d on d.tenant_id = t.tenant_id and d.code = t.department
where {HERE} and t.state not in {ENDED}
order by c.due_at, c.id limit $3
"""
LOADS = f"""
with work as materialized (
 select t.engineer, t.department, t.state not in {ENDED} and t.done_at is null as doing,
  exists (select from core.sla_clock c where c.tenant_id = $1 and c.record_id = t.id and {LATE}) as late,
  coalesce(t.done_at >= $3{MIDNIGHT} and t.done_at < $4{MIDNIGHT}, false) as done
 from core.tickets_ticket t
 where {HERE} and ((t.done_at is null and t.state not in {ENDED})
  or (t.done_at >= $3{MIDNIGHT} and t.done_at < $4{MIDNIGHT}))
)
select 'engineer' as by, max(p.name) as name, count(*) filter (where done) as done,
 count(*) filter (where doing and not late) as doing, count(*) filter (where doing and late) as late
from work join core.staff_person p on p.tenant_id = $1 and p.id = work.engineer group by p.id
union all
select 'department', max(d.name), count(*) filter (where done),
 count(*) filter (where doing and not late), count(*) filter (where doing and late)
from work join core.staff_department d on d.tenant_id = $1 and d.code = work.department group by d.code
order by 1, 5 desc, 4 desc, 3 desc, 2
"""
HEAT = f"""
select extract(isodow from at)::int as weekday, extract(hour from at)::int as hour, count(*) as number
from (select t.created_at at time zone 'Asia/Shanghai' as at from core.tickets_ticket t
 where {HERE} and t.created_at >= $3{MIDNIGHT} and t.created_at < $4{MIDNIGHT}) calls
group by 1, 2
"""
COURSE = f"""
select day, sum(registered)::int as registered, sum(closed)::int as closed from (
 select (t.created_at at time zone 'Asia/Shanghai')::date as day, 1 as registered, 0 as closed
 from core.tickets_ticket t where {HERE} and t.created_at >= $3{MIDNIGHT} and t.created_at < $4{MIDNIGHT}
 union all
 select (t.closed_at at time zone 'Asia/Shanghai')::date, 0, 1
 from core.tickets_ticket t
 where {HERE} and t.state = 'closed' and t.closed_at >= $3{MIDNIGHT} and t.closed_at < $4{MIDNIGHT}) days
group by day
"""


class Figures(msgspec.Struct, kw_only=True):
    """`open` and `call_backs` stand now; `since` is the first registration ever, None before it."""

    open: int
    call_backs: int
    registered: int
    since: datetime | None


class Breach(msgspec.Struct, kw_only=True):
    """A clock that is late and still runs; `person` answers for the ticket, `level` is how far it went up."""

    number: str
    room: str
    place: str | None
    kind: str
    content: str
    project_id: UUID
    department: str | None
    department_name: str | None
    reminded_at: datetime | None
    code: str
    due_at: datetime
    level: int
    person: UUID | None
    person_name: str | None


class Load(msgspec.Struct, kw_only=True):
    """What an engineer or a department finished in the period, and has in hand now, in time or late."""

    by: str
    name: str
    done: int
    doing: int
    late: int


class Hour(msgspec.Struct, frozen=True):
    """Registrations at that hour of that weekday (Monday = 1)."""

    weekday: int
    hour: int
    number: int


class Day(msgspec.Struct, frozen=True):
    day: date
    registered: int
    closed: int


async def figures(projects: Projects, first: date, end: date) -> Figures:
    return await sql.one(Figures, FIGURES, projects, first, end)


async def breaches(projects: Projects) -> list[Breach]:
    """The longest late first."""
    return await sql.many(Breach, BREACHES, projects, MOST_LATE)


async def loads(projects: Projects, first: date, end: date) -> list[Load]:
    """Departments and engineers with anything done or in hand, the latest first."""
    return await sql.many(Load, LOADS, projects, first, end)


async def heat(projects: Projects, first: date, end: date) -> list[Hour]:
    return await sql.many(Hour, HEAT, projects, first, end)


async def course(projects: Projects, first: date, end: date) -> list[Day]:
    """Days on which anything was registered or closed, in no order."""
    return await sql.many(Day, COURSE, projects, first, end)
