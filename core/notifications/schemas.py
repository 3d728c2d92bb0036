"""A notice as the bell and the API show it."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

Tone = Literal["info", "warn", "danger"]


class Notice(msgspec.Struct, kw_only=True):
    """`text` is the message in the reader's language, its holes filled."""

    id: UUID
    event: str
    message: str
    params: dict[str, Any]
    link: str
    tone: Tone
    created_at: datetime
    read_at: datetime | None
    text: str = ""


class MarkRead(msgspec.Struct):
    """Which notices were read; none named means all."""

    ids: list[UUID] = []
