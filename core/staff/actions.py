"""Adds people and departments, and gives and takes roles."""

from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from core.kit import audit, clock, sql
from core.kit.context import current
from core.kit.database import savepoint
from core.kit.events import publish
from core.kit.i18n import _, gettext
from core.kit.ids import new_id
from core.kit.pinyin import search_keys, sort_key
from core.staff.errors import AssignmentOverlaps, UsernameTaken
from core.staff.events import AssignmentChanged
from core.staff.schemas import NewPerson

DEPARTMENTS = {
    "engineering": _("工程部"),
    "security": _("安全管理部"),
    "finance": _("财务部"),
    "admin_hr": _("行政人事部"),
    "cleaning": _("清洁部"),
    "greening": _("绿化部"),
    "leasing": _("租赁部"),
    "club": _("会所"),
    "customer_service": _("客服部"),
    "property_dept": _("物业部"),
    "management_office": _("管理处"),
    "mgmt_dept": _("公司管理部"),
    "gm_office": _("总经办"),
}
DEPARTMENT = """
insert into core.staff_department (tenant_id, id, code, name, position) values ($1, $2, $3, $4, $5)
on conflict (tenant_id, code) do nothing
"""
LANGUAGE = """
update core.staff_person set locale = $3, version = version + 1 where tenant_id = $1 and id = $2
"""
WHICH = "tenant_id = $1 and person_id = $2 and role = $3 and project_id is not distinct from $4"
END = f"""
update core.staff_assignment set until_date = $5
where {WHICH} and from_date < $6 and (until_date is null or until_date >= $6)
"""
DROP = f"delete from core.staff_assignment where {WHICH} and from_date >= $5"


async def add_departments(names: dict[str, str] | None = None) -> None:
    """The departments of PROCEDURES 2.1 under the company's own names, or else as they are called in the
    current language; those there are kept.
    """
    named = names or {code: gettext(name) for code, name in DEPARTMENTS.items()}
    rows = [(new_id(), code, name, position) for position, (code, name) in enumerate(named.items())]
    await sql.execute_many(DEPARTMENT, rows)


async def add_person(new: NewPerson) -> UUID:
    """A person without any role; raises UsernameTaken."""
    identity = new_id()
    try:
        async with savepoint():
            await sql.insert(
                "staff_person",
                {
                    "id": identity,
                    "username": new.username,
                    "name": new.name,
                    "title": new.title,
                    "sort_key": sort_key(new.name),
                    "search_keys": search_keys(new.name),
                    "department": new.department,
                    "email": new.email,
                    "locale": new.locale,
                },
            )
    except asyncpg.UniqueViolationError as problem:
        raise UsernameTaken(username=new.username) from problem
    audit.record("person.added", "person", identity, username=new.username)
    return identity


async def set_language(person: UUID, language: str) -> None:
    """The language a person reads the product in; callers have checked that it is one of ours."""
    await sql.execute(LANGUAGE, person, language)
    audit.record("person.language_set", "person", person, language=language)


async def assign(person: UUID, role: str, project: UUID | None, *, until: datetime | None = None) -> UUID:
    """Give a role from today on; raises AssignmentOverlaps where it is held already."""
    identity = new_id()
    try:
        async with savepoint():
            await sql.insert(
                "staff_assignment",
                {
                    "id": identity,
                    "person_id": person,
                    "role": role,
                    "project_id": project,
                    "from_date": clock.today(),
                    "until_date": until.date() if until else None,
                    "created_by": current().somebody.id,
                },
            )
    except asyncpg.ExclusionViolationError as problem:
        raise AssignmentOverlaps from problem
    audit.record("role.given", "person", person, role=role, project=project)
    publish(AssignmentChanged(person, role))
    return identity


async def unassign(person: UUID, role: str, project: UUID | None) -> bool:
    """Take a role away at once; whether it was held. What began today leaves no trace but the audit's."""
    today = clock.today()
    ended = await sql.execute(END, person, role, project, today - timedelta(days=1), today)
    dropped = await sql.execute(DROP, person, role, project, today)
    if ended or dropped:
        audit.record("role.taken", "person", person, role=role, project=project)
        publish(AssignmentChanged(person, role))
    return bool(ended or dropped)


async def put_on_duty(person: UUID, project: UUID | None, from_at: datetime, until_at: datetime) -> None:
    """Plan somebody for a stretch of time; the roster writes it, whoever needs somebody now reads it."""
    await sql.insert(
        "staff_duty",
        {
            "id": new_id(),
            "person_id": person,
            "project_id": project,
            "from_at": from_at,
            "until_at": until_at,
        },
    )
