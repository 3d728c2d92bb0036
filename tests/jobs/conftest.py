"""Companies with the sample plugin, and a queue of this test process's own."""

import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
import pytest
from dramatiq.brokers.redis import RedisBroker

import core.builtin.plugin
import tenants.plugin
from core.kit import events, sql
from core.kit.context import Actor, Context, acting_as
from core.kit.database import DB, unit_of_work
from core.kit.ids import new_id
from core.kit.settings import settings
from core.plugin import host
from jobs import acting, queries
from jobs.broker import make_broker
from tests.jobs import sample

TENANT = "insert into core.tenants_tenant (id, slug, name) values ($1, $2, $3)"
PLUGIN = """
insert into core.tenants_plugin (tenant_id, id, name, enabled) values ($1, $2, 'sample', $3)
on conflict (tenant_id, name) do update set enabled = $3
"""
ROW = "select * from core.kit_outbox where tenant_id = $1 and id = $2"
CLERK = Actor(UUID("00000000-0000-7000-8000-0000000000aa"), "前台甲", "clerk")


class Office(msgspec.Struct):
    """A company made for one test."""

    id: UUID
    slug: str

    @asynccontextmanager
    async def inside(self, actor: Actor | None = None, *, request: str = "") -> AsyncIterator[Context]:
        async with unit_of_work(self.id):
            context = acting.system_context(await queries.company())
        if actor is not None:
            context = msgspec.structs.replace(context, actor=actor, request_id=request)
        with acting_as(context):
            async with unit_of_work(self.id):
                yield context

    async def enqueue(self, job: str = "sample.work", actor: Actor | None = None, **payload: Any) -> UUID:
        async with self.inside(actor, request="r1"):
            return events.enqueue(job, payload)

    async def publish(self, event: events.Event) -> UUID:
        async with self.inside():
            events.publish(event)
        async with self.inside():
            return await sql.value(
                "select id from core.kit_outbox where tenant_id = $1 and kind = 'event' order by id desc"
            )

    async def row(self, message: UUID) -> Any:
        async with self.inside():
            return (await sql.records(ROW, message))[0]

    async def counted(self, mark: str) -> int:
        async with self.inside():
            return await sample.counted(mark)

    async def switch(self, *, on: bool) -> None:
        async with unit_of_work(self.id, "sys"):
            await sql.execute(PLUGIN, new_id(), on)

    async def run(self, statement: str, *values: Any) -> int:
        """As the system role, which may alter what the application may not."""
        async with unit_of_work(self.id, "sys"):
            return await sql.execute(statement, *values)

    async def ask(self, statement: str, *values: Any) -> list[Any]:
        async with unit_of_work(self.id, "sys"):
            return await sql.records(statement, *values)


@pytest.fixture(autouse=True)
def catalogue() -> Iterator[host.Catalogue]:
    before = list(host._built)
    yield host.build([core.builtin.plugin, tenants.plugin, sample], discover=False)
    host._built[:] = before
    sample.BROKEN.clear()


@pytest.fixture
async def pools(anyio_backend: str) -> AsyncIterator[None]:
    ours = not DB.pools
    if ours:
        await DB.open(app=10, sys=6)
    yield
    if ours:
        await DB.close()


async def make_office() -> Office:
    made = Office(new_id(), f"j{secrets.token_hex(6)}")
    async with unit_of_work(None, "sys"):
        await DB.unit().connection.execute(TENANT, made.id, made.slug, "测试物业")
    await made.switch(on=True)
    return made


@pytest.fixture
async def office(pools: None) -> Office:
    """A company whose messages and lines alone are waiting: a relay or sealer serves fifty companies a
    round, and other tests of this process have left theirs.
    """
    async with unit_of_work(None, "sys"):
        await DB.unit().connection.execute("delete from core.kit_outbox")
        await DB.unit().connection.execute("delete from core.kit_audit_waiting")
    return await make_office()


@pytest.fixture
async def other(pools: None) -> Office:
    return await make_office()


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisBroker]:
    """A broker on an empty database of the shared Valkey that no other test process uses."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) + 1
    parts = urlsplit(os.environ["GUANJIA_TEST_REDIS_URL"])
    url = (
        parts._replace(query=f"db={number}") if parts.scheme == "unix" else parts._replace(path=f"/{number}")
    )
    monkeypatch.setenv("GUANJIA_REDIS_URL", url.geturl())
    settings.cache_clear()
    broker = make_broker()
    broker.client.flushdb()
    yield broker
    broker.client.flushdb()
    broker.close()
    broker.client.close()
    settings.cache_clear()


def queued(broker: RedisBroker) -> list[str]:
    """The ids in the queue, as often as they are there."""
    messages = broker.client.hvals("dramatiq:default.msgs")
    return [msgspec.json.decode(message)["message_id"] for message in messages]
