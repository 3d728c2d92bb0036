"""What a move is made of, and a line of the timeline as the API and pages show it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from core.kit.context import Actor
from core.plugin.contributions import Flow, Transition


class Move(msgspec.Struct, kw_only=True):
    """An arrow being taken: `row` is the record before, `changes` the columns the arrow sets besides
    state and version.

    `form` is the arrow's struct, already checked. `extra` is kept with the event beside the form.
    """

    flow: Flow
    transition: Transition
    row: Mapping[str, Any]
    actor: Actor
    at: datetime
    form: Any = None
    note: str | None = None
    attachments: list[UUID] = []
    changes: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    target: str = ""
    stage: str | None = None

    @property
    def id(self) -> UUID:
        identity: UUID = self.row["id"]
        return identity


class Happened(msgspec.Struct, kw_only=True, frozen=True):
    """What followers are told in the same transaction: a move (`name` is the arrow's) or a note (its
    type).
    """

    flow: Flow
    name: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]
    at: datetime
    actor: Actor
    form: Any = None


class TimelineEvent(msgspec.Struct, kw_only=True):
    """One line of the timeline, oldest first; `from` and `to` are states, None for a note."""

    id: UUID
    at: datetime
    kind: str
    name: str
    label: str = ""
    actor: str = msgspec.field(name="actor")
    actor_id: UUID
    role: str
    from_state: str | None = msgspec.field(name="from", default=None)
    to_state: str | None = msgspec.field(name="to", default=None)
    note: str | None = None
    form: dict[str, Any] = {}
    attachments: list[UUID] = []
    channel: str = "page"


class OfferedTransition(msgspec.Struct, frozen=True):
    """An arrow this caller may take now, with the JSON schema of what must be said."""

    name: str
    label: str
    form_schema: dict[str, Any]
    tone: str = "plain"
    icon: str = "arrow-right"
