"""Stores uploads, ties them to records, and sweeps what nobody tied to anything within a day."""

import asyncio
import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from uuid import UUID

from core.files import errors, images, sniffing, storage
from core.files.schemas import File
from core.kit import audit, sql
from core.kit.context import current
from core.kit.database import after_commit
from core.kit.errors import PayloadTooLarge, UnsupportedFile
from core.kit.i18n import _
from core.kit.ids import new_id

MEGABYTE = 1024 * 1024
MOST_BYTES = 10 * MEGABYTE
MOST_A_RECORD = 20
DAY = 24 * 3600.0
LONGEST_NAME = 120
ATTACH = """
update core.files_file set record = $3, record_id = $4, project_id = $5, permission = $6
where tenant_id = $1 and id = any ($2) and ((record_id is null and created_by = $7) or record_id = $4)
"""
COUNT = "select count(*) from core.files_file where tenant_id = $1 and record_id = $2"
DELETE = "delete from core.files_file where tenant_id = $1 and id = $2"
FORGET = """
delete from core.files_file
where tenant_id = $1 and record_id is null and created_at < now() - make_interval(secs => $2)
"""
KNOWN = "select distinct sha256 from core.files_file where tenant_id = $1 and sha256 = any ($2)"


async def store(name: str, data: bytes, *, purpose: str = "attachment", most_bytes: int = MOST_BYTES) -> File:
    """Sniff, clean and keep an upload of the current actor.

    Written to disk before the transaction commits. Raises PayloadTooLarge, UnsupportedFile.
    """
    if len(data) > most_bytes:
        raise PayloadTooLarge(limit=f"{most_bytes // MEGABYTE} MB")
    if not data:
        raise UnsupportedFile(reason=_("文件是空的"))
    kind = sniffing.media_type(data)
    cleaned = await asyncio.to_thread(images.clean, data, kind)
    sha256 = await asyncio.to_thread(storage.write, current().tenant.id, cleaned)
    kept = File(id=new_id(), name=_tidy(name), media_type=kind, size=len(cleaned), sha256=sha256)
    await sql.insert(
        "files_file",
        {
            "id": kept.id,
            "name": kept.name,
            "media_type": kind,
            "size": kept.size,
            "sha256": sha256,
            "purpose": purpose,
            "created_by": current().somebody.id,
        },
    )
    audit.record("file.uploaded", "file", kept.id, media_type=kind, size=kept.size, sha256=sha256)
    return kept


async def attach(
    ids: Sequence[UUID], *, record: str, record_id: UUID, permission: str, project_id: UUID | None = None
) -> None:
    """Make uploads of the current actor part of a record; `permission` there is what their readers must hold.

    Raises FileUnknown for anybody else's, TooManyFiles.
    """
    wanted = list(set(ids))
    if not wanted:
        return
    actor = current().somebody.id
    if await sql.execute(ATTACH, wanted, record, record_id, project_id, permission, actor) < len(wanted):
        raise errors.FileUnknown
    if await sql.value(COUNT, record_id) > MOST_A_RECORD:
        raise errors.TooManyFiles(most=MOST_A_RECORD)


async def remove(identity: UUID) -> None:
    """Forget a file; its bytes go with the next sweep unless another row needs them."""
    await sql.execute(DELETE, identity)


async def sweep(*, after: float = DAY) -> int:
    """Drop what has belonged to no record for `after` seconds; answers how many contents were removed."""
    company = current().tenant.id
    await sql.execute(FORGET, after)
    old = await asyncio.to_thread(lambda: list(storage.older_than(company, after)))
    known = {row["sha256"] for row in await sql.records(KNOWN, old)}
    loose = [name for name in old if name not in known]

    def discard() -> None:
        for name in loose:
            storage.remove(company, name)

    after_commit(discard)
    return len(loose)


def _tidy(name: str) -> str:
    """The last part of what browsers send as a name, without signs that a shell or a header would obey."""
    last = PurePosixPath(name.replace("\\", "/")).name
    tidy = re.sub(r'[\x00-\x1f\x7f"<>|:*?\u202a-\u202e\u2066-\u2069]', "", last).strip(" .")
    stem, dot, ending = tidy.rpartition(".")
    return f"{stem[:LONGEST_NAME]}{dot}{ending[:10]}" if dot else tidy[:LONGEST_NAME] or "file"
