"""What is announced of people."""

from uuid import UUID

from core.kit.events import Event


class AssignmentChanged(Event, frozen=True):
    person: UUID
    role: str
