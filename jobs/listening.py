"""One PostgreSQL connection that listens, outside the pool, and comes back after every loss."""

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg

from core.kit.log import log
from core.kit.settings import Role, role_url
from jobs.errors import describe
from jobs.loops import LONGEST, sleep

ASK_EVERY = 10.0
PATIENCE = 5.0


async def listen(
    channel: str, role: Role, heard: Callable[[str], None], back: Callable[[], None], stop: asyncio.Event
) -> None:
    """Call `heard(payload)` for each notice until `stop` is set, and `back()` whenever notices may have
    been missed: each time the connection has been made."""
    pause = 0.5
    while not stop.is_set():
        try:
            connection = await asyncpg.connect(role_url(role), timeout=PATIENCE, command_timeout=PATIENCE)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as problem:
            log("jobs").warning("not listening", channel=channel, error=describe(problem))
            await sleep(pause, stop)
            pause = min(pause * 2, LONGEST)
            continue
        pause = 0.5
        try:
            await _hear(connection, channel, heard, back, stop)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as problem:
            log("jobs").warning("stopped listening", channel=channel, error=describe(problem))
        finally:
            connection.terminate()


async def _hear(
    connection: Any, channel: str, heard: Callable[[str], None], back: Callable[[], None], stop: asyncio.Event
) -> None:
    lost = asyncio.Event()
    connection.add_termination_listener(lambda _connection: lost.set())
    await connection.add_listener(channel, lambda _connection, _pid, _channel, payload: heard(payload))
    back()
    while not (stop.is_set() or lost.is_set()):
        await sleep(ASK_EVERY, stop, lost)
        if not (stop.is_set() or lost.is_set()):
            await connection.execute("select 1")
