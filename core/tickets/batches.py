"""The same done to many tickets, each in a transaction of its own: a refusal undoes nothing of the others."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

import asyncpg
import msgspec

from core.kit import tasks
from core.kit.context import current
from core.kit.database import aside
from core.kit.errors import DomainError, Invalid, NotFound
from core.tickets import actions, errors, printing, queries
from core.tickets.papers import BATCH, ORDER

MOST = 200
Verb = Literal["accept", "dispatch", "reassign", "print"]
HELD = (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError)


class Outcome(msgspec.Struct, kw_only=True):
    """What became of one ticket. `key` and `params` are of its refusal; `record` is the sheet printed, for
    the `times`-th time.
    """

    number: str
    key: str = ""
    params: dict[str, Any] = {}
    record: UUID | None = None
    times: int = 0


class Batch(msgspec.Struct, kw_only=True):
    verb: Verb
    outcomes: list[Outcome]


async def move_each(numbers: Sequence[str], verb: Verb, raw: Mapping[str, Any]) -> UUID:
    """Take the arrow for each; the task that keeps what became of them. Raises BatchTooLarge.

    Who may take it is asked for every ticket: the project decides, and the kind.
    """

    async def move(number: str) -> Outcome:
        row = await actions.move(number, verb, raw=raw, browser=True)
        return Outcome(number=row["number"])

    return await _each(numbers, verb, move)


async def print_each(numbers: Sequence[str], reason: str = "") -> UUID:
    """Count a print of the work order of each; tickets without one are refused. Raises BatchTooLarge."""

    async def count(number: str) -> Outcome:
        row = await queries.row_of(number)
        paper = await printing.paper_of(row)
        if paper.document.name != ORDER:
            raise errors.NoWorkOrder
        counted = await printing.count(row, paper, reason)
        return Outcome(number=row["number"], record=paper.record, times=counted.times)

    return await _each(numbers, "print", count)


async def _each(numbers: Sequence[str], verb: Verb, do: Callable[[str], Awaitable[Outcome]]) -> UUID:
    wanted = list(dict.fromkeys(numbers))
    if len(wanted) > MOST:
        raise errors.BatchTooLarge(most=MOST)
    task = await tasks.create_task(BATCH, {"verb": verb}, total=len(wanted))
    outcomes = [await _one(number, do) for number in wanted]
    await tasks.finish(task, Batch(verb=verb, outcomes=outcomes))
    return task


async def _one(number: str, do: Callable[[str], Awaitable[Outcome]]) -> Outcome:
    try:
        async with aside(current().tenant.id):
            return await do(number)
    except Invalid as refusal:
        first = refusal.errors[0]
        return Outcome(number=number, key=first.key, params=first.params)
    except DomainError as refusal:
        return Outcome(number=number, key=refusal.key, params=refusal.params)
    except HELD:
        return Outcome(number=number, key=errors.TicketBusy.key)


async def batch(task: UUID) -> Batch:
    """What became of them, for whoever did it; raises NotFound."""
    found = await tasks.get(task)
    if found.kind != BATCH or found.result is None:
        raise NotFound
    return msgspec.convert(found.result, Batch, strict=False)
