"""The people of a household: added, corrected, moved out and in again."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from core.households import errors, names
from core.households import schemas as s
from core.households.actions import files, numbers
from core.kit import clock, crypto, pinyin, sql
from core.kit.access import places
from core.kit.errors import FieldError, Invalid, NotFound
from core.kit.ids import new_id

PERSON = """
select p.id, p.household_id, p.name, p.relation, p.data_key, p.left_on, h.project_id, h.owner_name
from core.households_person p
join core.households_household h on h.tenant_id = p.tenant_id and h.id = p.household_id
where p.tenant_id = $1 and p.id = $2 and p.erased_at is null
"""
UPDATE = """
update core.households_person set name = $3, sort_key = $4, search_keys = $5, relation = $6
where tenant_id = $1 and id = $2
"""
LEAVE = "update core.households_person set left_on = $3 where tenant_id = $1 and id = $2"
OTHER_OWNERS = """
select name from core.households_person
where tenant_id = $1 and household_id = $2 and id <> $3 and relation = 'owner'
  and erased_at is null and left_on is null
order by name = '', id
"""
FILE_OF_UNIT = """
select id, project_id from core.households_household
where tenant_id = $1 and unit_id = $2 and closed_at is null
"""
LIVING = """
select id, name from core.households_person
where tenant_id = $1 and household_id = $2 and erased_at is null and left_on is null order by id
"""


async def add_person(household: UUID, new: s.NewPerson) -> UUID:
    """Raises Stale, FileClosed, PhoneInvalid, NameInvalid, and Invalid without name and phone."""
    row = await files.locked(household, new.version)
    return await _added(row, new.name, new)


async def add_contact(new: s.NewContact) -> tuple[UUID, UUID]:
    """Somebody the desk hears of: the ids of the household and the person.

    Where the household has somebody of that name already, it is their phone. Raises HouseholdMissing,
    PhoneInvalid, NameInvalid.
    """
    found = await sql.records(FILE_OF_UNIT, new.unit_id)
    allowed = places(files.EDIT)
    if not found or (allowed is not None and found[0]["project_id"] not in allowed):
        raise errors.HouseholdMissing
    row = await files.opened(found[0]["id"])
    name = names.tidy(new.name)
    known = [person for person in await sql.records(LIVING, row["id"]) if names.same(person["name"], name)]
    if not known:
        return row["id"], await _added(row, name, s.NewPerson(relation=new.relation, phones=new.phones))
    more = s.UpdatePerson(version=row["version"], add_phones=numbers.read(new.phones, "phones"))
    await update_person(known[0]["id"], more)
    return row["id"], known[0]["id"]


async def update_person(person: UUID, new: s.UpdatePerson) -> None:
    """Correct a person; the household bears an owner's new name.

    Raises Stale, FileClosed, PersonLeft, PhoneInvalid, NameInvalid, OwnerRequired, and Invalid where neither
    name nor phone would be left.
    """
    row, before = await _locked(person, new.version)
    if before["left_on"] is not None:
        raise errors.PersonLeft
    name = before["name"] if new.name is None else names.tidy(new.name)
    relation = new.relation or before["relation"]
    owner = await _owner_after(row, before, name=name, relation=relation)
    left = await numbers.change(person, before["data_key"], new)
    if not name and (relation == "owner" or not left):
        raise Invalid([FieldError("name", "required")])
    await sql.execute(UPDATE, person, name, _sort_key(name), names.search_keys(name), relation)
    await files.touched(row["id"], owner, "household.person_updated", person)


async def move_out(person: UUID, new: s.MoveOut) -> None:
    """They are found no more and stay in the file. Raises Stale, FileClosed, OwnerRequired, DateInFuture,
    BeforeMoveIn.
    """
    row, before = await _locked(person, new.version)
    check_day(new.left_on, row["moved_in"], "left_on")
    owner = await _owner_after(row, before, name=before["name"], relation="other")
    await sql.execute(LEAVE, person, new.left_on)
    await files.touched(row["id"], owner, "household.person_left", person)


async def move_in(person: UUID, new: s.MoveIn) -> None:
    """Whoever was said to have moved out lives there after all. Raises Stale, FileClosed."""
    row, _before = await _locked(person, new.version)
    await sql.execute(LEAVE, person, None)
    await files.touched(row["id"], row["owner_name"], "household.person_back", person)


async def insert(household: UUID, name: str, new: s.NewPerson) -> UUID:
    name = names.tidy(name)
    if not name and not new.phones:
        raise Invalid([FieldError("name", "required")])
    given = numbers.read(new.phones, "phones")
    person, key = new_id(), await crypto.new_person_key()
    await sql.insert(
        "households_person",
        {
            "id": person,
            "household_id": household,
            "name": name,
            "relation": new.relation,
            "data_key": key,
            "sort_key": _sort_key(name),
            "search_keys": names.search_keys(name),
        },
    )
    await numbers.insert(person, key, given)
    return person


async def person_row(person: UUID) -> Mapping[str, Any]:
    """Raises NotFound, also for whoever was erased."""
    rows = await sql.records(PERSON, person)
    if not rows:
        raise NotFound
    row: Mapping[str, Any] = rows[0]
    return row


def check_day(day: date, moved_in: date | None, field: str) -> None:
    """Raises DateInFuture, BeforeMoveIn."""
    if day > clock.today():
        raise errors.DateInFuture(field=field)
    if moved_in is not None and day < moved_in:
        raise errors.BeforeMoveIn(field=field, moved_in=moved_in.isoformat())


async def other_owner(before: Mapping[str, Any]) -> str | None:
    """The name of another owner who still lives there, "" if only their phone is known."""
    name: str | None = await sql.value(OTHER_OWNERS, before["household_id"], before["id"])
    return name


async def _locked(person: UUID, version: int | None) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The household, locked, then the person as nobody else can change them now."""
    row = await files.locked((await person_row(person))["household_id"], version)
    return row, await person_row(person)


async def _added(row: Mapping[str, Any], name: str, new: s.NewPerson) -> UUID:
    person = await insert(row["id"], name, new)
    owner = row["owner_name"] or (names.tidy(name) if new.relation == "owner" else "")
    await files.touched(row["id"], owner, "household.person_added", person)
    return person


async def _owner_after(row: Mapping[str, Any], before: Mapping[str, Any], *, name: str, relation: str) -> str:
    """Whose name the household bears when this person has that name and relation. Raises OwnerRequired."""
    was_named = before["relation"] == "owner" and before["name"] == row["owner_name"]
    owner: str = row["owner_name"]
    if relation == "owner":
        return name if was_named or not owner else owner
    if before["relation"] == "owner" and before["left_on"] is None:
        other = await other_owner(before)
        if other is None:
            raise errors.OwnerRequired(field="relation")
        return other if was_named else owner
    return owner


def _sort_key(name: str) -> str:
    return pinyin.sort_key(name) if name else ""
