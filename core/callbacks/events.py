"""What is announced of call-backs."""

from uuid import UUID

from core.kit.events import Event


class CallBackRecorded(Event, frozen=True):
    call_back: UUID
    ticket: UUID
    result: str
