"""A scheduler process: relay, sweeps, ticks and sealer until SIGTERM."""

import asyncio
import signal
from collections.abc import Sequence

from core.kit import log
from core.kit.database import DB
from core.sla import queries, sweeper
from guanjia.app import load_catalogue
from jobs import metrics, scheduler
from jobs.broker import make_broker
from jobs.sweeps import Sweep

SWEEPS: Sequence[Sweep] = (Sweep(name="clocks", due_tenants=queries.due_tenants, run=sweeper.sweep),)


def main() -> None:
    """Run until SIGTERM or SIGINT; a step that has begun is finished."""
    log.configure()
    load_catalogue()
    metrics.serve()
    asyncio.run(serve())


async def serve() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await DB.open(app=6, sys=8)
    try:
        await scheduler.run(SWEEPS, make_broker(), stop)
    finally:
        await DB.close()


if __name__ == "__main__":
    main()
