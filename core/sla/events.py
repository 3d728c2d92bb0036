"""What is announced of clocks, after the commit: `record` is the case, `code` the limit."""

from uuid import UUID

from core.kit.events import Event


class ClockWarned(Event, frozen=True):
    """So much of the limit is used up, or its earlier target has passed."""

    record: UUID
    code: str
    clock: UUID
    flow: str


class ClockBreached(Event, frozen=True):
    record: UUID
    code: str
    clock: UUID
    flow: str


class ClockEscalated(Event, frozen=True):
    """A breach has gone up to that level: 1 is the next above the superior, and so on."""

    record: UUID
    code: str
    level: int
    clock: UUID
    flow: str


class CalendarPublished(Event, frozen=True):
    year: int
    calendar_version: int
