"""A person's privacy: their phones read only for a recorded reason, their data destroyed for good."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from core.households import errors, phones
from core.households.actions import files, numbers, people
from core.households.events import PersonErased
from core.kit import audit, live, sql
from core.kit.access import require
from core.kit.context import current
from core.kit.errors import FieldError, Invalid
from core.kit.events import publish

ERASE, REVEAL = "households.person.erase", "households.phone.reveal"
A_NUMBER = re.compile(r"(?:\d[\s-]?){7,}")
ONLY_THEIRS = """
select n.phone_index from core.households_phone n where n.tenant_id = $1 and n.person_id = $2
  and not exists (
    select 1 from core.households_phone o
    join core.households_person p on p.tenant_id = $1 and p.id = o.person_id
    where o.tenant_id = $1 and o.phone_index = n.phone_index and o.person_id <> $2 and p.left_on is null)
"""
FORGET_PHONES = "delete from core.households_phone where tenant_id = $1 and person_id = $2"
ERASED = """
update core.households_person
set name = '', sort_key = '', search_keys = '{}', data_key = null, erased_at = core.now()
where tenant_id = $1 and id = $2
"""


class Forgotten(msgspec.Struct, frozen=True):
    """Whose data is destroyed: what copies of it can be known by. `indexes` are of phones nobody else has."""

    household: UUID
    name: str
    indexes: list[bytes]


Forgets = Callable[[Forgotten], Awaitable[None]]
_others: list[Forgets] = []


def also_forgets(others: Forgets) -> Forgets:
    """Declare who holds copies of residents' data; awaited in the transaction that erases a person."""
    _others.append(others)
    return others


async def reveal_phone(person: UUID, reason: str) -> list[str]:
    """A person's phones in full, as they are dialled; who read them and why is recorded."""
    if not reason.strip():
        raise Invalid([FieldError("reason", "required")])
    row = await people.person_row(person)
    require(REVEAL, row["project_id"])
    found = await numbers.in_full(person, row["data_key"])
    audit.record(
        "household.phone_revealed", "person", person, household=row["household_id"], reason=reason.strip()
    )
    return [phones.display(number) for number in found]


async def erase_person(person: UUID, reason: str) -> UUID:
    """Destroy the person's key, name, phones and indexes, and copies in requests; answers the household.

    That somebody was there stays. The mark of the list's row stays too, so that the same list does not bring
    the person back. Raises Invalid without a reason, ReasonNamesPerson.
    """
    await files.taken((await people.person_row(person))["household_id"])
    row = await people.person_row(person)
    require(ERASE, row["project_id"])
    household: UUID = row["household_id"]
    _check(reason, row)
    indexes = [found["phone_index"] for found in await sql.records(ONLY_THEIRS, person)]
    for forgets in _others:
        await forgets(Forgotten(household, row["name"], indexes))
    named = row["relation"] == "owner" and row["name"] == row["owner_name"]
    owner = ((await people.other_owner(row)) or "") if named else row["owner_name"]
    await sql.execute(FORGET_PHONES, person)
    await sql.execute(ERASED, person)
    await sql.execute(files.TOUCH, household, owner, current().somebody.name)
    audit.record("household.person_erased", "person", person, household=household, reason=reason.strip())
    publish(PersonErased(person, household))
    live.changed("households", household)
    return household


def _check(reason: str, row: Mapping[str, Any]) -> None:
    if not reason.strip():
        raise Invalid([FieldError("reason", "required")])
    if A_NUMBER.search(reason) or (row["name"] and row["name"] in reason):
        raise errors.ReasonNamesPerson
