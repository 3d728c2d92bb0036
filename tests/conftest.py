"""The real servers, a database per test process, and two fresh companies per test."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import pytest
import time_machine
from xdist.scheduler import LoadScopeScheduling

os.environ.setdefault("GUANJIA_TEST_CLOCK", "1")
os.environ.setdefault("GUANJIA_SECRET_KEY", "only for tests")
os.environ.setdefault("GUANJIA_LOG_LEVEL", "ERROR")
os.environ.setdefault("GUANJIA_PASSWORD_PASSES", "1")
os.environ.setdefault("GUANJIA_PASSWORD_KIB", "64")

from core.kit import log, migrate
from core.kit.settings import settings
from guanjia import app as composition
from guanjia.embedded import FAST, Urls, erase, named, servers
from tests.factories import Company, company

TEMPLATE = "guanjia_template"
TOGETHER = ("tests/chaos/", "tests/guanjia/test_up.py")
"""Tests that one process runs, one after another: each starts whole installations."""
FOLDER = pytest.StashKey[Path]()
MONDAY_AT_TEN = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
SERVERS = pytest.StashKey[AbstractContextManager[Urls]]()


def pytest_configure(config: pytest.Config) -> None:
    """The controlling process starts the servers and migrates a template once; each worker clones it."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    if not hasattr(config, "workerinput"):
        _start_servers(config)
    base = os.environ["GUANJIA_TEST_DATABASE_URL"]
    asyncio.run(_clone(base, f"guanjia_{worker}"))
    os.environ["GUANJIA_DATABASE_URL"] = named(base, f"guanjia_{worker}")
    os.environ["GUANJIA_REDIS_URL"] = os.environ["GUANJIA_TEST_REDIS_URL"]
    os.environ["GUANJIA_DATA_DIR"] = str(Path(os.environ["GUANJIA_TEST_FOLDER"]) / worker)
    settings.cache_clear()
    log.configure()


def _start_servers(config: pytest.Config) -> None:
    folder = Path(tempfile.mkdtemp(prefix="guanjia-test-"))
    config.stash[FOLDER] = folder
    config.stash[SERVERS] = running = servers(
        folder,
        database_url=os.environ.get("GUANJIA_TEST_DATABASE_URL"),
        redis_url=os.environ.get("GUANJIA_TEST_REDIS_URL"),
        settings=FAST,
        leash=True,
        system_first=os.environ.get("GUANJIA_TEST_SYSTEM") == "1",
    )
    urls = running.__enter__()
    os.environ["GUANJIA_TEST_FOLDER"] = str(folder)
    os.environ["GUANJIA_TEST_DATABASE_URL"] = urls.database
    os.environ["GUANJIA_TEST_REDIS_URL"] = urls.redis
    asyncio.run(_make_template(urls.database))


class Scheduler(LoadScopeScheduling):
    """Hands out single tests, and what runs TOGETHER at once, before all others.

    xdist's own groups do nothing under pytest 9.2 (pytest-xdist issue 1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in TOGETHER if nodeid.startswith(folder)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return Scheduler(config, log)


def pytest_unconfigure(config: pytest.Config) -> None:
    if SERVERS in config.stash:
        config.stash[SERVERS].__exit__(None, None, None)
        erase(config.stash[FOLDER])
        shutil.rmtree(config.stash[FOLDER], ignore_errors=True)


async def _make_template(url: str) -> None:
    admin = await asyncpg.connect(url)
    await admin.execute(f"drop database if exists {TEMPLATE} with (force)")
    await admin.execute(f"create database {TEMPLATE}")
    await admin.close()
    os.environ["GUANJIA_DATABASE_URL"] = named(url, TEMPLATE)
    settings.cache_clear()
    composition.load_catalogue()
    await migrate.migrate(composition.migrations())


async def _clone(url: str, name: str) -> None:
    admin = await asyncpg.connect(url)
    await admin.execute(f"drop database if exists {name} with (force)")
    await admin.execute(f"create database {name} template {TEMPLATE}")
    await admin.close()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
async def app(anyio_backend: str) -> AsyncIterator[object]:
    """The whole web application with its pools open."""
    door = composition.create_app()
    async with composition.lifespan():
        yield door


@pytest.fixture
async def http(app: object) -> AsyncIterator[httpx.AsyncClient]:
    """A client that knows no company: give it absolute addresses."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport) as client:
        yield client


@pytest.fixture
def while_open() -> Iterator[None]:
    """For tests of service days: what they do not place in time happens on a Monday at ten, the desk open."""
    with time_machine.travel(MONDAY_AT_TEN):
        yield


@pytest.fixture
async def yunqi(app: object) -> Company:
    return await company(app)


@pytest.fixture
async def cuihu(app: object) -> Company:
    """A second company, in Traditional Chinese; whoever tests isolation asks for both."""
    return await company(app, locale="zh-Hant")
