"""The audit's seal: every line chained to the one before it by HMAC, company by company, within a second.

The chain is made after the commit, because chaining inside the transaction would make a company's writers
queue. Lines commit out of order; each round seals what waits, in order of (at, id). The order of the seals,
`seq`, is what holds.
"""

import hmac
from typing import Any
from uuid import UUID

import msgspec

from core.kit import sql
from core.kit.database import unit_of_work
from core.kit.ids import new_id
from core.kit.log import log
from core.kit.settings import derive
from jobs import queries

EVERY = 0.5
NOTE_EVERY = 3600.0
BATCH = 500
START = b""
LINE = """
a.id, a.at, a.action, a.subject, a.subject_id, a.actor_id, a.actor_name, a.roles, a.channel, a.request_id,
a.detail
"""
LOCK = "select pg_try_advisory_xact_lock(1634886004, hashtext($1::uuid::text))"
WAITING = f"""
select {LINE} from core.kit_audit_waiting w join core.kit_audit a on a.tenant_id = w.tenant_id and a.id = w.id
where w.tenant_id = $1 and a.tenant_id = $1 order by a.at, a.id limit {BATCH}
"""
HEAD = "select seq, hash from core.kit_audit_seal where tenant_id = $1 order by seq desc limit 1"
HEADS = """
select t.id, s.seq, s.hash from core.tenants_tenant t
cross join lateral (
  select seq, hash from core.kit_audit_seal where tenant_id = t.id order by seq desc limit 1) s
"""
SEAL = """
insert into core.kit_audit_seal (tenant_id, id, seq, audit_id, hash) values ($1, $2, $3, $4, $5)
on conflict (tenant_id, audit_id) do nothing
"""
SEALED = "delete from core.kit_audit_waiting where tenant_id = $1 and id = any($2)"


def key_of(tenant: UUID) -> bytes:
    return derive(f"audit chain {tenant}")


def link(key: bytes, before: bytes, seq: int, line: Any) -> bytes:
    """The seal of a line (a mapping of kit_audit's columns) at its place in the chain."""
    plain = msgspec.json.encode({**dict(line), "at": line["at"].isoformat()}, order="deterministic")
    return hmac.digest(key, b"|".join([before.hex().encode(), str(seq).encode(), plain]), "sha256")


async def seal_all() -> int:
    """One round over all companies with unsealed lines; how many were sealed."""
    async with unit_of_work(None, "sys"):
        tenants = await queries.lines_waiting()
    return sum([await seal(tenant) for tenant in tenants])


async def seal(tenant: UUID) -> int:
    """Seal one company's waiting lines, at most BATCH; 0 also when another sealer is at it."""
    async with unit_of_work(tenant, "sys"):
        if not await sql.value(LOCK):
            return 0
        lines = await sql.records(WAITING)
        if not lines:
            return 0
        head = await sql.records(HEAD)
        seq, before = (head[0]["seq"], head[0]["hash"]) if head else (0, START)
        seals, key = [], key_of(tenant)
        for line in lines:
            seq += 1
            before = link(key, before, seq, line)
            seals.append((new_id(), seq, line["id"], before))
        await sql.execute_many(SEAL, seals)
        await sql.execute(SEALED, [line["id"] for line in lines])
    return len(lines)


async def note_heads() -> int:
    """Log the last seal of each company, so that a chain cut off at its end can be told from a whole one."""
    async with unit_of_work(None, "sys"):
        heads = await sql.across(HEADS)
    for head in heads:
        log("audit").info("audit head", company=str(head["id"]), seq=head["seq"], head=head["hash"].hex())
    return 0
