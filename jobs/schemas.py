"""What travels between relay, worker and whoever looks at the queue."""

from datetime import datetime
from uuid import UUID

import msgspec


class Due(msgspec.Struct, frozen=True):
    """An outbox row handed over by the relay: all that goes to the broker."""

    tenant: UUID
    id: UUID
    kind: str
    name: str


class Claim(msgspec.Struct, frozen=True):
    """An outbox row that one worker holds. `attempts` have failed, `starts` were begun, this one included."""

    id: UUID
    kind: str
    name: str
    payload: dict[str, object]
    actor_id: UUID | None
    actor_name: str | None
    request_id: str | None
    attempts: int
    starts: int


class Parked(msgspec.Struct, frozen=True):
    """A message that nobody tries any more until it is replayed; `error` says why, without personal data."""

    id: UUID
    kind: str
    name: str
    attempts: int
    error: str
    created_at: datetime
    parked_at: datetime


class Backlog(msgspec.Struct, frozen=True):
    """The outbox over all companies; `oldest` is the age in seconds of the oldest undone message that was
    due."""

    waiting: int
    parked: int
    oldest: float
    unsealed: int


class Company(msgspec.Struct, frozen=True):
    """A company as a job needs it, with the plugins it has on."""

    id: UUID
    slug: str
    name: str
    locale: str
    version: int
    plugins: frozenset[str]
