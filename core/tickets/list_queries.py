"""Counts tickets: how long a list is, and what waits at the desk; reads those that were picked."""

from collections.abc import Sequence

import msgspec

from core.kit import clock, sql
from core.kit.access import in_view, places
from core.tickets.queries import COLUMNS, ENDED, FROM, VIEW, Filter, conditions, order_of, with_clocks
from core.tickets.schemas import TicketRow

COUNTED = 1000
WAITING = f"""
select count(*) as open, count(*) filter (where breached) as overdue,
 count(*) filter (where due_at is not null) as due,
 count(*) filter (where state = 'registered') as registered,
 count(*) filter (where state = 'dispatched') as dispatched, count(*) filter (where state = 'done') as done,
 count(*) filter (where state = 'pending_call_back') as pending_call_back,
 (select count(*) from core.tickets_ticket n where n.tenant_id = $1
   and n.created_at >= $3::date::timestamp at time zone 'Asia/Shanghai'
   and ($2::uuid[] is null or n.project_id = any ($2))) as today
from core.tickets_ticket t
where t.tenant_id = $1 and t.state not in {ENDED} and ($2::uuid[] is null or t.project_id = any ($2))
"""


NAMED = f"""
select {COLUMNS} {FROM} and t.number = any ($2) and ($3::uuid[] is null or t.project_id = any ($3))
order by array_position($2, t.number)
"""


class Waiting(msgspec.Struct):
    """What waits in the projects in this caller's view; `today` is what was taken in today."""

    open: int
    overdue: int
    due: int
    registered: int
    dispatched: int
    done: int
    pending_call_back: int
    today: int


async def count(wanted: Filter, most: int = COUNTED) -> int:
    """How many such tickets there are; `most` + 1 means more than that. They are counted in the list's
    order, so that an index leads to them: unordered, the first thousand of any company look cheap to find
    by reading through everybody's.
    """
    where = await conditions(wanted)
    if where is None:
        return 0
    order = order_of(by_due=wanted.sort == "due")
    query = f"select count(*) from (select 1 {FROM} {where} order by {order} limit {most + 1}) counted"
    found: int = await sql.value(query, *where.values)
    return found


async def most_urgent(wanted: Filter, most: int) -> list[TicketRow]:
    """The first of these tickets by what is due soonest, those that nothing runs for last; two queries."""
    where = await conditions(wanted)
    if where is None:
        return []
    where.values.append(most)
    order = f"order by t.due_at nulls last, t.created_at, t.id limit ${len(where.values) + 1}"
    rows = await sql.many(TicketRow, f"select {COLUMNS} {FROM} {where} {order}", *where.values)
    await with_clocks(rows)
    return rows


async def named(numbers: Sequence[str]) -> list[TicketRow]:
    """Those of these tickets that this caller may see, in the order they are named."""
    visible = places(VIEW)
    rows = await sql.many(TicketRow, NAMED, list(numbers), None if visible is None else list(visible))
    await with_clocks(rows)
    return rows


async def waiting() -> Waiting:
    visible = in_view(VIEW)
    return await sql.one(Waiting, WAITING, None if visible is None else list(visible), clock.today())
