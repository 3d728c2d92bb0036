"""Imports a household list: kept in the request, read and written there too or, if long, by a worker.

The whole list is one transaction: what breaks off half-way leaves nothing, and may simply run again.
"""

import asyncio
from collections.abc import Mapping
from uuid import UUID

import msgspec

from core.files import actions as files
from core.files import storage
from core.households import errors, queries
from core.households import schemas as s
from core.households.actions import writing
from core.households.events import HouseholdsImported
from core.households.importing import HouseholdList, HouseholdRow, read_households, survey
from core.households.queries.imports import PERMISSION
from core.kit import audit, live, sql, tasks
from core.kit.access import require
from core.kit.context import current
from core.kit.database import savepoint
from core.kit.errors import DomainError, NotFound
from core.kit.events import enqueue, publish
from core.kit.ids import new_id

AT_ONCE = 5_000
MOST_BYTES = 30 * files.MEGABYTE
JOB = "households.import"
PURPOSE = "household_list"
FIRST_PROJECT = """
select id from core.households_project where tenant_id = $1 and ($2::uuid is null or id = $2)
order by sort, code limit 1
"""
OWN = "select id from core.households_project where tenant_id = $1 and id = any ($2)"
CLAIM = "select state from core.households_import where tenant_id = $1 and id = $2 for update"
ALONE = """
select id from core.households_project where tenant_id = $1 and id = any ($2) order by id for no key update
"""
DONE = """
update core.households_import
set state = 'done', finished_at = core.now(), file_id = $3, row_count = $4, household_count = $5,
  refused_count = $6, repeated_count = $7, created_count = $8, updated_count = $9, unchanged_count = $10,
  refused = $11, skipped = $12, overwritten = $13
where tenant_id = $1 and id = $2
"""
FAILED = """
update core.households_import
set state = 'failed', finished_at = core.now(), error_key = $3, error_params = $4
where tenant_id = $1 and id = $2
"""


async def start_import(
    name: str,
    data: bytes,
    *,
    project_id: UUID | None = None,
    projects: Mapping[str, UUID] | None = None,
    dry_run: bool = False,
    at_once: int | None = None,
    tell: writing.Tell = writing.silent,
) -> s.Import:
    """Take a list in: of up to `at_once` (AT_ONCE) rows it is finished on return, else it waits for a worker.

    `projects` names the project of a sheet; the others go to `project_id`, else to the company's first.
    Raises UnsupportedFile, PayloadTooLarge, TooManyRows, HeaderMissing, ProjectRequired, SheetUnknown,
    NotFound.
    """
    require(PERMISSION)
    looked_at = await asyncio.to_thread(survey, data)
    first, places = await _places(looked_at.sheets, project_id, projects or {})
    kept = await files.store(name, data, purpose=PURPOSE, most_bytes=MOST_BYTES)
    identity = new_id()
    waits = looked_at.rows > (AT_ONCE if at_once is None else at_once)
    task = await tasks.create_task(JOB, {"import_id": identity}, total=looked_at.rows) if waits else None
    await sql.insert(
        "households_import",
        {
            "id": identity,
            "name": kept.name,
            "sha256": kept.sha256,
            "file_id": kept.id,
            "project_id": first,
            "places": {sheet: str(project) for sheet, project in places.items()},
            "dry_run": dry_run,
            "state": "waiting",
            "total": looked_at.rows,
            "task_id": task,
            "created_by": current().somebody.id,
            "created_by_name": current().somebody.name,
        },
    )
    await files.attach(
        [kept.id], record="households_import", record_id=identity, permission=PERMISSION, project_id=first
    )
    audit.record("household.import_started", "import", identity, dry_run=dry_run, rows=looked_at.rows)
    if waits:
        enqueue(JOB, {"import_id": str(identity)})
    else:
        await import_households(identity, data, tell=tell)
    return queries.shown(await queries.import_row(identity))


async def confirm(dry_run: UUID) -> s.Import:
    """Import the list of a dry run, which is kept for a day. Raises NotFound when it is gone."""
    row = await queries.import_row(dry_run)
    if row.file_id is None or not row.dry_run:
        raise NotFound
    data = await _stored(row)
    return await start_import(row.name, data, project_id=row.project_id, projects=row.places)


async def import_households(
    identity: UUID, data: bytes | None = None, *, tell: writing.Tell = writing.silent
) -> None:
    """Read the list of this import and write it, or only count. An import that is done or failed stays so.

    `tell` is awaited with the number of rows that are behind us.

    What is wrong with the list makes the import `failed`. Raises asyncpg's LockNotAvailableError while
    another list is being written to one of its projects.
    """
    if await sql.value(CLAIM, identity) != "waiting":
        return
    row = await queries.import_row(identity)
    try:
        async with savepoint():
            result = await _run(row, data if data is not None else await _stored(row), tell)
    except DomainError as refusal:
        await sql.execute(FAILED, identity, refusal.key, msgspec.to_builtins(refusal.params))
        audit.record("household.import_failed", "import", identity, key=refusal.key)
        if row.task_id is not None:
            await tasks.fail(row.task_id, refusal.key, refusal.params)
    else:
        await _finish(row, *result)
    live.changed("imports", identity)


async def _run(
    row: s.ImportRow, data: bytes, tell: writing.Tell
) -> tuple[HouseholdList, s.Changes, list[HouseholdRow]]:
    found = await asyncio.to_thread(read_households, data, projects=row.places)
    by_project: dict[UUID, list[HouseholdRow]] = {}
    for household in found.households:
        by_project.setdefault(row.places[household.sheet], []).append(household)
    if not row.dry_run:
        await sql.records(ALONE, list(by_project))
    changes, done = s.Changes(), found.rows - len(found.households)
    overwritten: list[HouseholdRow] = []

    async def count(written: int) -> None:
        nonlocal done
        done += written
        await tell(done)

    for project, rows in by_project.items():
        known = await writing.known_units(project)
        made = await writing.write(
            rows, project, known, dry_run=row.dry_run, overwritten=overwritten, tell=count
        )
        changes = s.Changes(
            changes.created + made.created, changes.updated + made.updated, changes.unchanged + made.unchanged
        )
    return found, changes, overwritten


async def _finish(
    row: s.ImportRow, found: HouseholdList, changes: s.Changes, overwritten: list[HouseholdRow]
) -> None:
    counts = s.Counts(found.rows, len(found.households), len(found.refused), found.repeated)
    await sql.execute(
        DONE,
        row.id,
        row.file_id if row.dry_run else None,
        *msgspec.structs.astuple(counts),
        *msgspec.structs.astuple(changes),
        msgspec.to_builtins(found.refused),
        found.skipped,
        [{"sheet": one.sheet, "row": one.row, "room": one.room.short()} for one in overwritten],
    )
    if not row.dry_run:
        if row.file_id is not None:
            await files.remove(row.file_id)
        audit.record(
            "household.imported",
            "import",
            row.id,
            sha256=row.sha256,
            **msgspec.structs.asdict(counts),
            **msgspec.structs.asdict(changes),
        )
        publish(HouseholdsImported(row.id))
        live.changed("households")
    if row.task_id is not None:
        await tasks.finish(row.task_id, {"import_id": row.id})


async def _places(
    sheets: list[str], project_id: UUID | None, projects: Mapping[str, UUID]
) -> tuple[UUID, dict[str, UUID]]:
    """The project that unnamed sheets go to, and that of every sheet; the caller may import into each."""
    first: UUID | None = await sql.value(FIRST_PROJECT, project_id)
    if first is None:
        raise NotFound if project_id else errors.ProjectRequired
    for sheet in projects:
        if sheet not in sheets:
            raise errors.SheetUnknown(sheet=sheet)
    places = {sheet: projects.get(sheet, first) for sheet in sheets}
    wanted = set(places.values())
    if len(await sql.records(OWN, list(wanted))) < len(wanted):
        raise NotFound
    for project in wanted:
        require(PERMISSION, project)
    return first, places


async def _stored(row: s.ImportRow) -> bytes:
    try:
        return await asyncio.to_thread(storage.read, current().tenant.id, row.sha256)
    except FileNotFoundError as problem:
        raise NotFound from problem
