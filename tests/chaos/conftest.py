"""One PostgreSQL as durable as in production, one Valkey and one office, made once for all these tests."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import msgspec
import pytest
from redis import Redis

from guanjia.embedded import Urls, named
from tests.chaos import cluster
from tests.chaos.cluster import Office, Servers

SLUG = "yunqi"


class Ground(msgspec.Struct):
    """The servers, and the office in a database that every test copies."""

    servers: Any
    urls: Urls
    office: Office

    @asynccontextmanager
    async def copied(self) -> AsyncIterator[Urls]:
        """A database of the test's own with the office in it, and an empty queue."""
        name = f"guanjia_{secrets.token_hex(4)}"
        await self.servers.ask(self._empty_queue)
        await self._run(f"create database {name} template guanjia")
        try:
            yield Urls(named(self.urls.database, name), self.urls.redis)
        finally:
            await self._run(f"drop database {name} with (force)")

    def _empty_queue(self) -> None:
        self.servers.valkey.start()
        with Redis.from_url(self.urls.redis) as client:
            client.flushall()

    async def _run(self, statement: str) -> None:
        await self.servers.ask(self.servers.postgres.start)
        admin = await asyncpg.connect(named(self.urls.database, "postgres"))
        try:
            await admin.execute(statement)
        finally:
            await admin.close()


@pytest.fixture(scope="session")
async def ground(anyio_backend: str) -> AsyncIterator[Ground]:
    servers = Servers()
    try:
        urls = await servers.start()
        office = await cluster.office(cluster.environment(servers.folder, urls), SLUG)
        yield Ground(servers, urls, office)
    finally:
        await asyncio.to_thread(servers.close)
