"""The databases that are measured: one company with few tickets or many, few companies or a thousand."""

import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from auth import sessions
from auth.actions import create_person
from auth.provisioning import create_company
from bench import bulk
from bench.asking import ask
from bench.bulk import Owner
from core.households import actions as households
from core.households.importing import Contact, HouseholdRow
from core.households.rooms import parse_room
from core.kit import migrate
from core.kit.context import SYSTEM, Context, Tenant, acting_as
from core.kit.database import DB, unit_of_work
from core.kit.settings import settings
from core.plugin import host
from guanjia import app as composition
from guanjia.embedded import DURABLE, erase, named, servers

TEMPLATE = "bench_template"
PASSWORD = "correct horse battery"  # noqa: S105 - of companies that live for minutes
TUNED = DURABLE | {"shared_buffers": "512MB", "max_wal_size": "4GB", "max_connections": "60"}
SOME = """
select number from core.tickets_ticket where tenant_id = $1 and state = 'closed'
order by hashtext(number) limit 500
"""
SEED = 20_261_120


class Plan(msgspec.Struct, frozen=True):
    """A database: so many companies with so many tickets each. `sweep` open tickets are due in one more."""

    name: str
    companies: int
    tickets: int
    sweep: int = 0
    households: int = 3
    sample: int = 40
    """How many of the companies are asked, in turn."""


FULL = (
    Plan("1 × 1,000", 1, 1_000, sweep=2_000, households=100),
    Plan("1 × 100,000", 1, 100_000, sweep=2_000, households=100),
    Plan("10 × 10,000", 10, 10_000),
    Plan("1,000 × 100", 1_000, 100),
)
QUICK = (
    Plan("1 × 200", 1, 200, sweep=60),
    Plan("1 × 2,000", 1, 2_000, sweep=60),
    Plan("2 × 100", 2, 100),
    Plan("4 × 50", 4, 50),
)


class Home(msgspec.Struct):
    """A company that is asked, and somebody at its desk."""

    tenant: Tenant
    project: UUID
    household: UUID
    headers: dict[str, str]
    numbers: list[str] = []
    fresh: list[str] = []
    """Numbers of tickets that wait to be dispatched, which each can be once."""


class World(msgspec.Struct):
    plan: Plan
    url: str
    pools: dict[Any, Any]
    homes: list[Home] = []
    due: Owner | None = None
    seconds: float = 0.0
    """How long it took to fill."""

    def enter(self) -> None:
        """What asks the product from now on asks it of this database."""
        DB.pools = self.pools


@contextmanager
def running() -> Iterator[str]:
    """A PostgreSQL of our own with the schema in it; the administrator's address."""
    folder = Path(tempfile.mkdtemp(prefix="gj-bench-"))
    told = {
        "GUANJIA_DATA_DIR": str(folder),
        "GUANJIA_SECRET_KEY": "only for measuring",
        "GUANJIA_LOG_LEVEL": "ERROR",
        "GUANJIA_PASSWORD_PASSES": "1",
        "GUANJIA_PASSWORD_KIB": "64",
        "GUANJIA_TEST_CLOCK": "0",
    }
    try:
        with servers(folder, redis_url="redis://127.0.0.1:1/0", settings=TUNED, leash=True) as urls:
            os.environ.update(told)  # noqa: TID251 - how the product is told
            yield urls.database
    finally:
        erase(folder)
        shutil.rmtree(folder, ignore_errors=True)


def look_at(url: str) -> None:
    os.environ["GUANJIA_DATABASE_URL"] = url  # noqa: TID251 - how the product is told
    settings.cache_clear()


async def prepare(base: str) -> None:
    await _create(base, TEMPLATE)
    look_at(named(base, TEMPLATE))
    await migrate.migrate(composition.migrations())


async def _create(base: str, name: str, template: str = "template1") -> None:
    admin = await asyncpg.connect(base)
    await admin.execute(f"create database {name} template {template}")
    await admin.close()


@asynccontextmanager
async def world(base: str, number: int, plan: Plan, app: Any) -> AsyncIterator[World]:
    """A database made after the plan, its pools open."""
    name = f"bench_{number}"
    await _create(base, name, TEMPLATE)
    look_at(named(base, name))
    DB.pools = {}
    await DB.open(app=2, sys=2)
    made = World(plan, named(base, name), DB.pools)
    began = time.perf_counter()
    try:
        await _build(made, number, app)
        made.seconds = time.perf_counter() - began
        yield made
    finally:
        made.enter()
        await DB.close()


async def _build(made: World, number: int, app: Any) -> None:
    plan = made.plan
    owners: list[Owner] = []
    for count in range(plan.companies):
        owner, home = await _company(f"w{number}-{count:04d}", plan.households, desk=count < plan.sample)
        owners.append(owner)
        if home is not None:
            made.homes.append(home)
    admin = await asyncpg.connect(made.url)
    try:
        await bulk.fill(admin, owners, plan.tickets, seed=SEED)
        if plan.sweep:
            made.due, _home = await _company(f"w{number}-due", 3, desk=False)
            await bulk.fill(admin, [made.due], plan.sweep, seed=SEED, open_every=1)
        await bulk.settle(admin)
        for home in made.homes:
            await _acquaint(admin, home, app)
    finally:
        await admin.close()


async def _company(slug: str, rooms: int, *, desk: bool) -> tuple[Owner, Home | None]:
    created = await create_company(
        slug=slug, name=f"物业{slug}", admin_username="boss", admin_password=PASSWORD
    )
    tenant, home, agent = created.tenant, None, created.admin
    plugins = frozenset(manifest.name for manifest in host.catalogue().switchable())
    with acting_as(Context(tenant, SYSTEM, plugins=plugins, channel="system")):
        async with unit_of_work(tenant.id):
            project = await households.create_project(name="翠湖天地", code="CH")
            household = [await _room(project, number) for number in range(rooms)].pop()
            if desk:
                roles: list[tuple[str, UUID | None]] = [("front_desk_agent", None)]
                agent = await create_person(
                    username="desk", name="前台甲", password=PASSWORD, roles=roles, must_change=False
                )
                token = await sessions.start(agent, "127.0.0.1", "bench")
                headers = {"host": f"{slug}.localhost", "cookie": f"sid={token}"}
                home = Home(tenant, project, household, headers)
    return Owner(tenant.id, project, agent, created.admin), home


async def _room(project: UUID, number: int) -> UUID:
    row = HouseholdRow(
        sheet="",
        row=1,
        room=parse_room(f"{1 + number // 50}-1-{1801 + number % 50}"),
        owner="陈志远",
        contacts=(Contact(f"+86139{number + 1:08d}", "owner"),),
        area=None,
        moved_in=None,
        note="",
    )
    _unit, household = await households.add_household(project, row)
    return household


async def _acquaint(admin: "asyncpg.Connection[asyncpg.Record]", home: Home, app: Any) -> None:
    me = await ask(app, "GET", "/api/v1/me", home.headers)
    home.headers["x-csrf-token"] = me.headers["x-csrf-token"]
    home.numbers = [row["number"] for row in await admin.fetch(SOME, home.tenant.id)]
