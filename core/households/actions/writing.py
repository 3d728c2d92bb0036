"""Brings a project's households in line with a list: what is new is written, what changed is updated.

Each household keeps a mark of the row it came from, so a row that says what it said last time is passed over,
and what the desk has corrected since stays. A row that says something else wins over what was changed by
hand; such households are told of. An empty cell says nothing: it takes nothing away.
"""

import contextlib
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from core.households import names
from core.households.actions import numbers
from core.households.importing import HouseholdRow, Relation
from core.households.rooms import Room
from core.households.schemas import Changes
from core.kit import crypto, pinyin, sql
from core.kit.context import current
from core.kit.database import savepoint
from core.kit.ids import new_id

BATCH = 500
MANY = 400
UNITS = """
select id, kind, phase, building, stairwell, room from core.households_unit
where tenant_id = $1 and project_id = $2 and ($3::text is null or room = $3)
"""
FILES = """
select id, unit_id, mark, edited_at is not null as edited from core.households_household
where tenant_id = $1 and project_id = $2 and closed_at is null and ($3::uuid[] is null or unit_id = any ($3))
"""
INSERT_UNIT = """
insert into core.households_unit
 (tenant_id, id, project_id, kind, phase, building, stairwell, floor, room, short, long, sort_key, area_milli)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""
INSERT_HOUSEHOLD = """
insert into core.households_household (tenant_id, id, project_id, unit_id, owner_name, moved_in, note, mark)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""
INSERT_PERSON = """
insert into core.households_person
 (tenant_id, id, household_id, name, relation, data_key, sort_key, search_keys)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""
SET_AREA = """
update core.households_unit
set area_milli = $3, version = version + 1, updated_at = core.now(), updated_by = $4
where tenant_id = $1 and id = $2 and area_milli is distinct from $3
"""
UPDATE_HOUSEHOLD = """
update core.households_household
set owner_name = $3, moved_in = coalesce($4, moved_in), note = case when $5 = '' then note else $5 end,
    mark = $6, version = version + 1, updated_at = core.now(), edited_at = null, updated_by = $7
where tenant_id = $1 and id = $2
"""
RENAME = """
update core.households_person set name = $3, sort_key = $4, search_keys = $5 where tenant_id = $1 and id = $2
"""
UNLIST = "delete from core.households_phone where tenant_id = $1 and id = $2"
LIST = "update core.households_phone set listed = true where tenant_id = $1 and id = $2"
DROP_EMPTY = """
delete from core.households_person p where p.tenant_id = $1 and p.id = $2 and p.name = ''
  and p.erased_at is null
  and not exists (select 1 from core.households_phone n where n.tenant_id = $1 and n.person_id = $2)
"""
STORED = """
select p.household_id, p.id, p.relation, p.name, p.data_key, n.id as phone, n.phone_index, n.listed
from core.households_person p
left join core.households_phone n on n.tenant_id = p.tenant_id and n.person_id = p.id
where p.tenant_id = $1 and p.household_id = any ($2) and p.erased_at is null and p.left_on is null
order by p.household_id, p.id, n.id
"""
ANALYZE = "select core.households_analyze($2) where $1::uuid is not null"
STATEMENTS = (
    INSERT_UNIT, SET_AREA, INSERT_HOUSEHOLD, UPDATE_HOUSEHOLD, INSERT_PERSON, RENAME, UNLIST, LIST,
    numbers.INSERT_PHONE, DROP_EMPTY,
)  # fmt: skip

Tell = Callable[[int], Awaitable[None]]


async def silent(_done: int) -> None:
    """For whom nobody waits."""


class Known(msgspec.Struct):
    """A unit that is there, with its open file, the mark of the row that this came from, and whether somebody
    changed it by hand since.
    """

    unit: UUID
    household: UUID | None
    mark: bytes | None
    edited: bool = False


class Stored(msgspec.Struct):
    """A person of a household; `phones` by index: their row's id and whether a list gave them."""

    id: UUID
    relation: Relation
    name: str
    data_key: bytes
    phones: dict[bytes, tuple[UUID, bool]] = {}


class Task(msgspec.Struct):
    row: HouseholdRow
    mark: bytes
    known: Known | None


class Writes:
    """Rows waiting for each statement; `flush` writes them in an order that every foreign key accepts."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Sequence[Any]]] = {statement: [] for statement in STATEMENTS}

    def add(self, statement: str, *values: Any) -> None:
        self.rows[statement].append(values)

    async def flush(self) -> None:
        for statement, rows in self.rows.items():
            if rows:
                await sql.execute_many(statement, rows)
                rows.clear()


async def write(
    rows: Sequence[HouseholdRow],
    project: UUID,
    known: dict[Room, Known],
    *,
    dry_run: bool = False,
    overwritten: list[HouseholdRow] | None = None,
    tell: Tell = silent,
) -> Changes:
    """Write these rows of one project in batches, or with `dry_run` only count. `known` has the units there.

    `tell` is awaited after each batch with the number of rows in it. Rows that win over what somebody changed
    by hand are added to `overwritten`.
    """
    changes, planned = Changes(), dry_run
    for batch in _batches(rows):
        tasks = [Task(row, await _mark(row), known.get(row.room)) for row in batch]
        fresh = [task for task in tasks if task.known is None or task.known.household is None]
        changed = [
            task for task in tasks if task.known and task.known.household and task.known.mark != task.mark
        ]
        changes.created += len(fresh)
        changes.updated += len(changed)
        changes.unchanged += len(tasks) - len(fresh) - len(changed)
        if overwritten is not None:
            overwritten += [task.row for task in changed if task.known and task.known.edited]
        if not dry_run:
            await _write(fresh, changed, project)
            planned = planned or await _analyze(changes.created)
        await tell(len(batch))
    if not dry_run:
        await _analyze(changes.created)
    return changes


async def _write(fresh: list[Task], changed: list[Task], project: UUID) -> None:
    writes = Writes()
    for task in fresh:
        await _create(writes, task, project)
    if changed:
        households = [task.known.household for task in changed if task.known and task.known.household]
        stored = await _stored(households)
        for task in changed:
            await _update(writes, task, stored)
    await writes.flush()


async def _analyze(created: int) -> bool:
    """Have the planner look again where this list is a great part of all; False while that is not done.

    On a server too busy to finish it in time, autovacuum will do it later.
    """
    if created < MANY:
        return False
    with contextlib.suppress(asyncpg.QueryCanceledError):
        async with savepoint():
            return (await sql.value(ANALYZE, created)) is not False
    return True


async def known_units(project: UUID, room: str | None = None) -> dict[Room, Known]:
    """All units of a project, or those whose room has this number.

    Two queries put together here: after the first great list, until the server has gathered statistics,
    its plan for the join would read every file for every unit.
    """
    units = await sql.records(UNITS, project, room)
    only = [unit["id"] for unit in units] if room is not None else None
    files = {file["unit_id"]: file for file in await sql.records(FILES, project, only)}
    known = {}
    for unit in units:
        parts = {name: unit[name] for name in ("kind", "phase", "building", "stairwell", "room")}
        file = files.get(unit["id"])
        known[Room(**parts)] = Known(
            unit["id"], file and file["id"], file and file["mark"], bool(file and file["edited"])
        )
    return known


async def _mark(row: HouseholdRow) -> bytes:
    """Equal for rows that say the same of a household, wherever they stand in the list."""
    said = msgspec.json.encode((row.owner, row.contacts, row.area, row.moved_in, row.note))
    return await crypto.blind_index(said.decode(), column="list row")


async def _create(writes: Writes, task: Task, project: UUID) -> None:
    row, room = task.row, task.row.room
    if task.known is None:
        unit = new_id()
        parts = (room.kind, room.phase, room.building, room.stairwell, room.floor, room.room)
        words = (room.short(), room.long(), room.sort_key())
        writes.add(INSERT_UNIT, unit, project, *parts, *words, _milli(row))
    else:
        unit = task.known.unit
        _set_area(writes, unit, row)
    household = new_id()
    writes.add(INSERT_HOUSEHOLD, household, project, unit, row.owner, row.moved_in, row.note, task.mark)
    await _people(writes, household, row, [])


async def _update(writes: Writes, task: Task, stored: dict[UUID, list[Stored]]) -> None:
    known, row = task.known, task.row
    if known is None or known.household is None:
        return
    _set_area(writes, known.unit, row)
    who = current().somebody.name
    writes.add(UPDATE_HOUSEHOLD, known.household, row.owner, row.moved_in, row.note, task.mark, who)
    await _people(writes, known.household, row, stored.get(known.household, []))


async def _people(writes: Writes, household: UUID, row: HouseholdRow, there: list[Stored]) -> None:
    """The owner by name, and one nameless person for each other relation that the list's phones belong to."""
    wanted: dict[Relation, list[str]] = {"owner": []}
    for contact in row.contacts:
        wanted.setdefault(contact.relation, []).append(contact.phone)
    for relation, given in wanted.items():
        name = row.owner if relation == "owner" else ""
        person = _match(there, relation, name)
        if person is None:
            person = Stored(new_id(), relation, name, await crypto.new_person_key())
            keys = names.search_keys(name) if name else []
            writes.add(
                INSERT_PERSON, person.id, household, name, relation, person.data_key, _sort(name), keys
            )
        elif name and person.name != name:
            writes.add(RENAME, person.id, name, _sort(name), names.search_keys(name))
        await _phones(writes, person, given)
    if row.contacts:
        said = {relation: {await _index(n) for n in given} for relation, given in wanted.items()}
        _unlist(writes, there, said)


def _match(there: list[Stored], relation: Relation, name: str) -> Stored | None:
    """The person that the list means: of that relation and name, else the first of that relation."""
    candidates = [person for person in there if person.relation == relation]
    alike = [person for person in candidates if names.same(person.name, name)]
    return next(iter(alike or candidates), None)


async def _phones(writes: Writes, person: Stored, given: list[str]) -> None:
    for number in given:
        held = person.phones.get(await _index(number))
        if held is None:
            writes.add(
                numbers.INSERT_PHONE,
                *await numbers.phone_row(person.id, person.data_key, number, listed=True),
            )
        elif not held[1]:
            writes.add(LIST, held[0])


def _unlist(writes: Writes, there: list[Stored], said: dict[Relation, set[bytes]]) -> None:
    """Take away phones that an earlier list gave and this one says no more, or of somebody else."""
    for person in there:
        for index, (phone, listed) in person.phones.items():
            if listed and index not in said.get(person.relation, ()):
                writes.add(UNLIST, phone)
                writes.add(DROP_EMPTY, person.id)


async def _stored(households: Iterable[UUID]) -> dict[UUID, list[Stored]]:
    found: dict[UUID, dict[UUID, Stored]] = {}
    for row in await sql.records(STORED, list(households)):
        person = found.setdefault(row["household_id"], {}).setdefault(
            row["id"], Stored(row["id"], row["relation"], row["name"], row["data_key"])
        )
        if row["phone"] is not None:
            person.phones[row["phone_index"]] = (row["phone"], row["listed"])
    return {household: list(persons.values()) for household, persons in found.items()}


async def _index(number: str) -> bytes:
    return await crypto.blind_index(number, column="phone")


def _set_area(writes: Writes, unit: UUID, row: HouseholdRow) -> None:
    if row.area is not None:
        writes.add(SET_AREA, unit, _milli(row), current().somebody.name)


def _milli(row: HouseholdRow) -> int | None:
    return None if row.area is None else int(row.area * 1000)


def _sort(name: str) -> str:
    return pinyin.sort_key(name) if name else ""


def _batches(rows: Sequence[HouseholdRow]) -> Iterator[list[HouseholdRow]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        yield batch
