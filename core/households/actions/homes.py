"""Projects, and single households added by hand."""

from uuid import UUID

from core.households import errors
from core.households.actions import writing
from core.households.importing import HouseholdRow
from core.kit import audit, live, sql
from core.kit.ids import new_id

TAKEN = "select 1 from core.households_project where tenant_id = $1 and (code = $2 or name = $3)"
LOCK_PROJECT = "select id from core.households_project where tenant_id = $1 and id = $2 for no key update"
OF_ROOM = """
select u.id as unit, h.id as household from core.households_unit u
join core.households_household h on h.tenant_id = u.tenant_id and h.unit_id = u.id and h.closed_at is null
where u.tenant_id = $1 and u.project_id = $2 and u.kind = $3 and u.phase = $4 and u.building = $5
  and u.stairwell = $6 and u.room = $7
"""


async def create_project(*, name: str, code: str, sort: int = 0) -> UUID:
    """An estate of the company; callers have asked for households.project.edit. Raises ProjectExists."""
    if await sql.value(TAKEN, code, name):
        raise errors.ProjectExists
    identity = new_id()
    await sql.insert("households_project", {"id": identity, "code": code, "name": name, "sort": sort})
    audit.record("household.project_created", "project", identity, code=code)
    live.changed("projects", identity)
    return identity


async def add_household(project: UUID, row: HouseholdRow) -> tuple[UUID, UUID]:
    """A single household, as if a list had named it; the ids of its unit and its file.

    Callers have asked for households.household.edit. A unit that has a file already gets what the row says.
    """
    await sql.execute(LOCK_PROJECT, project)
    room = row.room
    await writing.write([row], project, await writing.known_units(project, room.room))
    parts = (room.kind, room.phase, room.building, room.stairwell, room.room)
    found = (await sql.records(OF_ROOM, project, *parts))[0]
    audit.record("household.added", "household", found["household"])
    live.changed("households", found["household"])
    return found["unit"], found["household"]
