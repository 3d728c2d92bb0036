"""Every rule by which events of a record start, stop, restart, withdraw and pause its clocks."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from core.kit import sql
from core.kit.database import savepoint
from core.policies import actions as policies
from core.sla.queries import runs_of
from core.sla.storing import put
from tests.core.sla.cases import Case, acting, clocks, swept, told
from tests.core.sla.oracle import at
from tests.factories import Company

pytestmark = pytest.mark.anyio
DAY = "2026-11-23"
WAITING = "waiting_customer waiting_third_party"


def sized(code: str, *sizes: str | None) -> Any:
    """A repair's size class as the real flow has it."""
    return clocks(
        code,
        "register reopen assign resize",
        "complete",
        pauses_in=WAITING,
        begins_at="work_starts_at",
        withdrawn_on="cancel",
        runs_if=lambda row: row["size"] in sizes,
    )


@pytest.mark.spec("EX-01", "SLA-02")
async def test_met_at_the_due_second_late_one_second_after(yunqi: Company) -> None:
    in_time, late = Case(yunqi, clocks("SLA-02")), Case(yunqi, clocks("SLA-02"))
    for case, stopped in ((in_time, "10:03:20"), (late, "10:03:21")):
        await case.happens("register", f"{DAY} 10:00:20")
        clock = await case.only("SLA-02")
        assert (clock.started_at, clock.due_at) == (at(f"{DAY} 10:00:20"), at(f"{DAY} 10:03:20"))
        assert clock.warn_at == at(f"{DAY} 10:02:35")
        assert await case.standing() == (clock.due_at, False, 1)
        await case.happens("accept", f"{DAY} {stopped}", state="accepted")
    met, breached = await in_time.only("SLA-02"), await late.only("SLA-02")
    assert (met.outcome, met.breached_at) == ("met", None)
    assert (breached.outcome, breached.breached_at) == ("late", at(f"{DAY} 10:03:21"))
    assert await told(yunqi, in_time.id) == []
    assert await told(yunqi, late.id) == [("clock.breached", "SLA-02", 0)]
    assert await late.standing() == (None, False, 1)


async def test_a_late_stop_tells_nothing_that_the_sweep_has_told(yunqi: Company) -> None:
    case = Case(yunqi, clocks("SLA-02"))
    await case.happens("register", f"{DAY} 10:00")
    await swept(yunqi, f"{DAY} 10:03:01")
    assert await case.standing() == (at(f"{DAY} 10:03"), True, 1)
    await case.happens("accept", f"{DAY} 10:05")
    assert await told(yunqi, case.id) == [("clock.breached", "SLA-02", 0)]
    assert (await case.only("SLA-02")).outcome == "late"
    assert await case.standing() == (None, False, 1)


async def test_a_start_while_it_runs_changes_nothing(yunqi: Company) -> None:
    case = Case(yunqi, clocks("SLA-03", "register reopen", "start"))
    await case.happens("register", f"{DAY} 10:00")
    await case.happens("reopen", f"{DAY} 10:10")
    assert (await case.only("SLA-03")).started_at == at(f"{DAY} 10:00")
    await case.happens("start", f"{DAY} 10:12")
    await case.happens("reopen", f"{DAY} 11:00")
    assert [c.outcome for c in await case.clocks("SLA-03")] == ["met", None]


async def test_events_that_mean_nothing_cost_nothing(yunqi: Company) -> None:
    case = Case(yunqi, clocks("SLA-02"), clocks("SLA-20", "register", "progress"))
    await case.happens("register", f"{DAY} 10:00")
    assert case.statements <= 4
    await case.happens("remark", f"{DAY} 10:01")
    assert case.statements == 0
    await case.happens("accept", f"{DAY} 10:02", state="accepted")
    assert case.statements <= 3


async def test_it_runs_only_while_its_condition_holds(yunqi: Company) -> None:
    case = Case(yunqi, clocks("SLA-03", "register", "start", runs_if=lambda row: bool(row["immediate"])))
    await case.happens("register", f"{DAY} 10:00", immediate=True)
    await case.happens("assign", f"{DAY} 10:05", immediate=False, appointment_at=at(f"{DAY} 15:00"))
    gone = await case.only("SLA-03")
    assert (gone.outcome, gone.stopped_at, gone.breached_at) == ("withdrawn", at(f"{DAY} 10:05"), None)
    assert await swept(yunqi, f"{DAY} 12:00") == 0
    assert await told(yunqi, case.id) == []


async def test_it_does_not_start_where_the_condition_does_not_hold(yunqi: Company) -> None:
    case = Case(yunqi, clocks("SLA-03", "register", "start", runs_if=lambda row: bool(row["immediate"])))
    await case.happens("register", f"{DAY} 10:00")
    assert await case.clocks() == []


async def test_it_is_withdrawn_by_name(yunqi: Company) -> None:
    case = Case(yunqi, clocks("SLA-08", "register", "complete", withdrawn_on="cancel", pauses_in=WAITING))
    await case.happens("register", f"{DAY} 10:00")
    await case.happens("wait_customer", f"{DAY} 11:00", state="waiting_customer")
    await case.happens("cancel", f"{DAY} 12:00", state="cancelled")
    assert (await case.only("SLA-08")).outcome == "withdrawn"
    assert await case.standing() == (None, False, 1)


@pytest.mark.spec("EX-06", "SLA-05")
async def test_a_heartbeat_restarts_with_each_report(yunqi: Company) -> None:
    await _butlers(yunqi)
    case = Case(yunqi, clocks("SLA-05", "accept", "complete", restarts_on="butler_report"))
    await case.happens("register", f"{DAY} 09:00")
    await case.happens("butler_report", f"{DAY} 09:01")
    assert await case.clocks() == []
    await case.happens("accept", f"{DAY} 09:02")
    await case.happens("butler_report", f"{DAY} 10:20")
    await case.happens("butler_report", f"{DAY} 14:20:01")
    first, second, third = await case.clocks("SLA-05")
    assert [first.outcome, second.outcome, third.outcome] == ["met", "late", None]
    assert (first.stopped_at, second.started_at, second.due_at) == (
        at(f"{DAY} 10:20"), at(f"{DAY} 10:20"), at(f"{DAY} 14:20"),
    )  # fmt: skip
    await case.happens("complete", f"{DAY} 15:00")
    assert [c.outcome for c in await case.clocks("SLA-05")] == ["met", "late", "met"]


@pytest.mark.spec("SLA-04")
async def test_an_appointment_is_its_own_due_moment_and_may_move(yunqi: Company) -> None:
    case = Case(
        yunqi,
        clocks("SLA-04", "register assign", "start", restarts_on="assign", due_at="appointment_at",
               runs_if=lambda row: row["appointment_at"] is not None),
    )  # fmt: skip
    await case.happens("register", f"{DAY} 10:00")
    assert await case.clocks() == []
    await case.happens("assign", f"{DAY} 10:05", appointment_at=at(f"{DAY} 15:00"))
    assert (await case.only("SLA-04")).due_at == at(f"{DAY} 15:00")
    await case.happens("assign", f"{DAY} 10:10")
    assert (await case.only("SLA-04")).stopped_at is None
    await case.happens("assign", f"{DAY} 11:00", appointment_at=at(f"{DAY} 16:00"))
    old, new = await case.clocks("SLA-04")
    assert (old.outcome, new.outcome, new.due_at) == ("withdrawn", None, at(f"{DAY} 16:00"))
    await case.happens("start", f"{DAY} 16:10")
    assert (await case.clocks("SLA-04"))[1].outcome == "met", "ten minutes are tolerated"


async def test_ten_minutes_and_a_second_after_an_appointment_are_late(yunqi: Company) -> None:
    case = Case(yunqi, clocks("SLA-04", "register", "start", due_at="appointment_at"))
    await case.happens("register", f"{DAY} 10:00", appointment_at=at(f"{DAY} 16:00"))
    await case.happens("start", f"{DAY} 16:10:01")
    assert (await case.only("SLA-04")).outcome == "late"


@pytest.mark.spec("RP-01", "SLA-07", "SLA-08")
async def test_the_size_classes_stand_for_one_another(yunqi: Company) -> None:
    case = Case(yunqi, sized("SLA-07", None, "minor"), sized("SLA-08", None, "medium"))
    await case.happens("register", f"{DAY} 10:00")
    assert [c.due_at for c in await case.clocks()] == [at(f"{DAY} 18:00"), at("2026-11-26 21:00")]
    assert await case.standing() == (at(f"{DAY} 18:00"), False, 1)
    await case.happens("assign", f"{DAY} 11:00", state="accepted", size="minor")
    assert {c.code: c.outcome for c in await case.clocks()} == {"SLA-07": None, "SLA-08": "withdrawn"}
    await case.happens("wait_customer", f"{DAY} 12:00", state="waiting_customer")
    assert (await case.only("SLA-07")).paused
    assert await case.standing() == (None, False, 1)
    await case.happens("resize", f"{DAY} 13:00", size="medium")
    assert (await case.only("SLA-07")).outcome == "withdrawn"
    medium = (await case.clocks("SLA-08"))[1]
    assert (medium.started_at, medium.paused, medium.stopped_at) == (at(f"{DAY} 10:00"), True, None)
    await case.happens("resume", f"{DAY} 14:00", state="in_progress")
    await case.happens("resize", f"{DAY} 15:00", size="minor")
    again = (await case.clocks("SLA-07"))[1]
    assert (again.started_at, again.due_at) == (at(f"{DAY} 10:00"), at(f"{DAY} 20:00")), (
        "two hours were paused"
    )


async def test_a_booked_repair_counts_from_its_appointment(yunqi: Company) -> None:
    case = Case(yunqi, sized("SLA-07", None, "minor"))
    await case.happens("register", f"{DAY} 10:00", appointment_at=at(f"{DAY} 15:00"))
    clock = await case.only("SLA-07")
    assert (clock.started_at, clock.due_at) == (at(f"{DAY} 15:00"), at(f"{DAY} 23:00"))


async def test_a_reopened_repair_begins_anew_with_the_reopening(yunqi: Company) -> None:
    case = Case(yunqi, sized("SLA-07", None, "minor"))
    await case.happens("register", f"{DAY} 10:00")
    await case.happens("complete", f"{DAY} 12:00", state="done")
    await case.happens("reopen", "2026-11-25 10:00", state="dispatched")
    assert (await case.clocks("SLA-07"))[1].started_at == at("2026-11-25 10:00")
    await case.happens("assign", "2026-11-25 11:00", state="accepted", size="minor")
    assert len(await case.clocks("SLA-07")) == 2


async def test_paused_time_does_not_count(yunqi: Company) -> None:
    case = Case(yunqi, sized("SLA-07", None))
    await case.happens("register", f"{DAY} 10:00")
    await case.happens("wait_customer", f"{DAY} 12:00", state="waiting_customer")
    await case.happens("wait_third_party", f"{DAY} 13:00", state="waiting_third_party")
    assert await swept(yunqi, "2026-11-24 12:00") == 0, "a clock that stands still sets nothing off"
    await case.happens("resume", "2026-11-24 12:00", state="in_progress")
    clock = await case.only("SLA-07")
    assert (clock.due_at, clock.warn_at) == (at("2026-11-24 18:00"), at("2026-11-24 16:00"))
    assert (await case.standing())[0] == clock.due_at
    await case.happens("complete", "2026-11-24 18:00", state="done")
    assert (await case.only("SLA-07")).outcome == "met"


async def test_what_stops_while_it_stands_still_is_measured_without_the_pause(yunqi: Company) -> None:
    case = Case(yunqi, sized("SLA-07", None))
    await case.happens("register", f"{DAY} 10:00")
    await case.happens("wait_customer", f"{DAY} 17:59", state="waiting_customer")
    await case.happens("complete", "2026-11-25 09:00", state="done")
    assert (await case.only("SLA-07")).outcome == "met"


@pytest.mark.spec("EX-38", "SLA-10")
async def test_what_is_off_in_the_policy_has_no_clock(yunqi: Company, cuihu: Company) -> None:
    """The product's default has no sheets back the same day, the butlers' preset has."""
    await _butlers(cuihu)
    sheets = clocks("SLA-10", "dispatch", "return_sheet")
    here, there = Case(yunqi, sheets), Case(cuihu, sheets)
    for case in (here, there):
        await case.happens("dispatch", f"{DAY} 20:40")
        await case.happens("return_sheet", "2026-11-24 09:10")
    assert await here.clocks() == []
    sheet = await there.only("SLA-10")
    assert (sheet.due_at, sheet.outcome) == (at(f"{DAY} 21:00"), "late")


@pytest.mark.spec("TK-05")
async def test_a_running_case_keeps_the_policy_it_started_under(yunqi: Company) -> None:
    repeated = clocks("SLA-54", "register", "answer", restarts_on="first_reply", pauses_in=WAITING)
    old, new = Case(yunqi, repeated), Case(yunqi, repeated)
    start = at("2030-01-02 10:00")
    await old.happens("register", start)
    async with acting(yunqi, "policies.policy.edit"):
        await policies.publish(None, None, {"sla": {"limits": {"SLA-54": {"amount": 60}}}})
    await new.happens("register", start)
    await old.happens("first_reply", start + timedelta(minutes=10))
    await old.happens("wait_customer", start + timedelta(minutes=20), state="waiting_customer")
    await old.happens("resume", start + timedelta(minutes=40), state="in_progress")
    assert (await new.only("SLA-54")).due_at - start == timedelta(minutes=60)
    restarted = (await old.clocks("SLA-54"))[1]
    assert restarted.due_at - start == timedelta(minutes=10 + 30 + 20)
    async with yunqi.inside():
        kept = await sql.records(
            "select distinct policy_company from core.sla_clock where tenant_id = $1 and record_id = $2",
            old.id,
        )
    assert len(kept) == 1


async def test_a_record_has_one_running_clock_of_a_limit(yunqi: Company) -> None:
    case = Case(yunqi, clocks("SLA-02"))
    await case.happens("register", f"{DAY} 10:00")
    async with yunqi.inside():
        runs, _edition = await runs_of(case.id)
        runs[0].id = case.id
        with pytest.raises(asyncpg.UniqueViolationError):
            async with savepoint():
                await put(runs)


async def _butlers(company: Company) -> None:
    async with company.inside():
        await policies.choose_preset("butler_4h")
