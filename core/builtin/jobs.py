"""Core's periodic jobs: sweeping out what has been kept long enough."""

from core.kit import idempotency, sql
from core.plugin.contributions import Job

OLD = (
    """
    delete from core.kit_outbox where tenant_id = $1 and done_at < now() - interval '7 days'
    """,
    """
    delete from core.kit_inbox i where i.tenant_id = $1 and i.at < now() - interval '7 days'
      and not exists (select from core.kit_outbox o where o.tenant_id = $1 and o.id = i.id)
    """,
    """
    delete from core.kit_tick t where t.tenant_id = $1 and t.at < now() - interval '7 days'
      and exists (select from core.kit_tick n
        where n.tenant_id = $1 and n.job = t.job and n.due_at > t.due_at)
    """,
    """
    delete from core.kit_task where tenant_id = $1 and finished_at < now() - interval '30 days'
    """,
)


async def clean() -> None:
    """Drop done messages and their inbox rows, ticks but each job's last, ended tasks, idempotency keys."""
    for statement in OLD:
        await sql.execute(statement)
    await idempotency.forget_old()


JOBS = [Job(name="core.clean", run=clean, cron="17 3 * * *")]
