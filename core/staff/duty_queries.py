"""Who could be sent now: the holders of a role, those on duty first."""

from uuid import UUID

import msgspec

from core.kit import clock, sql

CANDIDATES = """
select p.id, p.name, p.title,
 (not d.planned or exists (select 1 from core.staff_duty m where m.tenant_id = $1 and m.person_id = p.id
   and m.from_at <= core.now() and m.until_at > core.now()
   and (m.project_id is null or m.project_id = $3))) as on_duty
from core.staff_person p
cross join lateral (select exists (select 1 from core.staff_duty n where n.tenant_id = $1
  and n.from_at <= core.now() and n.until_at > core.now()
  and (n.project_id is null or n.project_id = $3)) as planned) d
where p.tenant_id = $1 and p.state = 'active'
  and exists (select 1 from core.staff_assignment a where a.tenant_id = $1 and a.person_id = p.id
    and a.role = $2 and a.from_date <= $4 and (a.until_date is null or a.until_date >= $4)
    and (a.project_id is null or a.project_id = $3))
order by on_duty desc, p.sort_key, p.id
"""


class Candidate(msgspec.Struct):
    id: UUID
    name: str
    title: str
    on_duty: bool


async def candidates(role: str, project: UUID) -> list[Candidate]:
    """Where nothing is planned for the project now, everybody counts as there."""
    return await sql.many(Candidate, CANDIDATES, role, project, clock.today())
