"""What an operator watches: how much waits, how long already, and what was given up."""

from prometheus_client import Gauge, start_http_server

from core.kit.database import unit_of_work
from core.kit.log import log
from core.kit.settings import settings
from jobs import queries

EVERY = 5.0
WAITING = Gauge("guanjia_outbox_waiting", "Messages due or on their way that no worker has done")
OLDEST = Gauge("guanjia_outbox_oldest_seconds", "Age of the oldest of them since it was due")
PARKED = Gauge("guanjia_outbox_parked", "Messages given up until somebody replays them")
UNSEALED = Gauge("guanjia_audit_unsealed", "Audit lines that wait for their seal")


async def measure() -> int:
    async with unit_of_work(None, "sys"):
        backlog = await queries.backlog()
    WAITING.set(backlog.waiting)
    OLDEST.set(backlog.oldest)
    PARKED.set(backlog.parked)
    UNSEALED.set(backlog.unsealed)
    return 0


def serve() -> None:
    """Serve /metrics on GUANJIA_METRICS_PORT where it is set; a port in use is logged, not fatal."""
    port = settings().metrics_port
    if port is None:
        return
    try:
        start_http_server(port, addr=settings().host)
    except OSError as problem:
        log("jobs").error("metrics not served", port=port, error=str(problem))
