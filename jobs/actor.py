"""The one dramatiq actor: it carries the company and the message's id, everything else is read again."""

from uuid import UUID

import dramatiq
from dramatiq.broker import Broker

from jobs.broker import ACTOR, QUEUE
from jobs.delivery import deliver


async def run(*, kind: str, name: str, tenant: str, outbox_id: str) -> None:  # noqa: ARG001 - names for who looks at the queue
    await deliver(UUID(tenant), UUID(outbox_id))


def declare(broker: Broker) -> None:
    """Let the workers of this broker run it."""
    dramatiq.actor(broker=broker, actor_name=ACTOR, queue_name=QUEUE)(run)
