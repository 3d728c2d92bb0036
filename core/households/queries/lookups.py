"""One project, unit or household by id; which households a phone belongs to; where a ticket is."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from core.households import schemas as s
from core.kit import crypto, sql
from core.kit.access import in_view, places
from core.kit.errors import NotFound

VIEW = "households.household.view"
PROJECTS = """
select id, code, name, version from core.households_project where tenant_id = $1
  and ($2::uuid[] is null or id = any ($2)) order by sort, code
"""
PROJECT = "select id, code, name, version from core.households_project where tenant_id = $1 and id = $2"
UNIT_COLUMNS = """
u.id, u.version, u.project_id, u.kind, u.phase, u.building, u.stairwell, u.floor, u.room,
u.short as room_short, u.long as room_long, u.area_milli, h.id as household_id,
coalesce(h.owner_name, '') as owner_name, u.butler_id, b.name as butler_name
"""
UNIT_FROM = """
from core.households_unit u
left join core.households_household h
  on h.tenant_id = u.tenant_id and h.unit_id = u.id and h.closed_at is null
left join core.staff_person b on b.tenant_id = u.tenant_id and b.id = u.butler_id
where u.tenant_id = $1
"""
UNIT = f"select {UNIT_COLUMNS} {UNIT_FROM} and u.id = $2"
HITS = """
select h.id, h.unit_id, h.project_id, u.short as room_short, u.long as room_long, h.owner_name, u.butler_id,
  b.name as butler_name
from core.households_household h
join core.households_unit u on u.tenant_id = h.tenant_id and u.id = h.unit_id
left join core.staff_person b on b.tenant_id = u.tenant_id and b.id = u.butler_id
where h.tenant_id = $1 and h.id = any ($2)
"""
PERSONS = """
select p.household_id, p.id, p.name, p.relation,
  p.left_on, coalesce(
    array_agg(n.masked order by n.preferred desc, n.id) filter (where n.id is not null), '{}') as phones
from core.households_person p
left join core.households_phone n on n.tenant_id = p.tenant_id and n.person_id = p.id
where p.tenant_id = $1 and p.household_id = any ($2) and p.erased_at is null and (p.left_on is null) = $3
group by p.id, p.household_id, p.name, p.relation, p.left_on
order by p.relation <> 'owner', p.id
"""
PERSON = """
select p.id, h.version, p.household_id, h.project_id, u.short as room_short, u.long as room_long, p.name,
  p.relation, p.left_on, h.closed_at
from core.households_person p
join core.households_household h on h.tenant_id = p.tenant_id and h.id = p.household_id
join core.households_unit u on u.tenant_id = h.tenant_id and u.id = h.unit_id
where p.tenant_id = $1 and p.id = $2 and p.erased_at is null
"""
PHONES = """
select id, masked, preferred from core.households_phone where tenant_id = $1 and person_id = $2
order by preferred desc, id
"""
OWNERS = """
select h.id, h.owner_name, h.moved_in, h.opened_at, h.closed_at,
  coalesce(n.moved_in, (h.closed_at at time zone 'Asia/Shanghai')::date) as until
from core.households_household h
left join core.households_household n on n.tenant_id = $1 and n.previous_id = h.id
where h.tenant_id = $1 and h.unit_id = $2 order by h.opened_at desc, h.id desc
"""
HOUSEHOLD = """
select h.id, h.version, h.project_id, p.name as project_name, h.unit_id, h.owner_name, h.moved_in, h.note,
  h.opened_at, h.closed_at, h.previous_id, h.updated_at
from core.households_household h
join core.households_project p on p.tenant_id = h.tenant_id and p.id = h.project_id
where h.tenant_id = $1 and h.id = $2
"""
OF_PHONE = """
select distinct h.id, u.sort_key from core.households_phone n
join core.households_person p on p.tenant_id = n.tenant_id and p.id = n.person_id
join core.households_household h on h.tenant_id = n.tenant_id and h.id = p.household_id
join core.households_unit u on u.tenant_id = n.tenant_id and u.id = h.unit_id
where n.tenant_id = $1 and n.phone_index = $2 and p.left_on is null and h.closed_at is null
  and ($3::uuid[] is null or h.project_id = any ($3))
order by u.sort_key, h.id limit 50
"""
LOCATED = """
select u.project_id, u.id as unit_id, h.id as household_id, u.short as room_short, u.long as room_long,
  coalesce(h.owner_name, '') as owner_name, u.butler_id
from core.households_unit u
left join core.households_household h
  on h.tenant_id = u.tenant_id and h.unit_id = u.id and h.closed_at is null
where u.tenant_id = $1
"""
FIRST_PHONE = """
select n.id, n.number, p.data_key from core.households_phone n
join core.households_person p on p.tenant_id = n.tenant_id and p.id = n.person_id
where n.tenant_id = $1 and p.household_id = $2 and p.left_on is null
order by p.relation <> 'owner', p.id, n.preferred desc, n.id limit 1
"""


async def projects(permission: str = VIEW, *, beyond: bool = False) -> list[s.Project]:
    """The estates where this caller holds it (to see households, unless said), in the company's order: those
    in view, or (`beyond`) also what is out of view while another one is worked in.
    """
    allowed = places(permission) if beyond else in_view(permission)
    return await sql.many(s.Project, PROJECTS, chosen(allowed))


async def project(identity: UUID) -> s.Project:
    """Raises NotFound."""
    return await sql.one(s.Project, PROJECT, identity)


async def unit(identity: UUID) -> s.Unit:
    """Raises NotFound, also where this caller may not look."""
    rows = await sql.records(UNIT, identity)
    if not rows or not _may_see(rows[0]["project_id"]):
        raise NotFound
    return unit_of(rows[0])


async def household(identity: UUID) -> s.Household:
    """The whole file, phones masked; a closed one too. Four queries. Raises NotFound."""
    rows = await sql.records(HOUSEHOLD, identity)
    if not rows or not _may_see(rows[0]["project_id"]):
        raise NotFound
    row = dict(rows[0])
    home = unit_of((await sql.records(UNIT, row.pop("unit_id")))[0])
    people = (await persons_of([identity])).get(identity, [])
    former = (await persons_of([identity], left=True)).get(identity, [])
    return sql.struct(s.Household, {**row, "unit": home, "persons": people, "former": former})


async def person(identity: UUID) -> s.Person:
    """Raises NotFound, also where this caller may not look. Two queries."""
    found = await sql.one(s.Person, PERSON, identity)
    if not _may_see(found.project_id):
        raise NotFound
    found.phones = await sql.many(s.PhoneBrief, PHONES, identity)
    return found


async def owners(unit: UUID) -> list[s.Ownership]:
    """The files of a unit, newest first; for callers who have read one of them."""
    return await sql.many(s.Ownership, OWNERS, unit)


async def by_phone(normal: str) -> list[s.HouseholdHit]:
    """The households this caller may see that have this phone (in its stored form), by room."""
    index = await crypto.blind_index(normal, column="phone")
    found = await sql.records(OF_PHONE, index, chosen(in_view(VIEW)))
    return await hits([row["id"] for row in found])


async def locate(project_id: UUID, *, household_id: UUID | None, unit_id: UUID | None) -> s.Located:
    """Where something is: a household's unit, a unit, or a project as a whole, with the phone to call.

    The phone is the owner's first, else the first of the household. Raises NotFound for what is another
    company's, for a closed file, and for a household that does not live in the unit named beside it.
    """
    if household_id is None and unit_id is None:
        return s.Located(project_id=(await project(project_id)).id)
    column, wanted = ("h.id", household_id) if household_id else ("u.id", unit_id)
    place = await sql.one(s.Located, f"{LOCATED} and {column} = $2", wanted)
    if unit_id is not None and place.unit_id != unit_id:
        raise NotFound
    if place.household_id is not None:
        place.phone = await _first_phone(place.household_id)
    return place


async def hits(ids: list[UUID]) -> list[s.HouseholdHit]:
    """These households with their people, in the order of the ids. Two queries."""
    if not ids:
        return []
    found = {hit.id: hit for hit in await sql.many(s.HouseholdHit, HITS, ids)}
    people = await persons_of(ids)
    for identity, hit in found.items():
        hit.persons = people.get(identity, [])
    return [found[identity] for identity in ids if identity in found]


async def persons_of(households: Iterable[UUID], *, left: bool = False) -> dict[UUID, list[s.PersonBrief]]:
    """Who lives there, or (`left`) who moved out."""
    people: dict[UUID, list[s.PersonBrief]] = {}
    for row in await sql.records(PERSONS, list(households), not left):
        people.setdefault(row["household_id"], []).append(sql.struct(s.PersonBrief, row))
    return people


def unit_of(row: Any) -> s.Unit:
    values = dict(row)
    milli = values.pop("area_milli")
    area = Decimal(milli) / 1000 if milli is not None else None
    return msgspec.convert({**values, "area": area}, s.Unit)


def chosen(allowed: frozenset[UUID] | None) -> list[UUID] | None:
    """Projects as a query's parameter: None for all."""
    return None if allowed is None else list(allowed)


def _may_see(project_id: UUID) -> bool:
    allowed = places(VIEW)
    return allowed is None or project_id in allowed


async def _first_phone(household_id: UUID) -> str | None:
    rows = await sql.records(FIRST_PHONE, household_id)
    if not rows:
        return None
    row = rows[0]
    return await crypto.decrypt(
        row["number"], table="households_phone", column="number", row=row["id"], data_key=row["data_key"]
    )
