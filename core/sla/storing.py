"""Writes runs and what they set off: each statement for any number of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from core.flows.engine import EVENT
from core.kit import sql
from core.kit.context import SYSTEM
from core.kit.events import publish
from core.kit.i18n import _
from core.kit.ids import new_id
from core.sla.clocks import Fire, Run
from core.sla.events import ClockBreached, ClockEscalated, ClockWarned
from core.sla.queries import COLUMNS

LINES = {"breach": "clock_breached", "escalation": "clock_escalated"}
LABELS = {"clock_breached": _("超时"), "clock_escalated": _("超时升级")}
"""What stands in the timeline under these names."""
FIRED = "insert into core.sla_fire (tenant_id, id, clock_id, kind, level, at) values ($1, $2, $3, $4, $5, $6)"
MARK = """
update core.sla_clock c set target_warned_at = v.target_warned_at, warned_at = v.warned_at,
  breached_at = v.breached_at, escalated_at = v.escalated_at, level = v.level, next_fire_at = v.next_fire_at
from unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[], $7::int[],
  $8::timestamptz[]) as v (id, target_warned_at, warned_at, breached_at, escalated_at, level, next_fire_at)
where c.tenant_id = $1 and c.id = v.id
"""
MARKED = ("id", "target_warned_at", "warned_at", "breached_at", "escalated_at", "level", "next_fire_at")
_NAMES = ", ".join(COLUMNS)
_ASSIGNED = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name != "id")
STANDING = """
update core.{table} t set due_at = s.due_at, breached = s.breached
from unnest($2::uuid[], $3::timestamptz[], $4::boolean[]) as s (id, due_at, breached)
where t.tenant_id = $1 and t.id = s.id
"""


async def put(runs: Sequence[Run]) -> None:
    """Write runs as they are now, new ones and changed ones, in one statement.

    Those that ended must stand before their successors: a record has one running clock of a limit.
    """
    if not runs:
        return
    width = len(COLUMNS)
    rows = ", ".join(
        f"($1, {', '.join(f'${number}' for number in range(2 + at * width, 2 + (at + 1) * width))})"
        for at in range(len(runs))
    )
    await sql.execute(
        f"insert into core.sla_clock (tenant_id, {_NAMES}) values {rows}"
        f" on conflict (tenant_id, id) do update set {_ASSIGNED}",
        *(getattr(run, name) for run in runs for name in COLUMNS),
    )


async def mark(runs: Sequence[Run]) -> None:
    """Write what a sweep changes of runs."""
    await sql.execute(MARK, *([getattr(run, name) for run in runs] for name in MARKED))


async def set_off(fires: Sequence[Fire], at: datetime) -> None:
    """Keep that it happened (the constraint lets nothing happen twice), write the timeline, tell."""
    if not fires:
        return
    await sql.execute_many(FIRED, [(new_id(), f.run.id, f.kind, f.level, at) for f in fires])
    lines = [_line(fire, at) for fire in fires if fire.kind in LINES]
    if lines:
        await sql.execute_many(EVENT, lines)
    for fire in fires:
        _announce(fire)


def _line(fire: Fire, at: datetime) -> tuple[Any, ...]:
    run = fire.run
    form = {"code": run.code, "limit": run.name, "level": fire.level}
    return (
        new_id(), run.flow, run.record_id, "system", LINES[fire.kind], at, SYSTEM.id, SYSTEM.name, "",
        None, None, None, form, [], "system",
    )  # fmt: skip


def _announce(fire: Fire) -> None:
    run = fire.run
    if fire.kind == "escalation":
        publish(ClockEscalated(run.record_id, run.code, fire.level, run.id, run.flow))
    elif fire.kind == "breach":
        publish(ClockBreached(run.record_id, run.code, run.id, run.flow))
    else:
        publish(ClockWarned(run.record_id, run.code, run.id, run.flow))


def standing(runs: Sequence[Run]) -> tuple[datetime | None, bool]:
    """When the soonest of a record's running clocks is due, and whether one of them has been breached."""
    running = [run for run in runs if run.running]
    due_at = min((run.due_at for run in running if run.paused_at is None), default=None)
    return due_at, any(run.breached_at is not None for run in running)


async def show(table: str, row: Mapping[str, Any], runs: Sequence[Run]) -> None:
    """Keep the record's own `due_at` and `breached` in step, where its table has them; its version stays."""
    if "due_at" not in row or "breached" not in row:
        return
    now = standing(runs)
    if now != (row["due_at"], row["breached"]):
        await show_many(table, {row["id"]: now})


async def show_many(table: str, standings: Mapping[UUID, tuple[datetime | None, bool]]) -> None:
    due, breached = zip(*standings.values(), strict=True)
    await sql.execute(STANDING.format(table=table), list(standings), list(due), list(breached))
