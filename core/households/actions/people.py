"""The people of a household: added, corrected, their phones read in full, their data destroyed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from core.households import errors, names, phones
from core.households import schemas as s
from core.households.events import HouseholdChanged, PersonErased
from core.kit import audit, crypto, live, pinyin, sql
from core.kit.access import require
from core.kit.errors import FieldError, Invalid, NotFound, Stale
from core.kit.events import publish
from core.kit.ids import new_id

EDIT, ERASE, REVEAL = "households.household.edit", "households.person.erase", "households.phone.reveal"
LOCK = """
select id, project_id, unit_id, owner_name, version, closed_at from core.households_household
where tenant_id = $1 and id = $2 for no key update
"""
PERSON = """
select p.id, p.household_id, p.name, p.relation, p.data_key, h.project_id, h.owner_name
from core.households_person p
join core.households_household h on h.tenant_id = p.tenant_id and h.id = p.household_id
where p.tenant_id = $1 and p.id = $2 and p.erased_at is null
"""
RENAME = """
update core.households_person set name = $3, sort_key = $4, search_keys = $5, relation = $6
where tenant_id = $1 and id = $2
"""
FORGET_PHONES = "delete from core.households_phone where tenant_id = $1 and person_id = $2"
NUMBERS = "select id, number from core.households_phone where tenant_id = $1 and person_id = $2 order by id"
TOUCH = """
update core.households_household set owner_name = $3, version = version + 1, updated_at = core.now()
where tenant_id = $1 and id = $2
"""
ERASED = """
update core.households_person
set name = '', sort_key = '', search_keys = '{}', data_key = null, erased_at = core.now()
where tenant_id = $1 and id = $2
"""
FORGET_OWNER = """
update core.households_household
set owner_name = case when $3 then '' else owner_name end, version = version + 1, updated_at = core.now()
where tenant_id = $1 and id = $2
"""
NAMESAKES = """
select 1 from core.households_person
where tenant_id = $1 and household_id = $2 and id <> $3 and relation = 'owner' and erased_at is null
  and name = $4
"""


async def add_person(household: UUID, new: s.NewPerson) -> UUID:
    """Raises Stale, FileClosed, PhoneInvalid, and Invalid for a person without name and phone."""
    row = await locked(household, new.version)
    person = await insert(household, new)
    await _touched(household, row["owner_name"], "household.person_added", person)
    return person


async def update_person(person: UUID, new: s.UpdatePerson) -> None:
    """Correct a person; the household bears an owner's new name. Raises Stale, FileClosed, PhoneInvalid."""
    before = await _person(person)
    row = await locked(before["household_id"], new.version)
    name = before["name"] if new.name is None else new.name
    relation = new.relation or before["relation"]
    numbers = _numbers(new.phones or [])
    await sql.execute(RENAME, person, name, _sort_key(name), names.search_keys(name), relation)
    if new.phones is not None:
        await sql.execute(FORGET_PHONES, person)
        await _insert_phones(person, before["data_key"], numbers)
    was_owner = before["relation"] == "owner" and before["name"] == row["owner_name"]
    owner = name if relation == "owner" and was_owner else row["owner_name"]
    await _touched(row["id"], owner, "household.person_updated", person)


async def reveal_phone(person: UUID, reason: str) -> list[str]:
    """A person's phones in full, as they are dialled; who read them and why is recorded."""
    if not reason.strip():
        raise Invalid([FieldError("reason", "required")])
    row = await _person(person)
    require(REVEAL, row["project_id"])
    numbers = [
        await crypto.decrypt(
            n["number"], table="households_phone", column="number", row=n["id"], data_key=row["data_key"]
        )
        for n in await sql.records(NUMBERS, person)
    ]
    audit.record(
        "household.phone_revealed", "person", person, household=row["household_id"], reason=reason.strip()
    )
    return [phones.display(number) for number in numbers]


async def erase_person(person: UUID) -> None:
    """Destroy the person's key, name, phones and indexes. That somebody was there stays.

    The mark of the list's row stays too, so that the same list does not bring the person back.
    """
    row = await _person(person)
    require(ERASE, row["project_id"])
    await sql.execute(FORGET_PHONES, person)
    await sql.execute(ERASED, person)
    named = row["relation"] == "owner" and row["name"] == row["owner_name"]
    namesake = named and await sql.value(NAMESAKES, row["household_id"], person, row["name"])
    await sql.execute(FORGET_OWNER, row["household_id"], bool(named and not namesake))
    audit.record("household.person_erased", "person", person, household=row["household_id"])
    publish(PersonErased(person, row["household_id"]))
    live.changed("households", row["household_id"])


async def locked(household: UUID, version: int) -> Mapping[str, Any]:
    """The open file, locked, if the caller may edit it and has seen its newest version."""
    rows = await sql.records(LOCK, household)
    if not rows:
        raise NotFound
    row: Mapping[str, Any] = rows[0]
    require(EDIT, row["project_id"])
    if row["closed_at"] is not None:
        raise errors.FileClosed
    if row["version"] != version:
        raise Stale(version=row["version"], by="")
    return row


async def insert(household: UUID, new: s.NewPerson) -> UUID:
    if not new.name and not new.phones:
        raise Invalid([FieldError("name", "required")])
    numbers = _numbers(new.phones)
    person, key = new_id(), await crypto.new_person_key()
    await sql.insert(
        "households_person",
        {
            "id": person,
            "household_id": household,
            "name": new.name,
            "relation": new.relation,
            "data_key": key,
            "sort_key": _sort_key(new.name),
            "search_keys": names.search_keys(new.name),
        },
    )
    await _insert_phones(person, key, numbers)
    return person


async def phone_row(person: UUID, key: bytes, number: str, *, listed: bool) -> tuple[Any, ...]:
    """A row of households_phone: id, person, ciphertext, both indexes, mask, whether a list gave it."""
    identity = new_id()
    return (
        identity,
        person,
        await crypto.encrypt(number, table="households_phone", column="number", row=identity, data_key=key),
        await crypto.blind_index(number, column="phone"),
        await crypto.blind_index(phones.last_four(number), column="phone_tail"),
        phones.mask(number),
        listed,
    )


INSERT_PHONE = """
insert into core.households_phone
 (tenant_id, id, person_id, number, phone_index, tail_index, masked, listed)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""


def _numbers(written: list[str]) -> list[str]:
    """Raises PhoneInvalid."""
    return list(dict.fromkeys(number for cell in written for number in phones.split(cell, field="phones")))


async def _insert_phones(person: UUID, key: bytes, numbers: list[str]) -> None:
    await sql.execute_many(
        INSERT_PHONE, [await phone_row(person, key, number, listed=False) for number in numbers]
    )


async def _person(person: UUID) -> Mapping[str, Any]:
    rows = await sql.records(PERSON, person)
    if not rows:
        raise NotFound
    row: Mapping[str, Any] = rows[0]
    return row


async def _touched(household: UUID, owner: str, action: str, person: UUID) -> None:
    await sql.execute(TOUCH, household, owner)
    audit.record(action, "person", person, household=household)
    publish(HouseholdChanged(household))
    live.changed("households", household)


def _sort_key(name: str) -> str:
    return pinyin.sort_key(name) if name else ""
