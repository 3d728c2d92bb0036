"""Loops of a background process: they outlive every error, slow down while it lasts, and end when asked."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from core.kit.log import log
from jobs.errors import describe

LONGEST = 30.0


async def forever(
    name: str,
    step: Callable[[], Awaitable[int]],
    every: float,
    stop: asyncio.Event,
    wake: asyncio.Event | None = None,
) -> None:
    """Await `step` until `stop` is set: at once again while it answers that it did something, else in
    `every` seconds or when `wake` is set. After an error the pause doubles up to half a minute, whatever
    wakes it."""
    wake = wake or asyncio.Event()
    errors = 0
    while not stop.is_set():
        wake.clear()
        try:
            busy = bool(await step())
            errors = 0
        except Exception as problem:  # noqa: BLE001 - a background process outlives its database and its queue
            errors += 1
            busy = False
            log("jobs").error("loop failed", loop=name, error=describe(problem), exc_info=problem)
        if errors:
            await sleep(min(every * 2**errors, LONGEST), stop)
        elif not busy:
            await sleep(every, stop, wake)


async def sleep(seconds: float, *events: asyncio.Event) -> None:
    """Wait so long, or until one of the events is set."""
    waiting = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*waiting, return_exceptions=True)
