"""The phones of a person: sealed for their row, added, taken away, one of them called first."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from core.households import errors, phones
from core.households import schemas as s
from core.kit import crypto, sql
from core.kit.errors import FieldError, Invalid
from core.kit.ids import new_id

MOST = 10
INSERT_PHONE = """
insert into core.households_phone
 (tenant_id, id, person_id, number, phone_index, tail_index, masked, listed)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""
HELD = "select id, phone_index from core.households_phone where tenant_id = $1 and person_id = $2"
DROP = "delete from core.households_phone where tenant_id = $1 and person_id = $2 and id = any ($3)"
NUMBERS = """
select id, number from core.households_phone where tenant_id = $1 and person_id = $2
order by preferred desc, id
"""
NONE_FIRST = """
update core.households_phone set preferred = false where tenant_id = $1 and person_id = $2 and preferred
"""
FIRST = """
update core.households_phone set preferred = true where tenant_id = $1 and person_id = $2 and phone_index = $3
"""


async def phone_row(person: UUID, key: bytes, number: str, *, listed: bool) -> tuple[Any, ...]:
    """A row of households_phone: id, person, ciphertext, both indexes, mask, whether a list gave it."""
    identity = new_id()
    return (
        identity,
        person,
        await crypto.encrypt(number, table="households_phone", column="number", row=identity, data_key=key),
        await index_of(number),
        await crypto.blind_index(phones.last_four(number), column="phone_tail"),
        phones.mask(number),
        listed,
    )


async def index_of(number: str) -> bytes:
    return await crypto.blind_index(number, column="phone")


def read(written: Sequence[str], field: str) -> list[str]:
    """All numbers of these cells in their stored form, each once. Raises PhoneInvalid, TooManyPhones."""
    found = list(dict.fromkeys(number for cell in written for number in phones.split(cell, field=field)))
    if len(found) > MOST:
        raise errors.TooManyPhones(field=field, most=MOST)
    return found


async def insert(person: UUID, key: bytes, numbers: Sequence[str]) -> None:
    await sql.execute_many(
        INSERT_PHONE, [await phone_row(person, key, number, listed=False) for number in numbers]
    )


async def in_full(person: UUID, key: bytes) -> list[str]:
    """In their stored form, decrypted, the one to call first."""
    return [
        await crypto.decrypt(
            n["number"], table="households_phone", column="number", row=n["id"], data_key=key
        )
        for n in await sql.records(NUMBERS, person)
    ]


async def change(person: UUID, key: bytes, new: s.UpdatePerson) -> int:
    """How many the person has then. Raises PhoneInvalid, TooManyPhones, and Invalid for an id not theirs."""
    field = "add_phones" if new.phones is None else "phones"
    wanted = read([*(new.phones or []), *new.add_phones], field)
    held = {row["phone_index"]: row["id"] for row in await sql.records(HELD, person)}
    if not set(new.remove_phones) <= set(held.values()):
        raise Invalid([FieldError("remove_phones", "not_a_choice")])
    indexes = [await index_of(number) for number in wanted]
    gone = {
        index
        for index, identity in held.items()
        if identity in new.remove_phones or (new.phones is not None and index not in indexes)
    }
    left = {index: identity for index, identity in held.items() if index not in gone}
    fresh = [number for number, index in zip(wanted, indexes, strict=True) if index not in left]
    if len(left) + len(fresh) > MOST:
        raise errors.TooManyPhones(field=field, most=MOST)
    first = await _preferred(new.preferred, left, indexes)
    await sql.execute(DROP, person, [held[index] for index in gone])
    await insert(person, key, fresh)
    if first is not None:
        await sql.execute(NONE_FIRST, person)
        await sql.execute(FIRST, person, first)
    return len(left) + len(fresh)


async def _preferred(choice: str | None, left: dict[bytes, UUID], given: list[bytes]) -> bytes | None:
    """The index of the phone chosen by its id or as a number."""
    if not choice:
        return None
    index = next((index for index, identity in left.items() if str(identity) == choice.lower()), None)
    if index is None:
        index = await index_of(read([choice], "preferred")[0])
    if index not in left and index not in given:
        raise Invalid([FieldError("preferred", "not_a_choice")])
    return index
