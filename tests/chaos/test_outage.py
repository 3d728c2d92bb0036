"""The database cut off or silent: refused in time, with words, and healed without a restart. Valkey away: no
difference to whoever writes; what follows the commit follows later."""

import asyncio
import os
import secrets
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest

from core.kit.settings import role_password
from guanjia.embedded import Urls, named
from tests.chaos import cluster, facts
from tests.chaos.cluster import Office, Servers, product
from tests.chaos.facts import Facts
from tests.chaos.line import Line, place_of, through
from tests.chaos.load import Client
from tests.conftest import TEMPLATE

pytestmark = [pytest.mark.anyio, pytest.mark.chaos, pytest.mark.timeout(300)]
IN_TIME = 3.0
BOUNDED = 8.0
HEALED = 20.0


class Desk(msgspec.Struct):
    """One web process over a line that can be cut, and somebody signed in to it."""

    line: Any
    processes: Any
    port: int
    office: Office
    client: Any
    database: str

    async def register(self, token: str) -> httpx.Response:
        body = {
            "kind": "repair",
            "project_id": self.office.project,
            "household_id": self.office.households[0],
            "content": f"水管漏水 {token}",
            "immediate": True,
        }
        headers = {**self.client.headers, "idempotency-key": token}
        answer: httpx.Response = await self.client.http.post(
            f"{self.at}/api/v1/tickets", json=body, headers=headers
        )
        return answer

    @property
    def at(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def health(self, which: str) -> httpx.Response:
        answer: httpx.Response = await self.client.http.get(f"{self.at}/health/{which}")
        return answer

    async def registers_again(self, token: str) -> httpx.Response:
        deadline = time.monotonic() + HEALED
        while (answer := await self.register(token)).status_code != 201:
            assert answer.status_code == 503, answer.text
            assert time.monotonic() < deadline, "never healed"
            await asyncio.sleep(0.2)
        return answer

    async def facts(self) -> Facts:
        return await facts.read(self.database, self.office.tenant)


@asynccontextmanager
async def database() -> AsyncIterator[str]:
    """A database of the test's own on the shared server."""
    base = os.environ["GUANJIA_TEST_DATABASE_URL"]
    name = f"guanjia_outage_{secrets.token_hex(4)}"
    admin = await asyncpg.connect(base)
    await admin.execute(f"create database {name} template {TEMPLATE}")
    try:
        yield named(base, name)
    finally:
        await admin.execute(f"drop database {name} with (force)")
        await admin.close()


@asynccontextmanager
async def desk(*more: str, redis: str = "redis://127.0.0.1:1/0") -> AsyncIterator[Desk]:
    async with database() as url:
        with tempfile.TemporaryDirectory(prefix="gj-outage-") as folder:
            async with _desk(Path(folder), url, redis, more) as made:
                yield made


@asynccontextmanager
async def _desk(folder: Path, url: str, redis: str, more: Sequence[str]) -> AsyncIterator[Desk]:
    env = cluster.environment(folder, Urls(url, redis))
    office = await cluster.office(env, "yunqi")
    line = Line(*place_of(url))
    await line.start()
    far = {
        f"GUANJIA_{role.upper()}_DATABASE_URL": through(line, url, f"gj_{role}", role_password(role))
        for role in ("app", "sys")
    }
    (port,) = cluster.ports(1)
    children = [product("web", {**env, **far}, port=port), *(product(name, env) for name in more)]
    async with cluster.processes(children, folder / "processes.log") as running:
        await cluster.ready(port)
        client = await Client(office, "desk0", [port], Random(1)).sign_in()
        yield Desk(line, running, port, office, client, url)
        await client.http.aclose()
    await line.cut()


def refused(answer: httpx.Response) -> None:
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["retry-after"]) > 0


async def test_a_cut_database_is_told_at_once_and_heals_by_itself() -> None:
    async with desk() as made:
        pid = made.processes.pid("web")
        assert (await made.register("<1.1.1.1>")).status_code == 201
        await made.line.cut()
        began = time.monotonic()
        answer = await made.register("<1.1.1.2>")
        assert time.monotonic() - began < IN_TIME
        refused(answer)
        assert answer.headers["content-type"] == "application/problem+json"
        page = await made.client.http.get(f"{made.at}/login")
        refused(page)
        assert "text/html" in page.headers["content-type"]
        refused(await made.health("ready"))
        assert (await made.health("live")).status_code == 200
        assert time.monotonic() - began < BOUNDED

        await made.line.start()
        await made.registers_again("<1.1.1.2>")
        assert (await made.health("ready")).status_code == 200
        assert made.processes.pid("web") == pid
        assert len((await made.facts()).tickets) == 2


async def test_a_silent_database_keeps_nobody_waiting_for_ever_and_nothing_happens_twice() -> None:
    async with desk() as made:
        pid = made.processes.pid("web")
        assert (await made.register("<1.1.1.1>")).status_code == 201
        made.line.silence()
        began = time.monotonic()
        answers = await asyncio.gather(*(made.register(f"<1.1.1.{number}>") for number in range(2, 8)))
        print(f"\nanswered after {time.monotonic() - began:.2f} s")  # noqa: T201 - shown with -s
        assert time.monotonic() - began < BOUNDED
        for answer in answers:
            refused(answer)
        refused(await made.health("ready"))

        made.line.speak()
        await asyncio.gather(*(made.registers_again(f"<1.1.1.{number}>") for number in range(2, 8)))
        assert made.processes.pid("web") == pid
        found = [ticket.content for ticket in (await made.facts()).tickets]
        assert len(found) == len(set(found)) == 7


async def test_without_valkey_everything_is_written_and_told_later() -> None:
    servers = Servers()
    try:
        redis = await servers.ask(servers.valkey.start)
        async with desk("worker", "scheduler", redis=redis) as made:
            cluster.kill(servers.valkey_pid())
            began = time.monotonic()
            for number in range(5):
                assert (await made.register(f"<1.1.1.{number}>")).status_code == 201
            assert (await made.health("ready")).status_code == 200
            other = await Client(made.office, "desk1", [made.port], Random(2)).sign_in()
            await other.http.aclose()
            assert time.monotonic() - began < BOUNDED
            await asyncio.sleep(3)
            assert notices_of(await made.facts()) == 0

            await servers.ask(servers.valkey.start)
            await until_told(made, 5)
            assert len((await made.facts()).tickets) == 5
    finally:
        await asyncio.to_thread(servers.close)


async def until_told(made: Desk, count: int) -> None:
    deadline = time.monotonic() + 90
    while notices_of(await made.facts()) < count:
        assert time.monotonic() < deadline, "nobody was told after Valkey came back"
        await asyncio.sleep(0.5)
    assert notices_of(await made.facts()) == count


def notices_of(found: Facts) -> int:
    return sum(notice.event == "ticket.registered" for notice in found.notices)
