"""What is announced of tickets, after the commit."""

from uuid import UUID

from core.kit.events import Event


class TicketRegistered(Event, frozen=True):
    ticket: UUID
    kind: str


class TicketMoved(Event, frozen=True):
    ticket: UUID
    kind: str
    transition: str


class TicketNoted(Event, frozen=True):
    ticket: UUID
    type: str


class TicketReminded(Event, frozen=True):
    ticket: UUID


class SheetReturned(Event, frozen=True):
    ticket: UUID
