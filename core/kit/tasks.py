"""Long work that somebody waits for, an import, export or paper: a row with state, progress and result.

The job that does the work says `async with tasks.running(id)` and, as its last write, `await tasks.finish(id,
…)`. State and progress are written aside, so that pages see them before the job commits; the result commits
with the work.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from core.kit import live, sql
from core.kit.access import can
from core.kit.context import current
from core.kit.database import aside
from core.kit.errors import REGISTRY, DomainError, NotFound
from core.kit.i18n import gettext
from core.kit.ids import new_id

BROKEN = "internal_error"
INSERT = """
insert into core.kit_task (tenant_id, id, kind, state, total, input, created_by)
values ($1, $2, $3, 'waiting', $4, $5, $6)
"""
START = """
update core.kit_task set state = 'running', progress = 0, error = null, result = null, finished_at = null
where tenant_id = $1 and id = $2 and state <> 'done'
"""
PROGRESS = """
update core.kit_task set progress = $3, total = coalesce($4, total)
where tenant_id = $1 and id = $2 and state = 'running'
"""
FINISH = """
update core.kit_task
set state = 'done', progress = greatest(progress, total), result = $3, finished_at = core.now()
where tenant_id = $1 and id = $2
"""
FAIL = """
update core.kit_task set state = 'failed', error = $3, result = $4, finished_at = core.now()
where tenant_id = $1 and id = $2 and state <> 'done'
"""
READ = """
select id, kind, state, progress, total, input, result, error, created_by, created_at, finished_at
from core.kit_task where tenant_id = $1 and id = $2
"""


class Task(msgspec.Struct):
    """`error` is the key of a refusal; `message` its sentence in the reader's language."""

    id: UUID
    kind: str
    state: Literal["waiting", "running", "done", "failed"]
    progress: int
    total: int
    input: dict[str, Any]
    result: Any
    error: str | None
    created_by: UUID | None
    created_at: datetime
    finished_at: datetime | None
    message: str = ""


async def create_task(kind: str, input: Mapping[str, Any] | None = None, *, total: int = 0) -> UUID:  # noqa: A002
    """A task that waits for its job, made by the current actor; enqueue the job in the same transaction."""
    task = new_id()
    await sql.execute(INSERT, task, kind, total, dict(input or {}), current().somebody.id)
    live.changed("tasks", task)
    return task


@asynccontextmanager
async def running(task: UUID) -> AsyncIterator[None]:
    """Show the task as running inside, and as failed when the inside raises."""
    await _aside(task, START)
    try:
        yield
    except DomainError as refusal:
        await fail(task, refusal.key, refusal.params)
        raise
    except Exception:
        await fail(task, BROKEN)
        raise


async def progress(task: UUID, done: int, total: int | None = None) -> None:
    """So much of the work is behind us; seen at once, whatever becomes of the job's transaction."""
    await _aside(task, PROGRESS, done, total)


async def finish(task: UUID, result: Any = None) -> None:
    """Done, in the job's own transaction; its last write, because it locks the row against `progress`."""
    await sql.execute(FINISH, task, msgspec.to_builtins(result))
    live.changed("tasks", task)


async def fail(task: UUID, key: str, params: Mapping[str, Any] | None = None) -> None:
    """Given up, for the refusal of that key; written aside, so it stays when the job's transaction is
    undone."""
    await _aside(task, FAIL, key, {"params": msgspec.to_builtins(dict(params or {}))})


async def get(task: UUID) -> Task:
    """What its maker, or a holder of core.task.view, may see; raises NotFound for others, too."""
    found = await sql.one(Task, READ, task)
    actor = current().actor
    if actor is None or (found.created_by != actor.id and not can("core.task.view")):
        raise NotFound
    found.message = _words(found)
    return found


def _words(task: Task) -> str:
    refusal = REGISTRY.get(task.error or "")
    params = (task.result or {}).get("params", {}) if task.state == "failed" else {}
    return gettext(refusal.message, **params) if refusal else ""


async def _aside(task: UUID, statement: str, *values: Any) -> None:
    async with aside(current().tenant.id):
        await sql.execute(statement, task, *values)
        live.changed("tasks", task)
