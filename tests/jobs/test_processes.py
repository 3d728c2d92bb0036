"""Real worker processes on a real queue: killed, started again, nothing lost, nothing done twice."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from dramatiq.brokers.redis import RedisBroker

from jobs import metrics, relay, scheduler
from jobs.broker import publish
from jobs.schemas import Due
from tests.jobs import sample
from tests.jobs.conftest import Office

pytestmark = [pytest.mark.anyio, pytest.mark.chaos]
ROOT = Path(__file__).parents[2]
Start = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def worker(queue: RedisBroker, tmp_path: Path) -> Iterator[Start]:
    """Starts workers, each the head of its own process group, and ends them."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> "subprocess.Popen[bytes]":
        log = (tmp_path / f"worker{len(started)}.log").open("wb")
        argv = [sys.executable, "-m", "dramatiq", "tests.jobs.worker", "-p", "1", "-t", "4"]
        process = subprocess.Popen(argv, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
        log.close()
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            kill(process, signal.SIGKILL)


def kill(process: "subprocess.Popen[bytes]", number: int) -> None:
    os.killpg(process.pid, number)
    process.wait(20)


async def until(true: Callable[[], Awaitable[bool]], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not await true():
        assert time.monotonic() < deadline, "waited in vain"
        await asyncio.sleep(0.1)


async def undone(office: Office) -> int:
    rows = await office.ask("select count(*) from core.kit_outbox where tenant_id = $1 and done_at is null")
    return int(rows[0][0])


@pytest.mark.spec("R2", "R4")
async def test_killed_worker_and_forgetful_queue_lose_nothing_and_double_nothing(
    office: Office, queue: RedisBroker, worker: Start
) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(scheduler.run([], queue, stop, resend=2.0))
    first = worker()
    for number in range(30):
        await office.enqueue(mark=f"m{number}", seconds=0.2)
    await office.publish(sample.SampleHappened("e"))

    async def some_done() -> bool:
        return await undone(office) <= 24

    async def all_done() -> bool:
        return await undone(office) == 0

    await until(some_done, 40)
    kill(first, signal.SIGKILL)
    queue.client.flushdb()
    left = await undone(office)
    assert left > 0
    worker()
    await until(all_done, 60)
    stop.set()
    await running
    counts = [await office.counted(f"m{number}") for number in range(30)]
    assert counts == [1] * 30
    assert [await office.counted(f"e {which}") for which in ("first", "second", "third")] == [1, 1, 1]


async def test_worker_finishes_what_it_holds_when_asked_to_end(
    office: Office, queue: RedisBroker, worker: Start
) -> None:
    process = worker()
    message = await office.enqueue(mark="last", seconds=2)
    await relay.sweep(queue)

    async def begun() -> bool:
        return bool((await office.row(message))["starts"])

    await until(begun, 40)
    os.kill(process.pid, signal.SIGTERM)
    assert await asyncio.to_thread(process.wait, 20) == 0
    row = await office.row(message)
    assert (row["done_at"] is not None, row["starts"], row["attempts"]) == (True, 1, 0)
    assert await office.counted("last") == 1


async def test_duplicates_in_the_queue_change_nothing(
    office: Office, queue: RedisBroker, worker: Start
) -> None:
    message = await office.enqueue(mark="dup")
    for _ in range(20):
        publish(queue, Due(office.id, message, "job", "sample.work"))
    worker()

    async def emptied() -> bool:
        return await asyncio.to_thread(queue.do_qsize, "default") == 0

    await until(emptied, 40)
    assert await office.counted("dup") == 1


async def test_metrics_tell_what_waits_and_what_was_given_up(office: Office) -> None:
    await metrics.measure()
    waiting, parked = metrics.WAITING._value.get(), metrics.PARKED._value.get()
    message: UUID = await office.enqueue("sample.gone")
    await office.run(
        "update core.kit_outbox set due_at = now() - interval '1 hour' where tenant_id = $1 and id = $2",
        message,
    )
    await metrics.measure()
    assert metrics.WAITING._value.get() == waiting + 1
    assert metrics.OLDEST._value.get() >= 3600
    await office.run("update core.kit_outbox set parked_at = now() where tenant_id = $1 and id = $2", message)
    await metrics.measure()
    assert (metrics.WAITING._value.get(), metrics.PARKED._value.get()) == (waiting, parked + 1)
