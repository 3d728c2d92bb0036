"""The calls that ring now."""

from core.calls.schemas import Call
from core.kit import sql

MOST = 3
RINGING = """
select c.id, c.phone_masked, c.line, c.rang_at,
  coalesce(array_agg(distinct u.short) filter (where u.short is not null), '{}') as rooms
from core.calls_call c
left join core.households_phone n on n.tenant_id = c.tenant_id and n.phone_index = c.phone_index
left join core.households_person p on p.tenant_id = n.tenant_id and p.id = n.person_id and p.left_on is null
left join core.households_household h
  on h.tenant_id = p.tenant_id and h.id = p.household_id and h.closed_at is null
left join core.households_unit u on u.tenant_id = h.tenant_id and u.id = h.unit_id
where c.tenant_id = $1 and c.taken_at is null and c.rang_at > core.now() - interval '2 minutes'
group by c.id, c.phone_masked, c.line, c.rang_at order by c.rang_at limit $2
"""


async def ringing() -> list[Call]:
    """Of the last two minutes and taken by nobody, longest waiting first."""
    return await sql.many(Call, RINGING, MOST)
