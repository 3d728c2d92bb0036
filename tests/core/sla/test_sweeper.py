"""JOB-24 and TK-05: warnings, breaches and levels fall due once, whatever sweepers do to one another."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import time_machine

from core.flows import engine
from core.kit import sql
from core.kit.database import DB, unit_of_work
from core.kit.ids import new_id
from core.policies.schemas import Versions
from core.sla import sweeper
from core.sla.calendars import national
from core.sla.clocks import begin, rules
from core.sla.policy import SlaPolicy
from core.sla.queries import due_tenants
from core.sla.storing import put
from core.sla.sweeper import sweep
from jobs.sweeps import Sweep
from jobs.sweeps import sweep as sweep_everywhere
from tests.core.sla.cases import Case, bare, clocks, swept, told
from tests.core.sla.oracle import at
from tests.factories import Company

pytestmark = pytest.mark.anyio
START = at("2026-11-23 10:00")
BREACHED = ("clock.breached", "SLA-03", 0)
WARNED = ("clock.warned", "SLA-03", 0)


async def begun(company: Company) -> Case:
    case = Case(company, clocks("SLA-03", "register reopen", "start"))
    await case.happens("register", START)
    return case


@pytest.mark.spec("JOB-24", "TK-05", "SLA-03")
async def test_warned_breached_and_taken_up_a_level_once_each(yunqi: Company) -> None:
    case = await begun(yunqi)
    expected: list[Any] = []
    for minutes, more in (
        (11.25, []),
        (11.26, [WARNED]),
        (15, []),
        (15.01, [BREACHED]),
        (30, []),
        (30.01, [("clock.escalated", "SLA-03", 1)]),
        (600, []),
    ):
        expected += more
        for _again in range(2):
            await swept(yunqi, START + timedelta(minutes=minutes))
            assert await told(yunqi, case.id) == expected, minutes
    clock = await case.only("SLA-03")
    assert (clock.breached_at, clock.level, clock.stopped_at) == (START + timedelta(minutes=15.01), 1, None)
    assert await case.standing() == (START + timedelta(minutes=15), True, 1)
    async with yunqi.inside():
        lines = await sql.records(
            "select name, kind, form from core.flows_event"
            " where tenant_id = $1 and record_id = $2 order by at",
            case.id,
        )
    assert [(line["name"], line["kind"], line["form"]["code"]) for line in lines] == [
        ("clock_breached", "system", "SLA-03"),
        ("clock_escalated", "system", "SLA-03"),
    ]


async def test_open_pages_are_told_of_each_breach_once(
    yunqi: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the sound of a breach waits for."""
    said: list[tuple[str, object]] = []
    monkeypatch.setattr(sweeper.live, "changed", lambda *notice: said.append(notice))
    case = await begun(yunqi)
    await swept(yunqi, START + timedelta(minutes=12))
    assert said == [("tickets", case.id)]
    await swept(yunqi, START + timedelta(minutes=16))
    await swept(yunqi, START + timedelta(minutes=31))
    assert said.count(("breaches", case.id)) == 1


async def test_a_sweep_that_comes_late_gives_no_warning_any_more(yunqi: Company) -> None:
    case = await begun(yunqi)
    await swept(yunqi, START + timedelta(hours=3))
    assert await told(yunqi, case.id) == [BREACHED, ("clock.escalated", "SLA-03", 1)]


@pytest.mark.spec("TK-05")
async def test_the_second_breach_of_a_record_goes_up_at_once(yunqi: Company) -> None:
    case = await begun(yunqi)
    await swept(yunqi, START + timedelta(minutes=16))
    await case.happens("start", START + timedelta(minutes=17))
    await case.happens("reopen", START + timedelta(minutes=60))
    await swept(yunqi, START + timedelta(minutes=76))
    assert await told(yunqi, case.id) == [BREACHED, BREACHED, ("clock.escalated", "SLA-03", 1)]


async def test_a_limit_that_is_only_noted_is_marked_but_tells_nobody(yunqi: Company) -> None:
    case = Case(yunqi, clocks("SLA-29", "register", "accept"))
    await case.happens("register", START)
    assert await swept(yunqi, START + timedelta(hours=5)) == 1
    assert (await case.only("SLA-29")).breached_at is not None
    assert await told(yunqi, case.id) == []


@pytest.mark.spec("SLA-14b")
async def test_the_earlier_target_is_a_warning_of_its_own(yunqi: Company) -> None:
    case = Case(yunqi, clocks("SLA-14b", "register", "answer"))
    await case.happens("register", at("2026-11-20 16:00"))
    await swept(yunqi, at("2026-11-23 17:59"))
    assert await told(yunqi, case.id) == []
    await swept(yunqi, at("2026-11-23 18:01"))
    assert await told(yunqi, case.id) == [("clock.warned", "SLA-14b", 0)]
    await swept(yunqi, at("2026-11-25 17:59"))
    assert [name for name, _c, _l in await told(yunqi, case.id)] == ["clock.warned", "clock.warned"]


async def test_two_sweepers_share_the_work_and_a_killed_ones_part_is_done_again(
    yunqi: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [await begun(yunqi) for _ in range(12)]
    monkeypatch.setattr(sweeper, "BATCH", 5)
    moment = START + timedelta(minutes=16)
    holding, killed = asyncio.Event(), asyncio.Event()

    async def doomed() -> None:
        async with yunqi.inside() as context:
            assert await sweep(context) == 5
            holding.set()
            await killed.wait()
            DB.unit().connection.terminate()

    with time_machine.travel(moment, tick=False):
        task = asyncio.create_task(doomed())
        await asyncio.wait_for(holding.wait(), 10)
        assert await swept(yunqi, moment) == 7
        killed.set()
        with pytest.raises(asyncpg.InterfaceError):
            await task
    assert len(await told(yunqi)) == 7
    assert await swept(yunqi, moment) == 5
    for case in cases:
        assert await told(yunqi, case.id) == [BREACHED]
    async with yunqi.inside():
        fired = await sql.records(
            "select kind, count(*) as n from core.sla_fire where tenant_id = $1 group by kind"
        )
    assert [tuple(row) for row in fired] == [("breach", 12)]


async def test_many_sweepers_at_once_fire_each_timer_once(
    yunqi: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [await begun(yunqi) for _ in range(30)]
    monkeypatch.setattr(sweeper, "BATCH", 4)
    moment = START + timedelta(minutes=16)

    async def until_nothing_is_left() -> int:
        total = 0
        while True:
            async with yunqi.inside() as context:
                count = await sweep(context)
            total += count
            if not count:
                return total

    with time_machine.travel(moment, tick=False):
        done = await asyncio.gather(*(until_nothing_is_left() for _ in range(4)))
    assert sum(done) + await swept(yunqi, moment) == 30
    for case in cases:
        assert await told(yunqi, case.id) == [BREACHED]


async def test_a_record_that_somebody_works_on_is_left_for_the_next_round(yunqi: Company) -> None:
    case = await begun(yunqi)
    moment = START + timedelta(minutes=16)
    locked = asyncio.Event()

    async def sweep_meanwhile() -> int:
        await locked.wait()
        return await swept(yunqi, moment)

    sweeping = asyncio.create_task(sweep_meanwhile())
    async with yunqi.inside():
        await engine.locked(case.flow, case.id)
        locked.set()
        assert await sweeping == 0
    assert await swept(yunqi, moment) == 1


async def test_nothing_fires_twice_even_by_mistake(yunqi: Company) -> None:
    case = await begun(yunqi)
    await swept(yunqi, START + timedelta(minutes=16))
    async with yunqi.inside():
        await sql.execute(
            "update core.sla_clock set breached_at = null, next_fire_at = late_at"
            " where tenant_id = $1 and record_id = $2",
            case.id,
        )
    with pytest.raises(asyncpg.UniqueViolationError):
        await swept(yunqi, START + timedelta(minutes=17))
    assert await told(yunqi, case.id) == [BREACHED]


async def test_two_thousand_timers_in_few_statements(yunqi: Company) -> None:
    records = await _tickets(yunqi, 2000)
    statements, done = [], []
    with time_machine.travel(START + timedelta(minutes=16), tick=False):
        while not done or done[-1]:
            async with yunqi.inside() as context:
                done.append(await sweep(context))
                statements.append(DB.unit().statements)
    assert done == [500, 500, 500, 500, 0]
    assert max(statements) <= 8
    announced = await told(yunqi)
    assert announced == [BREACHED] * 2000
    async with yunqi.inside():
        red = await sql.value("select count(*) from core.tickets_ticket where tenant_id = $1 and breached")
    assert red == len(records)


async def _tickets(company: Company, number: int) -> list[UUID]:
    """So many tickets with a quarter of an hour each, written in bulk."""
    by = rules(SlaPolicy(), Versions(), national(), 0)
    limit = by.policy.limits["SLA-03"]
    identities = [new_id() for _ in range(number)]
    rows = [bare(company, identity) for identity in identities]
    names = list(rows[0])
    holes = ", ".join(f"${n}" for n in range(2, len(names) + 2))
    runs = [
        begin("SLA-03", limit, by, flow="repair", record=identity, project=company.project, at=START)
        for identity in identities
    ]
    async with company.inside():
        await sql.execute_many(
            f"insert into core.tickets_ticket (tenant_id, {', '.join(names)}) values ($1, {holes})",
            [[row[name] for name in names] for row in rows],
        )
        for first in range(0, number, 500):
            await put(runs[first : first + 500])
    return identities


async def test_companies_with_due_clocks_come_first_in_line(yunqi: Company, cuihu: Company) -> None:
    await begun(yunqi)
    late = Case(cuihu, clocks("SLA-02"))
    await late.happens("register", START)

    async def due_at(minutes: float) -> list[UUID]:
        with time_machine.travel(START + timedelta(minutes=minutes), tick=False):
            async with unit_of_work(None, "sys"):
                found = await due_tenants()
        return [tenant for tenant in found if tenant in {yunqi.tenant.id, cuihu.tenant.id}]

    assert await due_at(2) == []
    assert await due_at(4) == [cuihu.tenant.id]
    assert await due_at(16) == [cuihu.tenant.id, yunqi.tenant.id]


async def test_the_scheduler_can_run_it(yunqi: Company, cuihu: Company) -> None:
    cases = [await begun(yunqi), await begun(cuihu)]
    with time_machine.travel(START + timedelta(minutes=16), tick=False):
        assert await sweep_everywhere(Sweep(name="clocks", due_tenants=due_tenants, run=sweep)) >= 2
    for case in cases:
        assert await told(case.company, case.id) == [BREACHED]


async def test_clocks_of_a_flow_that_is_switched_off_wait(yunqi: Company) -> None:
    case = await begun(yunqi)
    async with yunqi.inside():
        await sql.execute(
            "update core.sla_clock set flow = 'gone' where tenant_id = $1 and record_id = $2", case.id
        )
    assert await swept(yunqi, START + timedelta(minutes=16)) == 0
    assert await told(yunqi, case.id) == []
    async with yunqi.inside():
        await sql.execute(
            "update core.sla_clock set flow = 'repair' where tenant_id = $1 and record_id = $2", case.id
        )
    assert await swept(yunqi, START + timedelta(minutes=77)) == 1
