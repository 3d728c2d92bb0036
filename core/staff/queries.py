"""Who is who: people by role, project and department, who stands above whom, who is on duty."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from core.kit import clock, paging, sql
from core.policies.queries import policy
from core.policies.values import TicketPolicy
from core.staff.roles import ladder
from core.staff.schemas import Department, Person

HELD = """
a.tenant_id = p.tenant_id and a.person_id = p.id and a.from_date <= $2
 and (a.until_date is null or a.until_date >= $2)
"""
PEOPLE = f"""
select p.sort_key, p.id, p.username, p.name, p.title, p.department, p.email, p.locale, p.state, p.version,
 array_remove(array_agg(distinct a.role), null) as roles
from core.staff_person p left join core.staff_assignment a on {HELD}
where p.tenant_id = $1 and p.state = 'active'
  and ($3::text is null or exists (select 1 from core.staff_assignment b where b.tenant_id = $1
   and b.person_id = p.id
    and b.role = $3 and b.from_date <= $2 and (b.until_date is null or b.until_date >= $2)
    and ($4::uuid is null or b.project_id is null or b.project_id = $4)))
  and ($5::text is null or p.department = $5) and ($6::text is null or (p.sort_key, p.id) > ($6, $7))
group by p.tenant_id, p.id order by p.sort_key, p.id limit $8
"""
ONE = f"""
select p.id, p.username, p.name, p.title, p.department, p.email, p.locale, p.state, p.version,
 array_remove(array_agg(distinct a.role), null) as roles
from core.staff_person p left join core.staff_assignment a on {HELD}
where p.tenant_id = $1 and p.id = $3 group by p.tenant_id, p.id
"""
HOLDERS = """
select distinct a.person_id from core.staff_assignment a
join core.staff_person p on p.tenant_id = a.tenant_id and p.id = a.person_id
where a.tenant_id = $1 and p.state = 'active' and a.role = $3 and a.from_date <= $2
  and (a.until_date is null or a.until_date >= $2)
   and ($4::uuid is null or a.project_id is null or a.project_id = $4)
"""
ROLES = """
select distinct role from core.staff_assignment
where tenant_id = $1 and person_id = $3 and from_date <= $2 and (until_date is null or until_date >= $2)
  and ($4::uuid is null or project_id is null or project_id = $4)
"""
NAMES = "select id, name from core.staff_person where tenant_id = $1 and id = any ($2)"
DUTY = """
select count(*) as planned, count(*) filter (where person_id = $2) as mine from core.staff_duty
where tenant_id = $1 and from_at <= core.now() and until_at > core.now()
 and (project_id is null or project_id = $3)
"""
DEPARTMENTS = (
    "select code, name, outsourced from core.staff_department where tenant_id = $1 order by position, code"
)
DEPARTMENT = "select 1 from core.staff_department where tenant_id = $1 and code = $2"


async def people(
    *, role: str | None = None, project: UUID | None = None, department: str | None = None
) -> list[Person]:
    """Active people, by name; those who hold the role today in that project or everywhere."""
    return [sql.struct(Person, row) for row in await _people(role, project, department)]


async def people_page(
    *,
    role: str | None,
    project: UUID | None,
    department: str | None,
    cursor: str | None,
    limit: int,
) -> paging.Page[Person]:
    """`people` piece by piece."""
    after = paging.decode(cursor, str, UUID) or (None, None)
    found = await _people(role, project, department, after=after, limit=limit + 1)
    page = paging.page(found, limit, lambda row: (row["sort_key"], row["id"]))
    return paging.Page([sql.struct(Person, row) for row in page.items], page.next)


async def _people(
    role: str | None,
    project: UUID | None,
    department: str | None,
    *,
    after: tuple[Any, ...] = (None, None),
    limit: int | None = None,
) -> list[Any]:
    return await sql.records(PEOPLE, clock.today(), role, project, department, *after, limit)


async def person(identity: UUID) -> Person | None:
    return await sql.maybe(Person, ONE, clock.today(), identity)


async def holders(role: str, project: UUID | None) -> list[UUID]:
    """Who holds the role today in the project, or everywhere."""
    return [row["person_id"] for row in await sql.records(HOLDERS, clock.today(), role, project)]


async def roles_of(identity: UUID, project: UUID | None) -> list[str]:
    return [row["role"] for row in await sql.records(ROLES, clock.today(), identity, project)]


async def holds_role(identity: UUID, role: str, project: UUID | None) -> bool:
    return role in await roles_of(identity, project)


async def superior_of(identity: UUID, project: UUID) -> UUID | None:
    """The person one level up the company's escalation chain; a rung nobody stands on is skipped."""
    chain = (await policy(TicketPolicy, project)).escalation_chain
    for role in await roles_of(identity, project):
        for above in ladder(role, chain):
            standing = [who for who in await holders(above, project) if who != identity]
            if standing:
                return standing[0]
    return None


async def names(identities: Iterable[UUID]) -> dict[UUID, str]:
    return {row["id"]: row["name"] for row in await sql.records(NAMES, list(identities))}


async def is_on_duty(identity: UUID, project: UUID) -> bool:
    """Whether somebody planned them for now; where nothing is planned for this project, everybody
    counts as there.
    """
    rows = await sql.records(DUTY, identity, project)
    return bool(rows[0]["planned"] == 0 or rows[0]["mine"] > 0)


async def departments() -> list[Department]:
    return await sql.many(Department, DEPARTMENTS)


async def department_exists(code: str) -> bool:
    return await sql.value(DEPARTMENT, code) is not None
