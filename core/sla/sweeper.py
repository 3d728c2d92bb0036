"""JOB-24: what falls due by the database's clock, company by company: warnings, breaches, escalations.

Any number of sweepers may run. Each takes runs together with their records and skips what another holds, so
that none waits for another or for somebody at work on a record; what it takes is marked in the transaction
that tells of it.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from core.kit import live, sql
from core.kit.context import Context
from core.plugin.host import catalogue
from core.sla import clocks, storing
from core.sla.clocks import Fire, Run
from core.sla.queries import COLUMNS, run_of

BATCH = 500
DUE = "c.stopped_at is null and c.paused_at is null and c.next_fire_at < core.now()"
FLOWS = f"""
select c.flow from core.sla_clock c where c.tenant_id = $1 and {DUE}
group by c.flow order by min(c.next_fire_at)
"""
TAKE = f"""
select core.now() as moment, {", ".join(f"c.{name}" for name in COLUMNS)}
from core.sla_clock c join core.{{table}} t on t.tenant_id = $1 and t.id = c.record_id
where c.tenant_id = $1 and c.flow = any ($2) and {DUE}
order by c.next_fire_at limit $3 for update of c, t skip locked
"""
POSTPONE = f"""
update core.sla_clock c set next_fire_at = core.now() + interval '1 hour'
where c.tenant_id = $1 and c.flow = any ($2) and {DUE}
"""
RED = "update core.{table} set breached = true where tenant_id = $1 and id = any ($2) and not breached"
HAS_FLAG = """
select count(*) from information_schema.columns
where $1::uuid is not null and table_schema = 'core' and table_name = $2 and column_name = 'breached'
"""
_flagged: dict[str, bool] = {}


async def sweep(context: Context) -> int:
    """Set off what is due in the company of this transaction, a batch of it; how many runs were dealt with.

    Clocks of a plugin that is switched off are looked at again in an hour.
    """
    due = [row["flow"] for row in await sql.records(FLOWS)]
    seen = catalogue().view(context.plugins).flows
    hidden = [name for name in due if name not in seen]
    if hidden:
        await sql.execute(POSTPONE, hidden)
    tables: dict[str, list[str]] = {}
    for name in due:
        if name in seen:
            tables.setdefault(seen[name].table, []).append(name)
    done = 0
    for table, flows in tables.items():
        if done < BATCH:
            done += await _sweep_table(table, flows, BATCH - done)
    return done


async def _sweep_table(table: str, flows: Sequence[str], most: int) -> int:
    rows = await sql.records(TAKE.format(table=table), flows, most)
    if not rows:
        return 0
    moment: datetime = rows[0]["moment"]
    runs: list[Run] = [run_of(row) for row in rows]
    fires: list[Fire] = [fire for run in runs for fire in clocks.fall_due(run, moment)]
    await storing.mark(runs)
    await storing.set_off(fires, moment)
    red = {run.record_id for run in runs if run.breached_at == moment}
    if red and await _has_flag(table):
        await sql.execute(RED.format(table=table), list(red))
    _show(table, red, {fire.run.record_id for fire in fires})
    return len(runs)


async def _has_flag(table: str) -> bool:
    if table not in _flagged:
        _flagged[table] = bool(await sql.value(HAS_FLAG, table))
    return _flagged[table]


def _show(table: str, red: set[UUID], others: set[UUID]) -> None:
    for record in red | others:
        live.changed(table.partition("_")[0], record)
    for record in red:
        live.changed("breaches", record)
