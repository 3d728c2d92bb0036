"""What a refused page says: which roles carry a right, and who in the company hands roles out."""

from uuid import UUID

import msgspec

from core.kit import clock, sql
from core.kit.context import Tenant, current
from core.kit.i18n import gettext
from core.plugin.host import catalogue, view
from core.staff.roles import ROLES, label

GRANTS = "auth.role.assign"
FEW = 3
GRANTERS = """
select p.name from core.staff_person p
where p.tenant_id = $1 and p.state = 'active' and exists (select from core.staff_assignment a
  where a.tenant_id = $1 and a.person_id = p.id and a.role = any ($2) and a.from_date <= $3
   and (a.until_date is null or a.until_date >= $3))
order by p.sort_key, p.id limit $4
"""
Edited = dict[str, frozenset[str]]


class Company(msgspec.Struct, frozen=True):
    """As it was when somebody's rights were last read: every change of roles has them read again."""

    edited: Edited
    granters: tuple[str, ...]


class Wanted(msgspec.Struct, frozen=True):
    """A right in words, the roles that carry it, and whom to ask."""

    label: str
    roles: tuple[str, ...]
    granters: tuple[str, ...]


_companies: dict[UUID, Company] = {}


def permissions_of(role: str, edited: Edited, plugins: frozenset[str]) -> frozenset[str]:
    """A role's permissions: as the company edited it, else what the plugins give it."""
    if role in edited:
        return edited[role]
    given = [template.permissions for template in catalogue().view(plugins).roles if template.name == role]
    return frozenset().union(*given)


async def learn(company: Tenant, edited: Edited, plugins: frozenset[str]) -> None:
    """Remember what `wanted` needs; one query."""
    rows = await sql.records(GRANTERS, _carrying(GRANTS, edited, plugins), clock.today(), FEW)
    _companies[company.id] = Company(edited, tuple(row["name"] for row in rows))


def wanted(permission: str) -> Wanted | None:
    """The words for a right that was missing, from memory; None for one that nobody declares."""
    declared = catalogue().permissions().get(permission)
    if declared is None or permission not in view().permissions:
        return None
    known = _companies.get(current().tenant.id, Company({}, ()))
    roles = _carrying(permission, known.edited, current().plugins)
    return Wanted(gettext(declared.label), tuple(gettext(label(role)) for role in roles), known.granters)


def _carrying(permission: str, edited: Edited, plugins: frozenset[str]) -> list[str]:
    names = [*ROLES, *(name for name in edited if name not in ROLES)]
    return [name for name in names if permission in permissions_of(name, edited, plugins)]
