"""The product's own processes: started, put to work, ended with SIGTERM."""

import asyncio
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import httpx
import pytest
from dramatiq.brokers.redis import RedisBroker

from core.kit import audit, events, sql
from tests.factories import Company
from tests.jobs.conftest import queue

__all__ = ["queue"]
pytestmark = [pytest.mark.anyio, pytest.mark.chaos]
ROOT = Path(__file__).parents[2]
STATE = "select done_at is not null as done, attempts from core.kit_outbox where tenant_id = $1 and id = $2"
UNSEALED = "select count(*) from core.kit_audit_waiting where tenant_id = $1"
SEALED = "select count(*) from core.kit_audit_seal where tenant_id = $1"


@pytest.fixture
def metrics_port(monkeypatch: pytest.MonkeyPatch) -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    monkeypatch.setenv("GUANJIA_METRICS_PORT", str(port))
    return port


@pytest.fixture
def processes(
    queue: RedisBroker, metrics_port: int, tmp_path: Path
) -> Iterator[dict[str, "subprocess.Popen[bytes]"]]:
    started = {}
    worker = [sys.executable, "-m", "dramatiq", "guanjia.worker", "-p", "1", "-t", "2"]
    scheduler = [sys.executable, "-m", "guanjia.scheduler"]
    for name, argv in (("worker", worker), ("scheduler", scheduler)):
        with (tmp_path / f"{name}.log").open("wb") as log:
            started[name] = subprocess.Popen(argv, cwd=ROOT, stdout=log, stderr=log)
    yield started
    for process in started.values():
        if process.poll() is None:
            process.kill()
            process.wait()


async def until(true: Callable[[], Awaitable[bool]], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not await true():
        assert time.monotonic() < deadline, "waited in vain"
        await asyncio.sleep(0.2)


async def test_job_is_done_audit_is_sealed_metrics_are_served_and_both_end_when_asked(
    yunqi: Company, processes: dict[str, "subprocess.Popen[bytes]"], metrics_port: int
) -> None:
    async with yunqi.inside():
        message = events.enqueue("core.clean")
        audit.record("test.line", "test")

    async def done() -> bool:
        async with yunqi.inside():
            (row,) = await sql.records(STATE, message)
            assert row["attempts"] == 0
            return bool(row["done"]) and await sql.value(UNSEALED) == 0 and await sql.value(SEALED) > 0

    await until(done, 60)
    shown = await asyncio.to_thread(urlopen, f"http://127.0.0.1:{metrics_port}/metrics")
    with shown:
        assert b"guanjia_outbox_oldest_seconds" in shown.read()
    for process in processes.values():
        process.send_signal(signal.SIGTERM)
    for process in processes.values():
        assert await asyncio.to_thread(process.wait, 20) == 0


def start_web(port: int, log: Path) -> "subprocess.Popen[bytes]":
    argv = [sys.executable, "-m", "uvicorn", "--factory", "guanjia.app:create_app", "--port", str(port)]
    with log.open("wb") as out:
        return subprocess.Popen(argv, cwd=ROOT, stdout=out, stderr=out)


async def test_web_process_with_an_open_stream_ends_soon_when_asked(yunqi: Company, tmp_path: Path) -> None:
    browser = await yunqi.signed_in("front_desk_agent")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    web = start_web(port, tmp_path / "web.log")
    host = {"host": f"{yunqi.tenant.slug}.localhost"}
    client = httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", headers=host, cookies=browser.http.cookies
    )

    async def ready() -> bool:
        try:
            return (await client.get("/health/ready")).status_code == 200
        except httpx.TransportError:
            return False

    try:
        await until(ready, 60)
        async with client.stream("GET", "/events", cookies=dict(browser.http.cookies)) as stream:
            lines = stream.aiter_lines()
            assert await anext(lines) == ": open"
            web.send_signal(signal.SIGTERM)
            async for _line in lines:
                pass
        assert await asyncio.to_thread(web.wait, 5) in {0, -signal.SIGTERM}
    finally:
        web.kill()
        web.wait()
        await client.aclose()
