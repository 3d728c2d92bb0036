"""Sweeps do what is due once, company by company, and one company's trouble stays its own."""

import asyncio
from collections.abc import Sequence
from itertools import pairwise
from uuid import UUID

import pytest

from core.kit import audit, sql
from core.kit.context import Context, current
from core.kit.database import DB
from core.kit.ids import new_id
from jobs import sweeps
from jobs.loops import forever
from jobs.sweeps import Sweep
from tests.jobs import sample
from tests.jobs.conftest import Office

pytestmark = pytest.mark.anyio

TASK = """
insert into core.kit_task (tenant_id, id, kind, state, input, created_at)
values ($1, $2, 'sweep', 'waiting', '{}', now() - make_interval(secs => $3))
"""
DUE = """
select tenant_id from core.kit_task where kind = 'sweep' and state = 'waiting'
group by tenant_id order by min(created_at)
"""
TAKE = """
with picked as materialized (select id from core.kit_task where tenant_id = $1 and state = 'waiting'
  order by created_at limit 3 for update skip locked)
update core.kit_task set state = 'done', progress = progress + 1
where tenant_id = $1 and id in (select id from picked)
"""
visited: list[UUID] = []
poisoned: set[UUID] = set()


async def due() -> Sequence[UUID]:
    return [row["tenant_id"] for row in await sql.across(DUE)]


async def take(context: Context) -> int:
    assert current() is context
    assert DB.unit().role == "app"
    visited.append(context.tenant.id)
    count = await sql.execute(TAKE)
    if context.tenant.id in poisoned:
        raise RuntimeError("bad data")
    if count:
        audit.record("sample.swept", "sample", count=count, plugin="sample" in context.plugins)
        await sample.count("swept")
    return count


SWEEP = Sweep(name="sample", due_tenants=due, run=take, every=0.05)


@pytest.fixture(autouse=True)
def fresh() -> None:
    visited.clear()
    poisoned.clear()


async def wait(office: Office, count: int, age: float = 0) -> None:
    for _ in range(count):
        await office.run(TASK, new_id(), age)


async def state(office: Office) -> list[tuple[str, int]]:
    rows = await office.ask("select state, progress from core.kit_task where tenant_id = $1")
    return [(row["state"], row["progress"]) for row in rows]


@pytest.mark.spec("R6")
async def test_all_due_rows_are_done_once_by_several_sweepers(office: Office, other: Office) -> None:
    await wait(office, 20)
    await wait(other, 4)
    await asyncio.gather(*(sweeps.sweep(SWEEP) for _ in range(4)))
    assert await state(office) == [("done", 1)] * 20
    assert await state(other) == [("done", 1)] * 4
    assert await sweeps.sweep(SWEEP) == 0


async def test_longest_waiting_company_comes_first(office: Office, other: Office) -> None:
    await wait(office, 1, age=10)
    await wait(other, 1, age=60)
    await sweeps.sweep(SWEEP)
    ours = [tenant for tenant in visited if tenant in {office.id, other.id}]
    assert list(dict.fromkeys(ours)) == [other.id, office.id]


async def test_trouble_of_one_company_is_undone_and_stays_its_own(office: Office, other: Office) -> None:
    poisoned.add(office.id)
    await wait(office, 2, age=60)
    await wait(other, 2)
    await sweeps.sweep(SWEEP)
    assert await state(office) == [("waiting", 0)] * 2
    assert await state(other) == [("done", 1)] * 2
    poisoned.clear()
    await sweeps.sweep(SWEEP)
    assert await state(office) == [("done", 1)] * 2


async def test_what_a_sweep_records_carries_the_product_as_actor(office: Office) -> None:
    await wait(office, 1)
    await sweeps.sweep(SWEEP)
    (line,) = await office.ask("select * from core.kit_audit where tenant_id = $1")
    assert (line["action"], line["actor_name"], line["channel"]) == ("sample.swept", "系统", "system")
    assert line["detail"] == {"count": 1, "plugin": True}


async def test_running_sweep_finds_new_rows_until_it_is_stopped(office: Office) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(sweeps.run(SWEEP, stop))
    await wait(office, 1)
    await asyncio.sleep(0.5)
    assert await state(office) == [("done", 1)]
    stop.set()
    await asyncio.wait_for(running, 2)
    await wait(office, 1)
    await asyncio.sleep(0.2)
    assert ("waiting", 0) in await state(office)


async def test_loop_outlives_errors_slows_down_and_recovers() -> None:
    stop, calls = asyncio.Event(), []

    async def step() -> int:
        calls.append(asyncio.get_running_loop().time())
        if len(calls) <= 3:
            raise RuntimeError("database away")
        if len(calls) == 6:
            stop.set()
        return 1

    await asyncio.wait_for(forever("test", step, 0.05, stop), 5)
    pauses = [later - earlier for earlier, later in pairwise(calls)]
    assert pauses[0] >= 0.1
    assert pauses[1] >= 0.2
    assert pauses[2] >= 0.4
    assert pauses[4] < 0.05
