"""The same request sent twice happens once: its answer is stored with its key and given again.

The key's row is the first write of the transaction, so of several simultaneous senders one works and the
others wait for its answer. Only answers below 400 are kept, for 48 hours. Pages keep no body, only where
they led.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

import asyncpg
import msgspec

from core.kit import sql
from core.kit.context import current
from core.kit.errors import Conflict, Refused
from core.kit.i18n import _
from core.kit.ids import new_id

LONGEST = 255

CLAIM = """
insert into core.kit_idempotency (tenant_id, id, actor_id, key, fingerprint) values ($1, $2, $3, $4, $5)
on conflict (tenant_id, actor_id, key) do nothing
"""
READ = """
select fingerprint, status, headers, body from core.kit_idempotency
where tenant_id = $1 and actor_id = $2 and key = $3
"""
KEEP = """
update core.kit_idempotency set status = $4, headers = $5, body = $6
where tenant_id = $1 and actor_id = $2 and key = $3
"""
FORGET = "delete from core.kit_idempotency where tenant_id = $1 and created_at < now() - interval '48 hours'"


class KeyReused(Refused):
    key, message = "idempotency_key_reused", _("这个幂等键已用于另一个请求")


class InProgress(Conflict):
    key, message = "in_progress", _("同一请求正在处理，请稍候")


class Answer(msgspec.Struct):
    status: int
    headers: list[tuple[str, str]]
    body: bytes


def fingerprint(method: str, path: str, said: Iterable[bytes | memoryview]) -> bytes:
    """`said` is the body in pieces, in order; each counts with its length."""
    whole = hashlib.sha256(b"\0".join([method.encode(), path.encode()]))
    for piece in said:
        whole.update(b"\0%d\0" % len(piece))
        whole.update(piece)
    return whole.digest()


async def claim(key: str, mark: bytes) -> Answer | None:
    """Take the key for this request, or answer what its first use was answered; raises KeyReused,
    InProgress.
    """
    actor = current().somebody.id
    try:
        taken = await sql.execute(CLAIM, new_id(), actor, key[:LONGEST], mark)
    except asyncpg.LockNotAvailableError as problem:
        raise InProgress from problem
    if taken:
        return None
    rows = await sql.records(READ, actor, key[:LONGEST])
    stored: Any = rows[0] if rows else None
    if stored is None or stored["status"] is None:
        raise InProgress
    if stored["fingerprint"] != mark:
        raise KeyReused
    return Answer(stored["status"], [tuple(pair) for pair in stored["headers"]], stored["body"])


async def keep(key: str, answer: Answer) -> None:
    await sql.execute(KEEP, current().somebody.id, key[:LONGEST], answer.status, answer.headers, answer.body)


async def forget_old() -> int:
    """Drop keys older than 48 hours; a periodic job."""
    return await sql.execute(FORGET)
