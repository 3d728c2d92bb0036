"""Whose rights a job has that a person enqueued: those of today, none once the account is closed."""

from uuid import UUID

from auth.identify import rights_of
from core.kit import sql
from core.kit.context import Actor, Tenant

PERSON = """
select p.name, p.username, p.email, p.department from core.auth_account a
join core.staff_person p on p.tenant_id = a.tenant_id and p.id = a.id
where a.tenant_id = $1 and a.id = $2 and a.state = 'active' and p.state = 'active'
"""


async def person_at_work(person: UUID, company: Tenant, plugins: frozenset[str]) -> Actor | None:
    """The person with what they may do now; None for somebody who has left."""
    rows = await sql.records(PERSON, person)
    if not rows:
        return None
    row, found = rows[0], await rights_of(person, company, plugins)
    return Actor(
        id=person,
        name=row["name"],
        username=row["username"],
        roles=found.roles,
        rights=found.rights,
        departments=frozenset({row["department"]} - {None}),
        email=row["email"],
        held_by=found.held_by,
    )
