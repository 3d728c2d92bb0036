"""Carries the outbox to the broker: any number of relays, each message handed over by one of them.

A row is marked before it is published and stays until a worker has done it. Whoever dies in between, relay,
Valkey or worker, costs `resend` seconds: then the row is due again. While Valkey is away, rows wait.
"""

import asyncio
from uuid import UUID

from dramatiq.broker import Broker
from redis.exceptions import RedisError

from core.kit.database import unit_of_work
from core.kit.log import log
from jobs import actions, queries
from jobs.broker import publish
from jobs.errors import describe
from jobs.listening import listen
from jobs.loops import forever
from jobs.schemas import Due

RESEND = 30.0
POLL = 1.0
PUBLISHING_FAILED = (RedisError, OSError)


class QueueAway(Exception):
    """Valkey does not answer; the relay tries again."""


async def run(broker: Broker, stop: asyncio.Event, *, resend: float = RESEND, poll: float = POLL) -> None:
    """Relay until `stop` is set."""
    wake = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(listen("outbox", "sys", lambda _payload: wake.set(), wake.set, stop))
        group.create_task(forever("relay", lambda: sweep(broker, resend=resend), poll, stop, wake))


async def sweep(broker: Broker, *, resend: float = RESEND) -> int:
    """Hand over one batch of each company that has due messages; how many were published. Raises
    QueueAway."""
    async with unit_of_work(None, "sys"):
        tenants = await queries.messages_due()
    return sum([await _relay(broker, tenant, resend) for tenant in tenants])


async def _relay(broker: Broker, tenant: UUID, resend: float) -> int:
    async with unit_of_work(tenant, "sys"):
        messages = await actions.send(resend)
    sent = await asyncio.to_thread(_publish, broker, messages)
    if sent < len(messages):
        async with unit_of_work(tenant, "sys"):
            await actions.give_back([message.id for message in messages[sent:]])
        raise QueueAway
    return sent


def _publish(broker: Broker, messages: list[Due]) -> int:
    for count, message in enumerate(messages):
        try:
            publish(broker, message)
        except PUBLISHING_FAILED as problem:
            log("jobs").warning("queue away", error=describe(problem))
            return count
    return len(messages)
