"""Who takes a unit over (HA-01), and which butler looks after it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from core.households import names
from core.households import schemas as s
from core.households.actions import files, numbers, people
from core.households.events import OwnerChanged
from core.kit import audit, clock, live, sql
from core.kit.access import require
from core.kit.context import current
from core.kit.errors import FieldError, Invalid, NotFound
from core.kit.events import publish
from core.kit.ids import new_id

PROJECTS_OF = "select distinct project_id from core.households_unit where tenant_id = $1 and id = any ($2)"
LOCK_UNIT = """
select u.version, u.updated_by, u.project_id, h.id as household
from core.households_unit u
left join core.households_household h on h.tenant_id = $1 and h.unit_id = u.id and h.closed_at is null
where u.tenant_id = $1 and u.id = $2 for no key update of u
"""
BUTLER = """
update core.households_unit
set butler_id = $3, version = version + 1, updated_at = core.now(), updated_by = $4
where tenant_id = $1 and id = any ($2)
"""
IS_BUTLER = """
select count(distinct p.id) from core.staff_person p
join core.staff_assignment a on a.tenant_id = $1 and a.person_id = p.id
where p.tenant_id = $1 and p.id = $2 and p.state = 'active' and a.role = 'butler' and a.from_date <= $3
  and (a.until_date is null or a.until_date >= $3) and (a.project_id is null or a.project_id = any ($4))
"""
CLOSE = """
update core.households_household
set closed_at = core.now(), version = version + 1, updated_at = core.now(), updated_by = $3
where tenant_id = $1 and id = $2
"""
STAYING = """
select id, name, relation, data_key from core.households_person
where tenant_id = $1 and household_id = $2 and id = any ($3) and relation <> 'owner'
  and erased_at is null and left_on is null
order by id
"""


async def set_butler(units: Sequence[UUID], butler: UUID | None) -> None:
    """Give these units to a butler, or to none.

    Raises NotFound where one of them is not the company's, Invalid for who is no butler of their projects.
    """
    wanted = list(set(units))
    projects = [row["project_id"] for row in await sql.records(PROJECTS_OF, wanted)]
    for project in projects:
        require(files.EDIT, project)
    if butler is not None and not await sql.value(IS_BUTLER, butler, clock.today(), projects):
        raise Invalid([FieldError("butler_id", "not_a_choice")])
    if await sql.execute(BUTLER, wanted, butler, current().somebody.name) < len(wanted):
        raise NotFound
    audit.record("household.butler_set", "unit", units=wanted, butler=butler)
    live.changed("households")


async def give_butler(unit: UUID, new: s.SetButler) -> None:
    """The same for one unit whose newest version the caller has seen. Raises Stale too."""
    rows = await sql.records(LOCK_UNIT, unit)
    if not rows:
        raise NotFound
    require(files.EDIT, rows[0]["project_id"])
    if rows[0]["version"] != new.version:
        raise files.stale(rows[0])
    await set_butler([unit], new.butler_id)
    live.changed("households", rows[0]["household"] or "")


async def change_owner(household: UUID, new: s.NewOwner) -> UUID:
    """Close the file and open the next one for the same unit; answers the new file's id.

    The mark of the list's row goes along, so that the same list does not bring the former owner back. Raises
    Stale, FileClosed, PhoneInvalid, NameInvalid, DateInFuture, BeforeMoveIn, and Invalid for who cannot stay.
    """
    before = await files.locked(household, new.version)
    if new.moved_in is not None:
        people.check_day(new.moved_in, before["moved_in"], "moved_in")
    staying = await _staying(household, new.staying)
    await sql.execute(CLOSE, household, current().somebody.name)
    identity = await _open(before, new)
    for person in staying:
        await _copy(person, identity)
    audit.record("household.owner_changed", "household", identity, previous=household)
    publish(OwnerChanged(identity, household))
    live.changed("households", household)
    live.changed("households", identity)
    return identity


async def _open(before: Mapping[str, Any], new: s.NewOwner) -> UUID:
    identity = new_id()
    values = {
        "id": identity,
        "project_id": before["project_id"],
        "unit_id": before["unit_id"],
        "owner_name": names.tidy(new.name),
        "moved_in": new.moved_in,
        "previous_id": before["id"],
        "mark": before["mark"],
        "edited_at": clock.now(),
        "updated_by": current().somebody.name,
    }
    await sql.insert("households_household", values)
    await people.insert(identity, new.name, s.NewPerson(relation="owner", phones=new.phones))
    return identity


async def _staying(household: UUID, chosen: Sequence[UUID]) -> list[Mapping[str, Any]]:
    found = await sql.records(STAYING, household, list(chosen))
    if len(found) < len(set(chosen)):
        raise Invalid([FieldError("staying", "not_a_choice")])
    return list(found)


async def _copy(person: Mapping[str, Any], household: UUID) -> None:
    """Under a key of its own: each file's person is erased by itself."""
    known = await numbers.in_full(person["id"], person["data_key"])
    await people.insert(household, person["name"], s.NewPerson(relation=person["relation"], phones=known))
