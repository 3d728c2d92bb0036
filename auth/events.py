"""What is announced of sign-in."""

from uuid import UUID

from core.kit.events import Event


class UserSignedIn(Event, frozen=True):
    account: UUID
