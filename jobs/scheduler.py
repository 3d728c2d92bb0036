"""Everything that moves by itself, in one process: relay, sweeps, ticks, sealer, metrics. Any number may
run."""

import asyncio
from collections.abc import Sequence

from dramatiq.broker import Broker

from jobs import metrics, relay, sealer, sweeps, ticks
from jobs.loops import forever
from jobs.sweeps import Sweep

GRACE = 10.0


async def run(
    what: Sequence[Sweep], broker: Broker, stop: asyncio.Event, *, resend: float = relay.RESEND
) -> None:
    """Run until `stop` is set, then let each loop end its step, for at most ten seconds. Needs the pools
    app and sys."""
    clockwork = ticks.begun()
    loops = [
        relay.run(broker, stop, resend=resend),
        forever("ticks", lambda: ticks.tick(clockwork), ticks.EVERY, stop),
        forever("sealer", sealer.seal_all, sealer.EVERY, stop),
        forever("audit heads", sealer.note_heads, sealer.NOTE_EVERY, stop),
        forever("metrics", metrics.measure, metrics.EVERY, stop),
        *(sweeps.run(sweep, stop) for sweep in what),
    ]
    tasks = [asyncio.create_task(loop) for loop in loops]
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([stopped, *tasks], return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        await asyncio.wait(tasks, timeout=GRACE)
    finally:
        for task in [*tasks, stopped]:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result
