"""Buildings and stairwells of a project, and the rooms of one of them."""

from typing import Any
from uuid import UUID

import msgspec

from core.households import schemas as s
from core.households.queries.lookups import UNIT_COLUMNS, UNIT_FROM, VIEW, unit_of
from core.kit import paging, sql
from core.kit.access import in_view

COUNTS = """
select phase, building, stairwell, count(*) as units, min(sort_key) as sort_key
from core.households_unit where tenant_id = $1 and project_id = $2
group by phase, building, stairwell order by min(sort_key)
"""
ROOMS = f"""
select {UNIT_COLUMNS}, u.sort_key {UNIT_FROM} and u.project_id = $2
  and ($3 = '' or u.building = $3) and ($4 = '' or u.stairwell = $4)
  and ($5::text is null or (u.sort_key, u.id) > ($5, $6))
order by u.sort_key, u.id limit $7
"""


class Stairwell(msgspec.Struct, frozen=True):
    name: str
    units: int


class Building(msgspec.Struct):
    """A building with its stairwells, in the order of the estate; shops and parking have no name."""

    name: str
    units: int = 0
    stairwells: list[Stairwell] = []


async def places_of(project: UUID | None) -> list[Building]:
    """The buildings of a project this caller may see; none where they may not."""
    if project is None or not _may_see(project):
        return []
    found: dict[str, Building] = {}
    for row in await sql.records(COUNTS, project):
        building = found.setdefault(row["building"], Building(row["building"]))
        building.units += row["units"]
        if row["stairwell"]:
            building.stairwells.append(Stairwell(row["stairwell"], row["units"]))
    return list(found.values())


async def rooms(
    project: UUID | None,
    *,
    building: str = "",
    stairwell: str = "",
    limit: int = 50,
    cursor: str | None = None,
) -> paging.Page[s.Unit]:
    """Rooms of a project, a building or a stairwell in their order, with who lives there."""
    if project is None or not _may_see(project):
        return paging.Page([], None)
    after: tuple[Any, ...] = paging.decode(cursor, str, UUID) or (None, None)
    found = await sql.records(ROOMS, project, building, stairwell, *after, limit + 1)
    page = paging.page(found, limit, lambda row: (row["sort_key"], row["id"]))
    return paging.Page([_unit(row) for row in page.items], page.next)


def _unit(row: Any) -> s.Unit:
    values = dict(row)
    values.pop("sort_key")
    return unit_of(values)


def _may_see(project: UUID) -> bool:
    allowed = in_view(VIEW)
    return allowed is None or project in allowed
