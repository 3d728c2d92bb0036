"""The call-back queue, a ticket's attempts, and the rate a manager has to prove."""

from datetime import date
from uuid import UUID

from core.callbacks.schemas import CallBack, Rate, Waiting
from core.kit import sql
from core.kit.access import places

RECORD = "callbacks.call_back.record"
OF_TICKET = """
select id, ticket_id, attempt, at, method, result, satisfaction, person, note, caller_id, caller_name, round
from core.callbacks_call_back where tenant_id = $1 and ticket_id = $2 order by round, attempt
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
order by t.due_at nulls last, t.done_at, t.id limit $3
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
join core.tickets_ticket t on t.tenant_id = b.tenant_id and t.id = b.ticket_id
where b.tenant_id = $1 and b.result = 'reached' and b.day >= $2 and t.engineer = $3
"""


async def of_ticket(ticket: UUID) -> list[CallBack]:
    return await sql.many(CallBack, OF_TICKET, ticket)


async def queue(limit: int = 100) -> list[Waiting]:
    """Tickets waiting for a call-back in this caller's projects, soonest due first."""
    visible = places(RECORD)
    return await sql.many(Waiting, QUEUE, list(visible) if visible is not None else None, limit)


async def rate(first: date, end: date) -> Rate:
    """Of the tickets finished from `first` to before `end` (Shanghai days) in the projects this caller
    may see.
    """
    visible = places("tickets.ticket.view")
    return await sql.one(Rate, RATE, first, end, list(visible) if visible is not None else None)


async def content_percent(engineer: UUID, since: date) -> int | None:
    """Of the residents called back since that day about this engineer's work, who was not dissatisfied."""
    percent: int | None = await sql.value(CONTENT, since, engineer)
    return percent
