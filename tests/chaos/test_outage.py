"""The database cut off or silent: refused in time, with words, and healed without a restart. Valkey away: no
difference to whoever writes; what follows the commit follows later."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import httpx
import msgspec
import pytest

from core.kit.settings import role_password
from guanjia.embedded import Urls
from tests.chaos import cluster, facts
from tests.chaos.cluster import Office, product
from tests.chaos.conftest import Ground
from tests.chaos.facts import Facts
from tests.chaos.line import Line, place_of, through
from tests.chaos.load import Client

pytestmark = [pytest.mark.anyio, pytest.mark.chaos, pytest.mark.timeout(300)]
IN_TIME = 3.0
BOUNDED = 10.0
HEALED = 40.0


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
async def desk(ground: Ground, *more: str, queue: bool = False) -> AsyncIterator[Desk]:
    """`more` processes beside web; without `queue` there is no Valkey at all."""
    async with ground.copied() as urls:
        redis = urls.redis if queue else "redis://127.0.0.1:1/0"
        env = cluster.environment(ground.servers.folder, Urls(urls.database, redis))
        line = Line(*place_of(urls.database))
        await line.start()
        far = {
            f"GUANJIA_{role.upper()}_DATABASE_URL": through(
                line, urls.database, f"gj_{role}", role_password(role)
            )
            for role in ("app", "sys")
        }
        (port,) = cluster.ports(1)
        children = [product("web", {**env, **far}, port=port), *(product(name, env) for name in more)]
        async with cluster.processes(children, ground.servers.folder / f"processes-{port}.log") as running:
            await cluster.ready(port)
            client = await Client(ground.office, "desk0", [port], Random(1)).sign_in()
            yield Desk(line, running, port, ground.office, client, urls.database)
            await client.http.aclose()
        await line.cut()


def refused(answer: httpx.Response) -> None:
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["retry-after"]) > 0


async def test_a_database_cut_off_or_silent_is_told_in_time_and_heals_by_itself(ground: Ground) -> None:
    async with desk(ground) as made:
        pid = made.processes.pid("web")
        assert (await made.register("<1.1.1.1>")).status_code == 201
        await cut_off(made)
        await made.registers_again("<1.1.1.2>")
        assert (await made.health("ready")).status_code == 200
        await silent(made)
        await asyncio.gather(*(made.registers_again(f"<1.1.1.{number}>") for number in range(3, 9)))
        assert made.processes.pid("web") == pid
        found = [ticket.content for ticket in (await made.facts()).tickets]
        assert len(found) == len(set(found)) == 8


async def cut_off(made: Desk) -> None:
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


async def silent(made: Desk) -> None:
    """It takes every byte and answers none; nobody waits longer than the limit, and nothing happens twice."""
    made.line.silence()
    began = time.monotonic()
    answers = await asyncio.gather(*(made.register(f"<1.1.1.{number}>") for number in range(3, 9)))
    print(f"\nanswered after {time.monotonic() - began:.2f} s")  # noqa: T201 - shown with -s
    assert time.monotonic() - began < IN_TIME
    for answer in answers:
        refused(answer)
    began = time.monotonic()
    refused(await made.health("ready"))
    assert time.monotonic() - began < IN_TIME
    made.line.speak()


async def test_without_valkey_everything_is_written_and_told_later(ground: Ground) -> None:
    servers = ground.servers
    async with desk(ground, "worker", "scheduler", queue=True) as made:
        cluster.kill(servers.valkey_pid())
        began = time.monotonic()
        for number in range(5):
            assert (await made.register(f"<1.1.1.{number}>")).status_code == 201
        assert (await made.health("ready")).status_code == 200
        other = await Client(made.office, "desk1", [made.port], Random(2)).sign_in()
        await other.http.aclose()
        assert time.monotonic() - began < BOUNDED
        await asyncio.sleep(2)
        assert notices_of(await made.facts()) == 0

        await servers.ask(servers.valkey.start)
        await until_told(made, 5)
        assert len((await made.facts()).tickets) == 5


async def until_told(made: Desk, count: int) -> None:
    deadline = time.monotonic() + 90
    while notices_of(await made.facts()) < count:
        assert time.monotonic() < deadline, "nobody was told after Valkey came back"
        await asyncio.sleep(0.5)
    assert notices_of(await made.facts()) == count


def notices_of(found: Facts) -> int:
    return sum(notice.event == "ticket.registered" for notice in found.notices)
