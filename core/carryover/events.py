"""What is announced of carry-over."""

from uuid import UUID

from core.kit.events import Event


class CarriedOver(Event, frozen=True):
    """An entry was written: `type` says what is unfinished, the ticket's work or its sheet's way back."""

    entry: UUID
    ticket: UUID
    type: str
