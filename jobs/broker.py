"""dramatiq on Valkey, reduced to a carrier: it brings ids to workers and may forget them at any moment.

Left out of dramatiq's own middleware on purpose: Retries and AgeLimit (the outbox decides what is tried
again, when, and for how long), Pipelines and Callbacks (a job enqueues the next in its transaction),
Prometheus (the scheduler measures the outbox), ShutdownNotifications (what SIGTERM interrupts would only be
rolled back and done again: a worker finishes what it holds). TimeLimit stands behind our own limit for work
that has lost its way.
"""

from typing import Any

from dramatiq import Message, Worker
from dramatiq.asyncio import get_event_loop_thread
from dramatiq.broker import Broker
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import AsyncIO, Middleware, TimeLimit
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from core.kit.database import DB, UNHURRIED_MS
from core.kit.settings import settings
from jobs.delivery import TIME_LIMIT
from jobs.schemas import Due

QUEUE = "default"
ACTOR = "run"
HEARTBEAT_MS = 5000
MAINTENANCE_PER_MILLION = 100_000
ANSWER_S = 5.0


class Loop(AsyncIO):
    """The worker's event loop with the pools on it: open before the first message, closed after the last."""

    def before_worker_boot(self, broker: Broker, worker: Worker) -> None:
        super().before_worker_boot(broker, worker)  # type: ignore[no-untyped-call]
        sizes = {"app": worker.worker_threads * 3 + 2, "sys": 2}
        _on_the_loop(DB.open(statement_timeout_ms=UNHURRIED_MS, **sizes))

    def after_worker_shutdown(self, broker: Broker, worker: Worker) -> None:
        _on_the_loop(DB.close())
        super().after_worker_shutdown(broker, worker)  # type: ignore[no-untyped-call]


def _on_the_loop(work: Any) -> None:
    thread = get_event_loop_thread()
    if thread is None:
        raise RuntimeError("dramatiq has no event loop")
    thread.run_coroutine(work)


def make_broker(url: str | None = None) -> RedisBroker:
    """A broker that connects when first used; for a worker, and for the relay to publish through."""
    middleware: list[Middleware] = [Loop(), TimeLimit(time_limit=(TIME_LIMIT + 60) * 1000)]
    client = Redis.from_url(
        url or _url(),
        socket_timeout=ANSWER_S,
        socket_connect_timeout=ANSWER_S,
        retry=Retry(NoBackoff(), 1),
    )
    return RedisBroker(  # type: ignore[no-untyped-call]
        client=client,
        middleware=middleware,
        heartbeat_timeout=HEARTBEAT_MS,
        maintenance_chance=MAINTENANCE_PER_MILLION,
    )


def _url() -> str:
    url = settings().redis_url
    if url is None:
        raise RuntimeError("GUANJIA_REDIS_URL is not set and no embedded server was started")
    return url


def publish(broker: Broker, due: Due) -> None:
    """Put a message on the queue. Raises redis.RedisError, or OSError, where Valkey does not answer."""
    arguments = {"kind": due.kind, "name": due.name, "tenant": str(due.tenant), "outbox_id": str(due.id)}
    broker.enqueue(
        Message(
            queue_name=QUEUE, actor_name=ACTOR, args=(), kwargs=arguments, options={}, message_id=str(due.id)
        )
    )
