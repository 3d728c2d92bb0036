"""Asks every database in turn, the product and its floor one after the other, block by block."""

import gc
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from statistics import median
from typing import Any, Self

import asyncpg
import msgspec

from bench import bulk, floor
from bench.asking import Answer, ask
from bench.floor import Floor, Script
from bench.scenarios import Asked, Scenario, create
from bench.world import Home, World
from core.kit.context import acting_as
from core.kit.database import unit_of_work
from guanjia.scheduler import SWEEPS
from jobs import acting, queries, sweeps

VARIANTS = 3
CLOCKS = "select count(*) from core.sla_fire where tenant_id = $1 and kind = 'breach'"
FORGET = (
    "delete from core.sla_fire where tenant_id = $1",
    "delete from core.kit_outbox where tenant_id = $1",
    "delete from core.flows_event where tenant_id = $1 and kind = 'system'",
    "update core.tickets_ticket set breached = false where tenant_id = $1",
)


class Series(msgspec.Struct):
    """Milliseconds by block, of the product and of its floor, and what one request sends."""

    product: list[list[float]] = []
    floor: list[list[float]] = []
    queries: int = 0
    bytes: int = 0

    def p(self, share: float, which: str = "product") -> float:
        values = sorted(value for block in getattr(self, which) for value in block)
        return values[min(int(len(values) * share), len(values) - 1)]

    def medians(self) -> list[float]:
        return [median(block) for block in self.product]


class Sweeping(msgspec.Struct):
    """Timers a second, by repetition, and of the bare SQL."""

    product: list[float] = []
    floor: list[float] = []
    queries_per_batch: int = 0
    timers: int = 0


Results = dict[tuple[str, str], Series]
"""By scenario and database."""


class Bench:
    """The application, its floor, and the databases."""

    def __init__(self, app: Any, worlds: Sequence[World]) -> None:
        self.app, self.worlds, self.floor = app, worlds, Floor()
        self.stack = AsyncExitStack()
        self.scripts: dict[tuple[str, str], list[int]] = {}
        self.pools: dict[str, tuple[Any, Any]] = {}
        self.turn = 0

    async def __aenter__(self) -> Self:
        for world in self.worlds:
            app = await self.stack.enter_async_context(floor.pool(world.url))
            system = await self.stack.enter_async_context(floor.pool(world.url, "sys"))
            self.pools[world.plan.name] = app, system
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.stack.aclose()

    async def measure(self, scenarios: Sequence[Scenario], *, blocks: int, requests: int) -> Results:
        results: Results = {(s.name, w.plan.name): Series() for s in scenarios for w in self.worlds}
        for scenario in scenarios:
            for world in self.worlds:
                await self._write_down(scenario, world, results[scenario.name, world.plan.name])
        for _block in range(blocks):
            for scenario in scenarios:
                await self._block(scenario, results, requests)
        return results

    async def _write_down(self, scenario: Scenario, world: World, series: Series) -> None:
        """The scripts of a few requests, after one that fills the caches."""
        numbers = []
        world.enter()
        for turn in range(VARIANTS):
            home = world.homes[turn % len(world.homes)]
            await self._ask(await self._next(scenario, home, turn), home)
            asked = await self._next(scenario, home, turn)
            script = Script(tenant=str(home.tenant.id), writes=scenario.writes)
            with floor.recording(script):
                answer = await self._ask(asked, home)
            series.queries, series.bytes = script.count, len(answer.body)
            numbers.append(self.floor.add(self.pools[world.plan.name][0], script))
        self.scripts[scenario.name, world.plan.name] = numbers

    async def _block(self, scenario: Scenario, results: Results, requests: int) -> None:
        for world in self.worlds:
            series = results[scenario.name, world.plan.name]
            series.product.append([])
            series.floor.append([])
        gc.collect()
        for _request in range(requests):
            self.turn += 1
            for world in self.worlds:
                series = results[scenario.name, world.plan.name]
                world.enter()
                home = world.homes[self.turn % len(world.homes)]
                answer = await self._ask(await self._next(scenario, home, self.turn), home)
                series.product[-1].append(answer.seconds * 1000)
                numbers = self.scripts[scenario.name, world.plan.name]
                bare = await ask(self.floor.app, "POST", f"/{numbers[self.turn % len(numbers)]}")
                assert bare.status == 200, (scenario.name, bare.body.decode())
                series.floor[-1].append(bare.seconds * 1000)

    async def _next(self, scenario: Scenario, home: Home, turn: int) -> Asked:
        if scenario.fresh:
            home.fresh.append((await self._ask(create(home, turn), home)).json()["number"])
        return scenario.ask(home, turn)

    async def _ask(self, asked: Asked, home: Home) -> Answer:
        answer = await ask(self.app, asked.method, asked.target, home.headers, asked.body)
        assert answer.status in {200, 201}, (asked, answer.status, answer.body[:500])
        return answer

    async def sweep(self, world: World, *, repeats: int) -> Sweeping:
        """All timers of one company fall due at once; one sweeper deals with them."""
        assert world.due is not None
        tenant, found = world.due.tenant, Sweeping()
        admin = await asyncpg.connect(world.url)
        world.enter()
        try:
            await _fall_due(admin, tenant)
            script = Script(tenant=str(tenant), writes=True)
            with floor.recording(script):
                await _one_batch(world)
            found.queries_per_batch = script.count
            number = self.floor.add(self.pools[world.plan.name][0], script)
            batch = min(world.plan.sweep * 3, 500)
            for _repeat in range(repeats):
                await _fall_due(admin, tenant)
                began = time.perf_counter()
                await self.floor.run(number)
                found.floor.append(batch / (time.perf_counter() - began))
                await _fall_due(admin, tenant)
                began = time.perf_counter()
                while await sweeps.sweep(SWEEPS[0]):
                    pass
                seconds = time.perf_counter() - began
                found.timers = await admin.fetchval(CLOCKS, tenant)
                found.product.append(found.timers / seconds)
        finally:
            await admin.close()
        return found


async def _one_batch(world: World) -> None:
    """The first batch of a sweep, undone by the recording; the second would find the same again."""
    assert world.due is not None
    async with unit_of_work(None, "sys"):
        (company,) = await queries.companies_of([world.due.tenant])
    with acting_as(acting.system_context(company, channel="system")) as context:
        async with unit_of_work(company.id):
            await SWEEPS[0].run(context)


async def _fall_due(admin: Any, tenant: Any) -> None:
    for statement in FORGET:
        await admin.execute(statement, tenant)
    await admin.execute(bulk.OVERDUE, tenant)
    for table in ("sla_clock", "sla_fire", "kit_outbox", "flows_event", "tickets_ticket"):
        await admin.execute(f"vacuum (analyze) core.{table}")


def ratio(results: Results, scenario: str, few: str, many: str) -> tuple[float, float, float]:
    """By how much the median grows from one database to the other: median, least and most of the blocks."""
    pairs = zip(results[scenario, few].medians(), results[scenario, many].medians(), strict=True)
    ratios = sorted(after / before for before, after in pairs)
    return median(ratios), ratios[0], ratios[-1]
