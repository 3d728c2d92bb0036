"""Clocks of real tickets under both presets: they start, warn, breach, escalate, each once, and end."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from core.kit import clock, sql
from core.kit.clock import SHANGHAI
from tests.core.tickets.moves import Crew, ok
from tests.factories import Browser, Company, company
from tests.working_off import sweep, work_off

pytestmark = pytest.mark.anyio
MONDAY = datetime(2026, 11, 23, 10, 0, 20, tzinfo=SHANGHAI)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    with time_machine.travel(moment, tick=False):
        yield


def clocks(ticket: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {c["code"]: c for c in ticket["clocks"]}


def local(text: str) -> str:
    return clock.local(datetime.fromisoformat(text)).strftime("%m-%d %H:%M:%S")


async def again(who: Browser, ticket: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = (await who.get(f"/api/v1/tickets/{ticket['id']}")).json()
    return shown


async def notices(who: Browser) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await who.get("/api/v1/notifications")).json()["items"]
    return items


@pytest.mark.spec("EX-01", "SLA-02")
@pytest.mark.parametrize(("second", "breached"), [(20, False), (21, True)])
async def test_met_to_the_second(yunqi: Company, second: int, breached: bool) -> None:
    """EX-01: registered 10:00:20, signed 10:03:20 is met, 10:03:21 a breach."""
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        ticket = await crew.dispatched()
    assert local(clocks(ticket)["SLA-02"]["due_at"]) == "11-23 10:03:20"
    with at(MONDAY.replace(minute=3, second=second)):
        ticket = await ok(crew.dispatcher, ticket, "accept")
    stopped = clocks(ticket)["SLA-02"]
    assert stopped["stopped_at"] is not None
    assert (stopped["breached_at"] is not None) == breached


@pytest.mark.spec("SLA-03", "EX-02")
async def test_fifteen_minutes_to_be_there(yunqi: Company) -> None:
    with at(MONDAY.replace(day=21, hour=23, minute=52, second=0)):
        crew = await Crew(yunqi).gather()
        ticket = await crew.registered()
    assert local(clocks(ticket)["SLA-03"]["due_at"]) == "11-22 00:07:00"


@pytest.mark.spec("SLA-07", "SLA-08", "SLA-09", "RP-01")
async def test_the_size_decides_which_clock_stays(yunqi: Company) -> None:
    """Until engineering has looked, both run; afterwards one does, from the same start (RP-01 Exc)."""
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        ticket = await crew.accepted()
        running = {code for code, c in clocks(ticket).items() if c["stopped_at"] is None}
        assert {"SLA-07", "SLA-08"} <= running
    with at(MONDAY + timedelta(hours=1)):
        ticket = await ok(crew.dispatcher, ticket, "assign", engineer=crew.engineer_id, size="medium")
    running = {code: c for code, c in clocks(ticket).items() if c["stopped_at"] is None}
    assert "SLA-07" not in running
    assert local(running["SLA-08"]["due_at"]) == "11-26 21:00:00"
    with at(MONDAY + timedelta(hours=2)):
        supervisor = await yunqi.signed_in("engineering_supervisor")
        ticket = await ok(supervisor, ticket, "resize", size="minor", reason="只是阀门")
    running = {code: c for code, c in clocks(ticket).items() if c["stopped_at"] is None}
    assert local(running["SLA-07"]["due_at"]) == "11-23 18:00:20"
    assert "SLA-08" not in running


@pytest.mark.spec("SLA-05", "EX-06")
async def test_the_butler_reports_every_four_hours_where_the_preset_says_so(app: Any, yunqi: Company) -> None:
    cuihu = await company(app, locale="zh-Hant", preset="butler_4h")
    with at(MONDAY):
        assert "SLA-05" not in clocks(await (await Crew(yunqi).gather()).accepted())
        crew = await Crew(cuihu).gather()
        ticket = await crew.accepted()
    assert local(clocks(ticket)["SLA-05"]["due_at"]) == "11-23 14:00:20"
    with at(MONDAY.replace(minute=20, second=0)):
        butler = await cuihu.signed_in("butler")
        await butler.post(
            f"/api/v1/tickets/{ticket['id']}/notes", {"type": "butler_report", "note": "已约师傅"}
        )
        ticket = await again(butler, ticket)
    running = [c for c in ticket["clocks"] if c["code"] == "SLA-05" and c["stopped_at"] is None]
    assert [local(c["due_at"]) for c in running] == ["11-23 14:20:00"]


@pytest.mark.spec("TK-04", "SLA-07")
async def test_waiting_stands_still(yunqi: Company) -> None:
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        ticket = await crew.on_site()
        ticket = await ok(crew.engineer, ticket, "wait_customer", reason="无人在家")
    assert clocks(ticket)["SLA-07"]["paused"]
    with at(MONDAY + timedelta(hours=3)):
        crew = await Crew(yunqi).gather()
        ticket = await ok(crew.engineer, ticket, "resume")
    assert local(clocks(ticket)["SLA-07"]["due_at"]) == "11-23 21:00:20"
    assert not clocks(ticket)["SLA-07"]["paused"]


@pytest.mark.spec("TK-04")
async def test_a_cancelled_ticket_has_no_clock_left(yunqi: Company) -> None:
    crew = await Crew(yunqi).gather()
    ticket = await ok(crew.desk, await crew.registered(), "cancel", reason="业主撤回", confirmed_by="陈先生")
    assert all(c["stopped_at"] is not None for c in ticket["clocks"])
    assert {c["outcome"] for c in ticket["clocks"]} == {"withdrawn"}


@pytest.mark.spec("TK-05", "JOB-24", "SLA-02")
async def test_warned_breached_escalated_each_once(yunqi: Company) -> None:
    """A reminder at 75 %, a breach to the handler and the one above, the next level at twice the limit."""
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        await yunqi.signed_in("cs_manager")
        await yunqi.person("cs_administrator")
        ticket = await crew.registered()
        await work_off(yunqi)
    for minutes in (1, 2, 2.5, 3.1, 4, 6.1, 7, 30):
        with at(MONDAY + timedelta(minutes=minutes)):
            await asyncio.gather(sweep(yunqi), sweep(yunqi))
            await work_off(yunqi)
    async with yunqi.inside():
        rows = await sql.records(
            "select person_id, event, params->>'limit' as what from core.notifications_notice"
            " where tenant_id = $1 and event like 'clock.%'"
        )
    counted = Counter((r["person_id"], r["event"], r["what"]) for r in rows)
    assert set(counted.values()) == {1}, counted
    mine = {(r["person_id"], r["event"]) for r in rows if r["what"] == "报修单交工程签收"}
    desk, administrator = yunqi.people["front_desk_agent"], yunqi.people["cs_administrator"]
    assert (desk, "clock.warned") in mine
    assert {(desk, "clock.breached"), (administrator, "clock.breached")} <= mine
    assert (yunqi.people["cs_supervisor"], "clock.escalated") in mine
    with at(MONDAY + timedelta(minutes=31)):
        ticket = await again(await yunqi.signed_in("front_desk_agent"), ticket)
    assert clocks(ticket)["SLA-02"]["breached_at"] is not None


async def test_due_first_and_overdue_lists(yunqi: Company) -> None:
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        urgent = await crew.registered()
        calm = await crew.registered(immediate=False, urgency="normal")
    with at(MONDAY + timedelta(minutes=5)):
        await sweep(yunqi)
        desk = await yunqi.signed_in("front_desk_agent")
        late = (await desk.get("/api/v1/tickets", params={"overdue": "true"})).json()["items"]
        due = (await desk.get("/api/v1/tickets", params={"sort": "due"})).json()["items"]
    assert {t["number"] for t in late} == {urgent["number"], calm["number"]}
    assert [t["number"] for t in due][:2] == [urgent["number"], calm["number"]]


@pytest.mark.spec("TK-01", "TK-04")
async def test_who_is_told(yunqi: Company) -> None:
    """At registration the butler, at dispatch the department's order-taker, at assignment the engineer."""
    crew = await Crew(yunqi).gather()
    await crew.assigned()
    await work_off(yunqi)
    assert [n["event"] for n in await notices(crew.engineer)] == ["ticket.moved"]
    told = await notices(crew.dispatcher)
    assert len(told) == 1
    assert "3-2-1801" in told[0]["text"]
    read = await crew.dispatcher.post("/api/v1/notifications", {"ids": []})
    assert read.json() == {"read": 1}
