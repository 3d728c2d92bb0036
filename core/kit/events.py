"""Facts in the past tense, written to the outbox in the transaction that made them true.

An event is a frozen msgspec struct of ids. Its name is its class's in dots (`TicketMoved` →
`ticket.moved`), a plugin's begins with the plugin. Listeners hear it after the commit, at least once.
"""

import re
from typing import Any, ClassVar
from uuid import UUID

import msgspec

from core.kit import database, sql
from core.kit.context import maybe_current
from core.kit.ids import new_id

EVENTS: dict[str, type["Event"]] = {}


class Event(msgspec.Struct, frozen=True):
    """Subclass per fact; fields are ids and short codes, never personal data."""

    name: ClassVar[str] = ""
    version: ClassVar[str] = "v1"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        plugin = re.match(r"plugins\.(\w+)\.", cls.__module__)
        dotted = re.sub(r"(?<!^)(?=[A-Z])", ".", cls.__name__).lower()
        cls.name = f"{plugin[1]}.{dotted}" if plugin else dotted
        EVENTS[cls.name] = cls


class Message(msgspec.Struct):
    """One row of the outbox: an event to hand to its listeners, or a job to run."""

    id: UUID
    kind: str
    name: str
    payload: dict[str, Any]
    delay: float = 0.0


INSERT = """
insert into core.kit_outbox (tenant_id, id, kind, name, payload, actor_id, actor_name, request_id, due_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(secs => $9))
"""


def publish(event: Event) -> None:
    """Write the event with this transaction's commit."""
    database.defer(_write, Message(new_id(), "event", event.name, msgspec.to_builtins(event)))


def enqueue(job: str, payload: dict[str, Any] | None = None, *, delay: float = 0.0) -> UUID:
    """Have a worker run the job after this transaction's commit, `delay` seconds later at the earliest."""
    message = Message(new_id(), "job", job, payload or {}, delay)
    database.defer(_write, message)
    return message.id


async def _write(messages: list[Message]) -> None:
    context = maybe_current()
    who = context.somebody if context else None
    rows = [
        (
            m.id,
            m.kind,
            m.name,
            m.payload,
            who and who.id,
            who and who.name,
            context and context.request_id,
            m.delay,
        )
        for m in messages
    ]
    await sql.execute_many(INSERT, rows)
    await database.DB.unit().connection.execute("notify outbox")
