"""Work that falls due by the database's clock, company by company: time limits, reminders and the like.

An area declares what is due and how to do it; the composition root lists the sweeps for the scheduler.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import msgspec

from core.kit.context import Context, acting_as
from core.kit.database import unit_of_work
from core.kit.log import log
from jobs import acting, queries
from jobs.errors import describe
from jobs.loops import forever
from jobs.schemas import Company

ROUNDS = 20


class Sweep(msgspec.Struct, frozen=True, kw_only=True):
    """`due_tenants` is awaited in a transaction of the system role and answers companies with due rows,
    the longest waiting first. `run` is awaited in a company's own transaction, with the product's context
    entered, takes some due rows `for update skip locked`, and answers how many it did; it is called again
    until it answers 0."""

    name: str
    due_tenants: Callable[[], Awaitable[Sequence[UUID]]]
    run: Callable[[Context], Awaitable[int]]
    every: float = 1.0


async def sweep(what: Sweep) -> int:
    """One round over all companies with due rows. What fails in one company does not keep another waiting."""
    async with unit_of_work(None, "sys"):
        companies = await queries.companies_of(await what.due_tenants())
    return sum([await _sweep(what, company) for company in companies])


async def _sweep(what: Sweep, company: Company) -> int:
    total = 0
    with acting_as(acting.system_context(company, channel="system")) as context:
        try:
            for _round in range(ROUNDS):
                async with unit_of_work(company.id):
                    count = await what.run(context)
                total += count
                if not count:
                    break
        except Exception as problem:  # noqa: BLE001 - the other companies go on; this one is tried again next round
            log("jobs").error("sweep failed", sweep=what.name, error=describe(problem), exc_info=problem)
    return total


async def run(what: Sweep, stop: asyncio.Event) -> None:
    """Sweep until `stop` is set."""
    await forever(f"sweep {what.name}", lambda: sweep(what), what.every, stop)
