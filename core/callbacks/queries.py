"""The call-back queue, a ticket's attempts, and the rate a manager has to prove."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from core.callbacks.schemas import CallBack, Rate, Waiting
from core.kit import paging, sql
from core.kit.access import in_view

RECORD = "callbacks.call_back.record"
OF_TICKET = """
select id, ticket_id, attempt, at, method, result, satisfaction, person, note, caller_id, caller_name, round
from core.callbacks_call_back where tenant_id = $1 and ticket_id = $2
 and ($3::int is null or (round, attempt) > ($3, $4)) order by round, attempt limit $5
"""
QUEUE = """
select t.id, t.number, t.version, t.kind, t.room, t.place, t.content, t.requester, t.phone_masked,
 t.done_at, t.due_at,
 t.breached, t.major, e.name as engineer_name,
 (select count(*) from core.callbacks_call_back c where c.tenant_id = $1 and c.ticket_id = t.id
  and c.round = t.reopened)
   as tries,
 (select max(day) from core.callbacks_call_back c where c.tenant_id = $1 and c.ticket_id = t.id
  and c.round = t.reopened)
   as last_try
from core.tickets_ticket t
left join core.staff_person e on e.tenant_id = t.tenant_id and e.id = t.engineer
where t.tenant_id = $1 and t.state = 'pending_call_back' and ($2::uuid[] is null or t.project_id = any ($2))
 and ($5::uuid is null or (coalesce(t.due_at, 'infinity'), coalesce(t.done_at, 'infinity'), t.id)
  > (coalesce($3::timestamptz, 'infinity'), coalesce($4::timestamptz, 'infinity'), $5))
order by coalesce(t.due_at, 'infinity'), coalesce(t.done_at, 'infinity'), t.id limit $6
"""
WAITING = """
select count(*) from core.tickets_ticket t
where t.tenant_id = $1 and t.state = 'pending_call_back' and ($2::uuid[] is null or t.project_id = any ($2))
"""
RATE = """
select count(*) filter (where call_back_owed and call_back_exemption is null) as owed,
 count(*) filter (where call_back_owed and state = 'closed' and b.result = 'reached') as reached,
 count(*) filter (where call_back_owed and state = 'closed' and b.result = 'unreachable') as unreachable,
 count(*) filter (where call_back_owed and state = 'pending_call_back') as waiting,
 count(*) filter (where not call_back_owed or call_back_exemption is not null) as exempt
from core.tickets_ticket t
left join core.callbacks_call_back b on b.tenant_id = t.tenant_id and b.id = t.call_back_id
where t.tenant_id = $1 and t.state in ('closed', 'pending_call_back')
  and t.done_at >= $2::date::timestamp at time zone 'Asia/Shanghai'
  and t.done_at < $3::date::timestamp at time zone 'Asia/Shanghai'
  and ($4::uuid[] is null or t.project_id = any ($4))
"""

CONTENT = """
select round(100.0 * count(*) filter (where b.satisfaction <> 'dissatisfied') / nullif(count(*), 0))::int
from core.callbacks_call_back b
where b.tenant_id = $1 and b.result = 'reached' and b.day >= $2 and $3 = (
 select o.engineer from core.tickets_work_order o where o.tenant_id = $1 and o.ticket_id = b.ticket_id
  and o.issued_at < b.at order by o.issued_at desc, o.id desc limit 1)
"""


async def of_ticket(ticket: UUID) -> list[CallBack]:
    return await sql.many(CallBack, OF_TICKET, ticket, None, None, None)


async def attempts(ticket: UUID, *, cursor: str | None, limit: int) -> paging.Page[CallBack]:
    """All attempts of all rounds, in their order."""
    after: tuple[Any, ...] = paging.decode(cursor, int, int) or (None, None)
    found = await sql.many(CallBack, OF_TICKET, ticket, *after, limit + 1)
    return paging.page(found, limit, lambda one: (one.round, one.attempt))


async def queue(*, cursor: str | None = None, limit: int = 50) -> paging.Page[Waiting]:
    """Tickets waiting for a call-back in this caller's projects, soonest due first."""
    moment = datetime | None
    after: tuple[Any, ...] = paging.decode(cursor, moment, moment, UUID) or (None, None, None)
    found = await sql.many(Waiting, QUEUE, _mine(), *after, limit + 1)
    return paging.page(found, limit, lambda one: (one.due_at, one.done_at, one.id))


async def waiting() -> int:
    """How many tickets are in the queue."""
    number: int = await sql.value(WAITING, _mine())
    return number


def _mine() -> list[UUID] | None:
    visible = in_view(RECORD)
    return list(visible) if visible is not None else None


async def rate(first: date, end: date) -> Rate:
    """Of the tickets finished from `first` to before `end` (Shanghai days) in the projects this caller
    may see.
    """
    visible = in_view("tickets.ticket.view")
    return await sql.one(Rate, RATE, first, end, list(visible) if visible is not None else None)


async def content_percent(engineer: UUID, since: date) -> int | None:
    """Of the residents called back since that day about this engineer's work, who was not dissatisfied."""
    percent: int | None = await sql.value(CONTENT, since, engineer)
    return percent
