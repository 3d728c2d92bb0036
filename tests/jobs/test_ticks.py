"""Periodic jobs run once per due moment, however many schedulers there are, and once after a downtime."""

import asyncio
from datetime import datetime, timedelta

import pytest

from core.builtin import jobs as builtin_jobs
from core.kit import clock
from core.kit.ids import new_id
from jobs import ticks
from jobs.ticks import Clockwork
from tests.jobs.conftest import Office

pytestmark = pytest.mark.anyio

TICKS = "select * from core.kit_tick where tenant_id = $1 and job = 'sample.hourly' order by due_at"
MESSAGES = "select * from core.kit_outbox where tenant_id = $1 and name = 'sample.hourly'"
TICKED = "insert into core.kit_tick (tenant_id, job, due_at) values ($1, 'sample.hourly', $2)"


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.SHANGHAI)


@pytest.mark.parametrize(
    ("cron", "now", "due"),
    [
        ("17 3 * * *", "2026-11-24T03:17:00", "2026-11-24T03:17:00"),
        ("17 3 * * *", "2026-11-24T03:16:59", "2026-11-23T03:17:00"),
        ("0 2 1 * *", "2026-11-24T00:00:00", "2026-11-01T02:00:00"),
        ("*/5 * * * *", "2026-11-24T08:04:59", "2026-11-24T08:00:00"),
        ("0 9 * * 1-5", "2026-11-22T12:00:00", "2026-11-20T09:00:00"),
        ("0 0 29 2 *", "2026-11-24T08:00:00", "2024-02-29T00:00:00"),
    ],
)
def test_last_due_moment_is_in_shanghai_time(cron: str, now: str, due: str) -> None:
    assert ticks.last_due(cron, shanghai(now)) == shanghai(due)
    utc = shanghai(now).astimezone(tz=clock.ZoneInfo("UTC"))
    assert ticks.last_due(cron, utc) == shanghai(due)


@pytest.mark.spec("R6")
async def test_three_schedulers_make_one_tick_and_one_message(office: Office) -> None:
    since = clock.now() - timedelta(hours=2)
    await asyncio.gather(*(ticks.tick(Clockwork(since)) for _ in range(3)))
    rows = await office.ask(TICKS)
    assert [row["due_at"] for row in rows] == [ticks.last_due("0 * * * *", clock.now())]
    assert len(await office.ask(MESSAGES)) == 1


async def test_scheduler_ticks_once_per_moment(office: Office) -> None:
    clockwork = Clockwork(clock.now() - timedelta(hours=2))
    await ticks.tick(clockwork)
    assert await ticks.tick(clockwork) == 0
    assert len(await office.ask(MESSAGES)) == 1


async def test_what_was_missed_during_a_downtime_runs_once(office: Office) -> None:
    await office.run(TICKED, ticks.last_due("0 * * * *", clock.now() - timedelta(hours=7)))
    await ticks.tick(ticks.begun())
    assert len(await office.ask(TICKS)) == 2
    assert len(await office.ask(MESSAGES)) == 1


async def test_new_company_does_not_run_what_was_due_before_it(office: Office) -> None:
    await ticks.tick(ticks.begun())
    assert await office.ask(MESSAGES) == []


async def test_company_with_the_plugin_off_is_left_out(office: Office) -> None:
    await office.switch(on=False)
    await ticks.tick(Clockwork(clock.now() - timedelta(hours=2)))
    assert await office.ask(TICKS) == []


async def test_suspended_company_is_left_out(office: Office) -> None:
    await office.run("update core.tenants_tenant set state = 'suspended' where id = $1")
    await ticks.tick(Clockwork(clock.now() - timedelta(hours=2)))
    assert await office.ask(TICKS) == []


async def test_cleaning_keeps_what_is_still_needed(office: Office) -> None:
    old, done = new_id(), new_id()
    for identity, column in ((old, "parked_at"), (done, "done_at")):
        await office.run(
            "insert into core.kit_outbox (tenant_id, id, kind, name, payload, due_at, created_at, "
            f"{column}) values ($1, $2, 'job', 'x', '{{}}', now(), now() - interval '9 days', "
            "now() - interval '8 days')",
            identity,
        )
        await office.run(
            "insert into core.kit_inbox (tenant_id, id, consumer, at) "
            "values ($1, $2, 'x', now() - interval '8 days')",
            identity,
        )
    for hours in (300, 299, 1):
        await office.run(
            "insert into core.kit_tick (tenant_id, job, due_at, at) values ($1, 'x', $2, $2)",
            clock.now() - timedelta(hours=hours),
        )
    await office.run(
        "insert into core.kit_tick (tenant_id, job, due_at, at) values ($1, 'yearly', $2, $2)",
        clock.now() - timedelta(days=300),
    )
    async with office.inside():
        await builtin_jobs.clean()
    assert [row["id"] for row in await office.ask("select id from core.kit_outbox where tenant_id = $1")] == [
        old
    ]
    assert [row["id"] for row in await office.ask("select id from core.kit_inbox where tenant_id = $1")] == [
        old
    ]
    left = await office.ask("select job from core.kit_tick where tenant_id = $1 order by job")
    assert [row["job"] for row in left] == ["x", "yearly"]
