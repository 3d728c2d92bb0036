"""Every change to a message: handed over, claimed, renewed, done, failed, parked, replayed.

A row's `due_at` is when the relay should hand it over (again); whoever takes it moves that on. `leased_until`
keeps a second worker off while the first is alive; that effects happen once is the inbox's doing, not the
lease's.
"""

from uuid import UUID

from core.kit import audit, database, sql
from core.kit.access import require
from jobs.errors import NotParked
from jobs.schemas import Claim, Due

TRIES = 3
PAUSES = (10.0, 60.0)
STARTS = 20
LEASE = 10.0
WINDOW = 200
BATCH = 100

IN_FLIGHT = """
select count(*) from core.kit_outbox where tenant_id = $1 and done_at is null and parked_at is null
  and due_at > now() and sent_at is not null
"""
SEND = """
with picked as materialized (
  select id from core.kit_outbox
  where tenant_id = $1 and done_at is null and parked_at is null and due_at <= now()
  order by due_at, id limit $3 for update skip locked)
update core.kit_outbox set sent_at = coalesce(sent_at, now()), due_at = now() + make_interval(secs => $2)
where tenant_id = $1 and id in (select id from picked)
returning tenant_id as tenant, id, kind, name
"""
GIVE_BACK = """
update core.kit_outbox set due_at = now() + interval '1 second', sent_at = null
where tenant_id = $1 and id = any($2) and done_at is null and leased_until is null
"""
CLAIM = """
update core.kit_outbox set starts = starts + 1, leased_until = now() + make_interval(secs => $3),
  due_at = now() + make_interval(secs => $3)
where tenant_id = $1 and id = $2 and done_at is null and parked_at is null
  and (leased_until is null or leased_until < now())
returning id, kind, name, payload, actor_id, actor_name, request_id, attempts, starts
"""
RENEW = """
update core.kit_outbox set leased_until = now() + make_interval(secs => $3),
  due_at = now() + make_interval(secs => $3)
where tenant_id = $1 and id = $2 and done_at is null and leased_until is not null
"""
CONSUME = "insert into core.kit_inbox (tenant_id, id, consumer) values ($1, $2, $3) on conflict do nothing"
DONE = """
update core.kit_outbox set done_at = now(), leased_until = null, error = null
where tenant_id = $1 and id = $2 and done_at is null
"""
RETRY = """
update core.kit_outbox set attempts = attempts + $3, error = $4, sent_at = null, leased_until = null,
  due_at = now() + make_interval(secs => $5)
where tenant_id = $1 and id = $2 and done_at is null
"""
PARK = """
update core.kit_outbox set attempts = attempts + $3, error = $4, parked_at = now(), leased_until = null
where tenant_id = $1 and id = $2 and done_at is null and parked_at is null
"""
REPLAY = """
update core.kit_outbox set attempts = 0, starts = 0, parked_at = null, sent_at = null, due_at = now()
where tenant_id = $1 and id = $2 and parked_at is not null and done_at is null
"""


async def send(resend: float) -> list[Due]:
    """Take one company's due rows, to be published once this has committed; they are due again in `resend`
    seconds.

    A company has at most WINDOW messages on the way, so that a great backlog of one does not fill the queue.
    """
    room = WINDOW - int(await sql.value(IN_FLIGHT))
    return await sql.many(Due, SEND, resend, min(room, BATCH)) if room > 0 else []


async def give_back(messages: list[UUID]) -> None:
    """What could not be published is due again in a second."""
    await sql.execute(GIVE_BACK, messages)


async def claim(message: UUID, *, lease: float = LEASE) -> Claim | None:
    """Hold a message for `lease` seconds; None when it is done, parked, or held by another worker."""
    return await sql.maybe(Claim, CLAIM, message, lease)


async def renew(message: UUID, *, lease: float = LEASE) -> None:
    await sql.execute(RENEW, message, lease)


async def consume(message: UUID, consumer: str) -> bool:
    """Enter into the inbox, in the effect's own transaction; False when that consumer was through with it
    before.

    Raises LockNotAvailableError while another transaction is at it.
    """
    return bool(await sql.execute(CONSUME, message, consumer))


async def done(message: UUID) -> None:
    await sql.execute(DONE, message)


async def hindered(message: UUID, error: str) -> None:
    """Try again soon without counting a failure."""
    await sql.execute(RETRY, message, 0, error, PAUSES[0])


async def failed(claimed: Claim, error: str) -> bool:
    """Count a failure: tried again after a pause, parked at the third; whether it was parked."""
    if claimed.attempts + 1 >= TRIES:
        await park(claimed, error, failures=1)
        return True
    await sql.execute(RETRY, claimed.id, 1, error, PAUSES[claimed.attempts])
    return False


async def park(claimed: Claim, error: str, *, failures: int = 0) -> None:
    """Lay a message aside: visible, counted in the metrics, done only after a replay."""
    if await sql.execute(PARK, claimed.id, failures, error):
        audit.record(
            "message.parked", "message", claimed.id, kind=claimed.kind, name=claimed.name, error=error
        )


async def replay(message: UUID) -> None:
    """Send a parked message again with all its tries; consumers that were through are not called again."""
    require("core.message.replay")
    if not await sql.execute(REPLAY, message):
        raise NotParked
    audit.record("message.replayed", "message", message)
    await database.DB.unit().connection.execute("notify outbox")
