"""What a manager's page shows of call-backs: the rates of several periods at once, and what was answered."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import msgspec

from core.callbacks.schemas import Rate
from core.kit import sql

MIDNIGHT = "::date::timestamp at time zone 'Asia/Shanghai'"
RATES = f"""
select p.first, count(t.id) filter (where owed) as owed,
 count(t.id) filter (where call_back_owed and state = 'closed' and b.result = 'reached') as reached,
 count(t.id) filter (where call_back_owed and state = 'closed' and b.result = 'unreachable') as unreachable,
 count(t.id) filter (where call_back_owed and state = 'pending_call_back') as waiting,
 count(t.id) filter (where not owed) as exempt
from unnest($3::date[]) p (first)
left join (
 select *, call_back_owed and call_back_exemption is null as owed from core.tickets_ticket
 where tenant_id = $1 and state in ('closed', 'pending_call_back')
  and ($2::uuid[] is null or project_id = any ($2))
  and done_at >= (select min(day) from unnest($3::date[]) d (day))::timestamp at time zone 'Asia/Shanghai'
  and done_at < $4{MIDNIGHT}) t on t.done_at >= p.first::timestamp at time zone 'Asia/Shanghai'
left join core.callbacks_call_back b on b.tenant_id = $1 and b.id = t.call_back_id
group by p.first
"""
ANSWERS = """
select satisfaction, count(*) filter (where day >= $4) as now, count(*) filter (where day < $4) as before
from core.callbacks_call_back
where tenant_id = $1 and ($2::uuid[] is null or project_id = any ($2)) and result = 'reached'
  and day >= $3 and day < $5
group by satisfaction
"""


class Answers(msgspec.Struct, kw_only=True):
    """How households answered when they were reached, each answer once, and in the period before."""

    satisfied: int = 0
    acceptable: int = 0
    dissatisfied: int = 0

    @property
    def number(self) -> int:
        return self.satisfied + self.acceptable + self.dissatisfied


async def rates(projects: Sequence[UUID] | None, firsts: Sequence[date], end: date) -> Mapping[date, Rate]:
    """CB-01 for the tickets finished from each of these days to before `end`, by that day; one query."""
    rows = await sql.records(RATES, projects, list(firsts), end)
    return {row["first"]: sql.struct(Rate, {k: row[k] for k in Rate.__struct_fields__}) for row in rows}


async def answers(
    projects: Sequence[UUID] | None, before: date, first: date, end: date
) -> tuple[Answers, Answers]:
    """Of the call-backs made from `first` to before `end`, and of those from `before` to `first`."""
    now, then = Answers(), Answers()
    for row in await sql.records(ANSWERS, projects, before, first, end):
        setattr(now, row["satisfaction"], row["now"])
        setattr(then, row["satisfaction"], row["before"])
    return now, then
