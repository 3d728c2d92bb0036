"""What is announced of goods slips, after the commit."""

from uuid import UUID

from core.kit.events import Event


class GoodsSlipCreated(Event, frozen=True):
    slip: UUID


class GoodsSlipMoved(Event, frozen=True):
    slip: UUID
    transition: str
