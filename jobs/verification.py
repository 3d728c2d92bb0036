"""Checks a company's audit against its seals: lines altered, deleted, inserted or reordered, seals missing.

Cutting off the end of both lines and seals leaves a shorter chain that is whole; only a head noted elsewhere
shows it. The scheduler therefore logs each company's head, and `verify` takes one to compare.
"""

import hmac
from collections.abc import AsyncIterator
from typing import Any, Literal
from uuid import UUID

import msgspec

from core.kit import sql
from core.kit.database import aside
from jobs.sealer import LINE, START, key_of, link

BATCH = 1000
GRACE = 10.0
SEALS = f"""
select s.seq, s.audit_id, s.hash, a.id is not null as there, {LINE}
from core.kit_audit_seal s left join core.kit_audit a on a.tenant_id = s.tenant_id and a.id = s.audit_id
where s.tenant_id = $1 and s.seq > $2 order by s.seq limit {BATCH}
"""
STRANGERS = """
select a.id from core.kit_audit a
left join core.kit_audit_seal s on s.tenant_id = a.tenant_id and s.audit_id = a.id
left join core.kit_audit_waiting w
  on w.tenant_id = a.tenant_id and w.id = a.id and w.at > now() - make_interval(secs => $2)
where a.tenant_id = $1 and s.audit_id is null and w.id is null order by a.id
"""
LOST = """
select w.id from core.kit_audit_waiting w
left join core.kit_audit a on a.tenant_id = w.tenant_id and a.id = w.id
where w.tenant_id = $1 and a.id is null
"""
Damage = Literal["altered", "deleted", "unsealed", "seal missing", "cut off"]


class Break(msgspec.Struct, frozen=True):
    """`altered` also means reordered: the line does not belong at its place. `seq` is 0 for a line without
    a seal."""

    seq: int
    audit_id: UUID | None
    damage: Damage


class Verdict(msgspec.Struct, frozen=True):
    """`count` lines were checked; `head` is the last seal in hex, to be kept elsewhere."""

    ok: bool
    count: int
    broken_at: list[Break]
    seq: int
    head: str


async def verify(tenant: UUID, *, known: tuple[int, str] | None = None, grace: float = GRACE) -> Verdict:
    """Recompute one company's chain. `known` is a (seq, head) noted earlier, which must still be in it;
    lines that have waited longer than `grace` seconds for their seal count as inserted."""
    key, before, last, count = key_of(tenant), START, 0, 0
    broken: list[Break] = []
    remembered = known is None
    async with aside(tenant) as unit:
        await unit.connection.execute("set transaction isolation level repeatable read")
        async for row in _seals():
            count += 1
            if row["seq"] != last + 1:
                broken.append(Break(last + 1, None, "seal missing"))
            elif not row["there"]:
                broken.append(Break(row["seq"], row["audit_id"], "deleted"))
            elif not hmac.compare_digest(link(key, before, row["seq"], _line(row)), row["hash"]):
                broken.append(Break(row["seq"], row["audit_id"], "altered"))
            remembered = remembered or known == (row["seq"], row["hash"].hex())
            last, before = row["seq"], row["hash"]
        broken += [Break(0, row["id"], "unsealed") for row in await sql.records(STRANGERS, grace)]
        broken += [Break(0, row["id"], "deleted") for row in await sql.records(LOST)]
    if not remembered:
        broken.append(Break(known[0] if known else 0, None, "cut off"))
    return Verdict(not broken, count, broken, last, before.hex())


async def _seals() -> AsyncIterator[Any]:
    last = 0
    while rows := await sql.records(SEALS, last):
        for row in rows:
            yield row
        last = rows[-1]["seq"]


def _line(row: Any) -> dict[str, Any]:
    return {name: row[name] for name in row.keys() if name not in {"seq", "audit_id", "hash", "there"}}  # noqa: SIM118
