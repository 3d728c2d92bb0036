"""What is announced of policies, after the commit."""

from uuid import UUID

from core.kit.events import Event


class PolicyPublished(Event, frozen=True):
    policy_version: UUID
    project: UUID | None
