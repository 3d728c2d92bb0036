"""What the database says of one company, read in one snapshot past row-level security."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import msgspec

T = TypeVar("T", bound=msgspec.Struct)


class Ticket(msgspec.Struct):
    id: UUID
    number: str
    content: str
    version: int
    state: str


class Line(msgspec.Struct):
    """A line of the timeline."""

    record_id: UUID
    kind: str
    name: str
    note: str | None
    to_state: str | None


class Letter(msgspec.Struct):
    """An outbox row."""

    id: UUID
    name: str
    payload: dict[str, Any]
    done: bool
    parked: bool


class Notice(msgspec.Struct):
    person_id: UUID
    event: str
    message: str
    link: str
    limit: str | None


class Clock(msgspec.Struct, kw_only=True):
    id: UUID
    record_id: UUID
    code: str
    told: bool
    started_at: datetime
    late_at: datetime
    warn_at: datetime | None
    next_level_at: datetime | None
    stopped_at: datetime | None
    outcome: str | None
    breached_at: datetime | None
    paused: bool


class Fire(msgspec.Struct):
    clock_id: UUID
    kind: str
    level: int
    at: datetime


class Facts(msgspec.Struct, kw_only=True):
    at: datetime
    tickets: list[Ticket] = []
    lines: list[Line] = []
    letters: list[Letter] = []
    notices: list[Notice] = []
    clocks: list[Clock] = []
    fires: list[Fire] = []
    answered: list[str] = []
    """Idempotency keys whose answer was kept."""
    audited: list[tuple[str, UUID]] = []
    """Action and subject of each audit line about a ticket."""


LINES = """
select record_id, kind, name, note, to_state from core.flows_event where tenant_id = $1 order by at, id
"""
LETTERS = """
select id, name, payload::text as payload, done_at is not null as done, parked_at is not null as parked
from core.kit_outbox where tenant_id = $1
"""
NOTICES = """
select person_id, event, message, link, params->>'limit' as limit
from core.notifications_notice where tenant_id = $1
"""
CLOCKS = """
select id, record_id, code, breach && array['W', 'E'] as told, started_at, late_at, warn_at, next_level_at,
  stopped_at, outcome, breached_at, paused_at is not null as paused
from core.sla_clock where tenant_id = $1
"""
QUERIES: dict[str, tuple[type[msgspec.Struct], str]] = {
    "tickets": (
        Ticket,
        "select id, number, content, version, state from core.tickets_ticket where tenant_id = $1",
    ),
    "lines": (Line, LINES),
    "letters": (Letter, LETTERS),
    "notices": (Notice, NOTICES),
    "clocks": (Clock, CLOCKS),
    "fires": (Fire, "select clock_id, kind, level, at from core.sla_fire where tenant_id = $1"),
}
KEYS = "select key from core.kit_idempotency where tenant_id = $1 and status is not null"
AUDIT = "select action, subject_id from core.kit_audit where tenant_id = $1 and subject = 'repair'"
PENDING = """
select (select count(*) from core.kit_outbox where tenant_id = $1 and done_at is null and parked_at is null)
  + (select count(*) from core.kit_audit_waiting where tenant_id = $1)
  + (select count(*) from core.sla_clock where tenant_id = $1 and next_fire_at is not null)
"""
AGAIN = """
update core.kit_outbox set done_at = null, parked_at = null, sent_at = null, leased_until = null,
  due_at = now()
where tenant_id = $1 and kind = 'event' and hashtext(id::text) % $2 = 0
"""


async def read(url: str, tenant: str) -> Facts:
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            facts = Facts(at=await connection.fetchval("select now()"))
            for name, (kind, query) in QUERIES.items():
                rows = await connection.fetch(query, tenant)
                setattr(facts, name, [_struct(kind, row) for row in rows])
            facts.answered = [row["key"] for row in await connection.fetch(KEYS, tenant)]
            facts.audited = [
                (row["action"], row["subject_id"]) for row in await connection.fetch(AUDIT, tenant)
            ]
    finally:
        await connection.close()
    return facts


def _struct(kind: type[T], row: Any) -> T:
    plain = dict(row)
    if "payload" in plain:
        plain["payload"] = msgspec.json.decode(plain["payload"])
    return msgspec.convert(plain, kind, strict=False)


async def pending(url: str, tenant: str) -> int:
    """How much is still to be done after the commit: messages, seals, timers."""
    return int(await _ask(url, PENDING, tenant))


async def deliver_again(url: str, tenant: str, one_in: int) -> None:
    """As if the worker had died one time in so many between the effect and noting it as done."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(AGAIN, tenant, one_in)
    finally:
        await connection.close()


async def _ask(url: str, query: str, *values: Any) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query, *values)
    finally:
        await connection.close()
