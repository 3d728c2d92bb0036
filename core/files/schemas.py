"""A file as it is answered and as it is kept."""

from datetime import datetime
from uuid import UUID

import msgspec


class File(msgspec.Struct, kw_only=True):
    """`size` in bytes and `sha256` are those of what is stored: images are encoded anew."""

    id: UUID
    name: str
    media_type: str
    size: int
    sha256: str


class Kept(File, kw_only=True):
    """`permission` in `project_id` is what a reader of the record's files must hold."""

    purpose: str
    record: str | None
    record_id: UUID | None
    project_id: UUID | None
    permission: str | None
    created_by: UUID
    created_at: datetime
