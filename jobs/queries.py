"""What is asked about messages; `backlog`, `companies` and the `…_due` questions need the system role."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from core.kit import sql
from core.kit.errors import NotFound
from jobs.schemas import Backlog, Company, Parked

COMPANY = """
select t.id, t.slug, t.name, t.locale, t.version,
  array(select p.name from core.tenants_plugin p where p.tenant_id = t.id and p.enabled) as plugins
from core.tenants_tenant t
"""
DONE_BY = "select consumer from core.kit_inbox where tenant_id = $1 and id = $2"
PARKED = """
select id, kind, name, attempts, coalesce(error, '') as error, created_at, parked_at from core.kit_outbox
where tenant_id = $1 and parked_at is not null and done_at is null order by parked_at desc, id limit $2
"""
WITH_PARKED = "select distinct tenant_id from core.kit_outbox where parked_at is not null and done_at is null"
OWNER = COMPANY + "join core.kit_outbox o on o.tenant_id = t.id where o.id = $1"
LAST_TICKS = "select job, max(due_at) as due_at from core.kit_tick where tenant_id = $1 group by job"
MESSAGES_DUE = """
select tenant_id from core.kit_outbox where done_at is null and parked_at is null and due_at <= now()
group by tenant_id order by min(due_at) limit $1
"""
LINES_WAITING = "select tenant_id from core.kit_audit_waiting group by tenant_id order by min(at) limit $1"
BACKLOG = """
select count(*) filter (where parked_at is null) as waiting,
  count(*) filter (where parked_at is not null) as parked,
  coalesce(extract(epoch from
    max(now() - coalesce(sent_at, due_at)) filter (where parked_at is null)), 0)::float8 as oldest
from core.kit_outbox
where done_at is null and (due_at <= now() or sent_at is not null or parked_at is not null)
"""
UNSEALED = "select count(*) from core.kit_audit_waiting"


async def company() -> Company:
    """The transaction's company; raises NotFound when it has been erased."""
    return await sql.one(Company, COMPANY + "where t.id = $1")


async def company_called(slug: str) -> Company:
    """Any company by its subdomain; raises NotFound."""
    rows = await sql.across(COMPANY + "where t.slug = $1", slug)
    if not rows:
        raise NotFound
    return sql.struct(Company, rows[0])


async def companies() -> list[Company]:
    """All companies in service."""
    rows = await sql.across(COMPANY + "where t.state = 'active' order by t.id")
    return [sql.struct(Company, row) for row in rows]


async def companies_of(tenants: Sequence[UUID]) -> list[Company]:
    """Those companies, in or out of service, in the given order; an erased one is left out."""
    rows = await sql.across(COMPANY + "where t.id = any($1)", list(tenants))
    known = {row["id"]: sql.struct(Company, row) for row in rows}
    return [known[tenant] for tenant in tenants if tenant in known]


async def done_by(message: UUID) -> frozenset[str]:
    """The consumers that are through with a message."""
    return frozenset(row["consumer"] for row in await sql.records(DONE_BY, message))


async def parked(limit: int = 100) -> list[Parked]:
    """The current company's parked messages, newest first."""
    return await sql.many(Parked, PARKED, limit)


async def with_parked() -> list[UUID]:
    """The companies that have parked messages."""
    return [row["tenant_id"] for row in await sql.across(WITH_PARKED)]


async def owner(message: UUID) -> Company:
    """The company a message belongs to; raises NotFound."""
    rows = await sql.across(OWNER, message)
    if not rows:
        raise NotFound
    return sql.struct(Company, rows[0])


async def last_ticks() -> dict[str, datetime]:
    """When each periodic job of the current company was last due and begun."""
    return {row["job"]: row["due_at"] for row in await sql.records(LAST_TICKS)}


async def messages_due(limit: int = 50) -> list[UUID]:
    """The companies with messages to send, the one that waits longest first."""
    return [row["tenant_id"] for row in await sql.across(MESSAGES_DUE, limit)]


async def lines_waiting(limit: int = 50) -> list[UUID]:
    """The companies with audit lines to seal."""
    return [row["tenant_id"] for row in await sql.across(LINES_WAITING, limit)]


async def backlog() -> Backlog:
    (row,) = await sql.across(BACKLOG)
    (unsealed,) = await sql.across(UNSEALED)
    return Backlog(row["waiting"], row["parked"], row["oldest"], unsealed["count"])
