"""Counts tickets: how long a list is, and what waits at the desk."""

import msgspec

from core.kit import clock, sql
from core.kit.access import places
from core.tickets.queries import ENDED, FROM, VIEW, Filter, conditions

COUNTED = 1000
WAITING = f"""
select count(*) as open, count(*) filter (where breached) as overdue,
 count(*) filter (where due_at is not null) as due,
 count(*) filter (where state = 'registered') as registered, count(*) filter (where state = 'done') as done,
 count(*) filter (where state = 'pending_call_back') as pending_call_back,
 (select count(*) from core.tickets_ticket n where n.tenant_id = $1
   and n.created_at >= $3::date::timestamp at time zone 'Asia/Shanghai'
   and ($2::uuid[] is null or n.project_id = any ($2))) as today
from core.tickets_ticket t
where t.tenant_id = $1 and t.state not in {ENDED} and ($2::uuid[] is null or t.project_id = any ($2))
"""


class Waiting(msgspec.Struct):
    """What waits in the projects this caller may see; `today` is what was taken in today."""

    open: int
    overdue: int
    due: int
    registered: int
    done: int
    pending_call_back: int
    today: int


async def count(wanted: Filter, most: int = COUNTED) -> int:
    """How many such tickets there are; `most` + 1 means more than that."""
    where = await conditions(wanted)
    if where is None:
        return 0
    query = f"select count(*) from (select 1 {FROM} {where} limit {most + 1}) counted"
    found: int = await sql.value(query, *where.values)
    return found


async def waiting() -> Waiting:
    visible = places(VIEW)
    return await sql.one(Waiting, WAITING, None if visible is None else list(visible), clock.today())
