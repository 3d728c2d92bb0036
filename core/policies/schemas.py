"""A stored version of a company's or project's policy, and which versions are in force somewhere."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec


class PolicyVersion(msgspec.Struct, kw_only=True, frozen=True):
    """`document` holds only what differs; `project_id` None is the company's own, `preset` None the wider
    scope's.
    """

    id: UUID
    project_id: UUID | None
    number: int
    from_at: datetime
    preset: str | None
    document: dict[str, Any] = {}
    published_at: datetime
    published_by: UUID


class Versions(msgspec.Struct, frozen=True):
    """The versions whose values hold: the company's and, laid over it, the project's."""

    company: UUID | None = None
    project: UUID | None = None
