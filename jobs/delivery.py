"""One message handled: claimed, given to its job or listeners, each with its inbox row, then settled.

A message may be delivered any number of times, to several workers at once; every effect happens once.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, get_type_hints
from uuid import UUID

import msgspec

from core.kit.context import acting_as, current
from core.kit.database import unit_of_work
from core.kit.events import EVENTS, Event
from core.kit.log import log
from core.plugin.contributions import Listener
from core.plugin.host import catalogue
from jobs import acting, actions, queries
from jobs.errors import HINDRANCES, describe
from jobs.schemas import Claim

TIME_LIMIT = 600.0


class Hopeless(Exception):
    """Trying again would not help before somebody has changed something; the text is the reason shown."""


class Failures(Exception):
    """What went wrong, by consumer."""

    def __init__(self, problems: dict[str, Exception]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


async def deliver(
    tenant: UUID, message: UUID, *, lease: float = actions.LEASE, limit: float = TIME_LIMIT
) -> None:
    """Handle the message unless it is done, parked or in another worker's hands."""
    async with unit_of_work(tenant):
        claimed = await actions.claim(message, lease=lease)
        if claimed is None:
            return
        context = await acting.context_of(claimed, await queries.company())
    with acting_as(context):
        try:
            async with _held(tenant, message, lease):
                await _dispatch(claimed, limit)
        except Hopeless as reason:
            async with unit_of_work(tenant):
                await actions.park(claimed, str(reason))
        except Failures as failures:
            async with unit_of_work(tenant):
                await _settle(claimed, failures.problems)


@asynccontextmanager
async def _held(tenant: UUID, message: UUID, lease: float) -> AsyncIterator[None]:
    """Renew the lease in the background while the work goes on, so that only a dead worker's message is
    sent again."""
    finished = asyncio.Event()
    renewing = asyncio.create_task(_renew(tenant, message, lease, finished))
    try:
        yield
    finally:
        finished.set()
        await renewing


async def _renew(tenant: UUID, message: UUID, lease: float, finished: asyncio.Event) -> None:
    while True:
        try:
            await asyncio.wait_for(finished.wait(), lease / 3)
        except TimeoutError:
            try:
                async with unit_of_work(tenant):
                    await actions.renew(message, lease=lease)
            except Exception as problem:  # noqa: BLE001 - a lost lease costs a second delivery, not the work
                log("jobs").warning("lease not renewed", message=str(message), error=describe(problem))
        else:
            return


async def _dispatch(claimed: Claim, limit: float) -> None:
    if claimed.starts > actions.STARTS:
        raise Hopeless(f"begun {actions.STARTS} times and never finished")
    if claimed.kind == "job":
        await _run_job(claimed, limit)
    else:
        await _tell_listeners(claimed, limit)


async def _run_job(claimed: Claim, limit: float) -> None:
    job = catalogue().view(current().plugins).jobs.get(claimed.name)
    if job is None:
        known = any(job.name == claimed.name for job in catalogue().of("jobs"))
        raise Hopeless("plugin switched off" if known else "unknown job")

    async def effect() -> None:
        await job.run(**arguments(job.run, claimed.payload))

    problem = await _once(claimed, job.name, effect, limit, last=True)
    if problem is not None:
        raise Failures({job.name: problem})


async def _tell_listeners(claimed: Claim, limit: float) -> None:
    kind = EVENTS.get(claimed.name)
    if kind is None:
        raise Hopeless("unknown event")
    problems: dict[str, Exception] = {}
    listeners = [one for one in catalogue().view(current().plugins).listeners if one.event is kind]
    for listener, consumer in [(one, consumer_of(one)) for one in listeners]:
        problem = await _once(claimed, consumer, _telling(listener, claimed, kind), limit)
        if problem is not None:
            problems[consumer] = problem
    if problems:
        raise Failures(problems)
    async with unit_of_work(current().tenant.id):
        await actions.done(claimed.id)


def _telling(listener: Listener, claimed: Claim, kind: type[Event]) -> Callable[[], Awaitable[None]]:
    async def effect() -> None:
        await listener.handle(msgspec.convert(claimed.payload, kind))

    return effect


def consumer_of(listener: Listener) -> str:
    """The name a listener has in the inbox: where its function lives."""
    return f"{listener.handle.__module__}.{listener.handle.__qualname__}"


async def _once(
    claimed: Claim, consumer: str, effect: Callable[[], Awaitable[None]], limit: float, *, last: bool = False
) -> Exception | None:
    """Inbox row and effect in one transaction, and with `last` the end of the message; answers what went
    wrong."""
    try:
        async with asyncio.timeout(limit), unit_of_work(current().tenant.id):
            if await actions.consume(claimed.id, consumer):
                await effect()
            if last:
                await actions.done(claimed.id)
    except Exception as problem:  # noqa: BLE001 - whatever a plugin raises is counted, logged and never spreads
        log("jobs").warning("consumer failed", consumer=consumer, message=str(claimed.id), exc_info=problem)
        return problem
    return None


async def _settle(claimed: Claim, problems: dict[str, Exception]) -> None:
    words = "; ".join(f"{consumer}: {describe(problem)}" for consumer, problem in problems.items())
    if all(isinstance(problem, HINDRANCES) for problem in problems.values()):
        await actions.hindered(claimed.id, words)
    elif await actions.failed(claimed, words):
        log("jobs").error("message parked", name=claimed.name, message=str(claimed.id), error=words)


def arguments(function: Callable[..., Any], payload: dict[str, object]) -> dict[str, Any]:
    """The payload as the function's annotations want it: ids come back as UUID, moments as datetime."""
    hints = _hints(function)
    return {name: msgspec.convert(value, hints.get(name, Any)) for name, value in payload.items()}


@cache
def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    return get_type_hints(function)
