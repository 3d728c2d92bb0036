"""Reads files, for those who may."""

import asyncio
from uuid import UUID

from core.files import storage
from core.files.schemas import File, Kept
from core.kit import sql
from core.kit.access import can
from core.kit.context import current
from core.kit.errors import NotFound

COLUMNS = """
id, name, media_type, size, sha256, purpose, record, record_id, project_id, permission, created_by, created_at
"""
ONE = f"select {COLUMNS} from core.files_file where tenant_id = $1 and id = $2"
OF_RECORD = (
    f"select {COLUMNS} from core.files_file where tenant_id = $1 and record_id = $2 order by created_at, id"
)

MINE = f"""
select {COLUMNS} from core.files_file
where tenant_id = $1 and id = any ($2) and created_by = $3 order by created_at, id
"""


async def file(identity: UUID) -> Kept:
    """A file this caller uploaded, or one of a record whose files they may read; raises NotFound."""
    found = await sql.one(Kept, ONE, identity)
    own = found.created_by == current().somebody.id
    if not own and not (found.permission and can(found.permission, found.project_id)):
        raise NotFound
    return found


async def of_record(record_id: UUID) -> list[File]:
    """The files of a record, oldest first; whoever may see the record may see that they exist."""
    return await sql.many(File, OF_RECORD, record_id)


async def uploads(ids: list[UUID]) -> list[File]:
    """Those of these files that the current actor uploaded, oldest first."""
    return await sql.many(File, MINE, ids, current().somebody.id) if ids else []


async def content(found: File) -> bytes:
    """The stored bytes; raises NotFound where the storage has lost them."""
    try:
        return await asyncio.to_thread(storage.read, current().tenant.id, found.sha256)
    except FileNotFoundError as problem:
        raise NotFound from problem
