"""TK-06: what is on a project's closing list, before its close, at it, and when it is read later."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine

from core.households.actions import create_project
from core.kit.clock import SHANGHAI
from core.policies.actions import publish
from tests.core.tickets.moves import Crew, ok
from tests.factories import Browser, Company, company
from tests.working_off import sweep, work_off

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("while_open")]
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)
CLOSE = MONDAY.replace(hour=21)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    with time_machine.travel(moment, tick=False):
        yield


async def closing(who: Browser, **asked: Any) -> dict[str, Any]:
    answer = await who.get("/api/v1/carryover", params=asked)
    assert answer.status_code == 200, answer.json()
    found: dict[str, Any] = answer.json()
    return found


async def numbers(who: Browser, **asked: Any) -> list[str]:
    return [line["number"] for line in (await closing(who, **asked))["lines"]]


async def desk_at(made: Company, moment: datetime) -> Browser:
    """Sessions do not outlive a jump of days."""
    with at(moment):
        return await made.signed_in("front_desk_agent")


async def receive(made: Company, project: UUID | None, **frame: Any) -> None:
    """Have the project (or the whole company) receive in these hours, since a week before."""
    with at(MONDAY - timedelta(days=7)):
        async with made.inside():
            await publish(project, None, {"sla": {"service_window": [frame]}})


async def enter(who: Browser, ticket: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = {"ticket": ticket["id"], "reason": "等配件到货", "next_step": "明早催仓库", **more}
    answer = await who.post("/api/v1/carryover/entries", body)
    assert answer.status_code == 201, answer.json()
    made: dict[str, Any] = answer.json()
    return made


@pytest.mark.spec("TK-06")
async def test_what_came_in_today_and_is_not_done(yunqi: Company) -> None:
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        done, waits = await crew.done(), await crew.on_site(content="客厅插座跳闸")
    with at(MONDAY + timedelta(hours=3)):
        found = await closing(crew.desk)
    assert (found["day"], found["open"], found["missing"]) == ("2026-11-23", True, 1)
    assert found["closes"] == "2026-11-23T13:00:00Z"
    [line] = found["lines"]
    assert (line["number"], line["entry_type"], line["carried"], line["entry"]) == (
        waits["number"], "unfinished", False, None,
    )  # fmt: skip
    assert (line["room"], line["state"], line["hand"]) == ("3-2-1801", "in_progress", "engineer甲")
    assert done["number"] not in str(found)


@pytest.mark.spec("TK-06")
async def test_what_comes_in_at_the_close_is_tomorrows(yunqi: Company) -> None:
    with at(CLOSE - timedelta(seconds=1)):
        crew = await Crew(yunqi).gather()
        before = await crew.registered()
    with at(CLOSE):
        after = await crew.registered(content="阳台灯不亮", duplicate="new")
        assert await numbers(crew.desk) == [before["number"]]
        assert await numbers(crew.desk, day="2026-11-24") == [before["number"], after["number"]]
    with at(CLOSE + timedelta(minutes=30)):
        assert (await closing(crew.desk))["day"] == "2026-11-23"
    with at(CLOSE + timedelta(minutes=30, seconds=1)):
        assert (await closing(crew.desk))["day"] == "2026-11-24"


@pytest.mark.spec("TK-06")
async def test_it_is_first_on_the_next_shifts_list(yunqi: Company) -> None:
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        old = await crew.registered(immediate=False, urgency="normal")
        await enter(crew.desk, old)
    morning = MONDAY + timedelta(days=1)
    desk = await desk_at(yunqi, morning)
    with at(morning):
        crew.desk = desk
        new = await crew.registered(content="刚报的漏水")
        found = await closing(desk)
    assert [(line["number"], line["carried"]) for line in found["lines"]] == [
        (old["number"], True),
        (new["number"], False),
    ]
    assert found["missing"] == 2


@pytest.mark.spec("TK-06")
async def test_what_was_promised_for_a_later_day_waits_for_it_unless_it_falls_due(yunqi: Company) -> None:
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        later = await crew.registered(kind="home_service", content="开荒保洁，业主周四在家", immediate=False)
        due = await crew.registered(
            content="周三上门换灯", immediate=False,
            appointment_at=(MONDAY + timedelta(days=2)).isoformat(), duplicate="new",
        )  # fmt: skip
        for ticket in (later, due):
            await enter(crew.desk, ticket, next_on="2026-11-26")
            await crew.desk.post(
                f"/api/v1/tickets/{ticket['id']}/notes", {"type": "progress", "note": "已告知业主"}
            )
    seen = {}
    for days in (1, 2, 3):
        moment = MONDAY + timedelta(days=days)
        desk = await desk_at(yunqi, moment)
        with at(moment):
            seen[days] = set(await numbers(desk))
    assert seen[1] == set()
    assert seen[2] == {due["number"]}
    assert seen[3] == {later["number"], due["number"]}


@pytest.mark.spec("TK-06")
async def test_a_list_gone_by_stays_as_it_was_at_the_close(yunqi: Company) -> None:
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        evening, night = await crew.on_site(), await crew.on_site(content="客厅插座跳闸")
        await enter(crew.desk, evening)
        gone = await crew.registered(content="业主自己修好了", duplicate="new")
        await ok(crew.desk, gone, "cancel", reason="业主自行解决", confirmed_by="陈志远")
    with at(CLOSE + timedelta(minutes=10)):
        crew = await Crew(yunqi).gather()
        for ticket in (evening, night):
            await ok(crew.engineer, ticket, "complete", work="更换角阀一只", signature_exemption="refused")
    with at(CLOSE + timedelta(minutes=20)):
        await ok(crew.desk, night, "return_sheet")
        await crew.called_back(night, satisfaction="satisfied")
    morning = MONDAY + timedelta(days=1)
    desk = await desk_at(yunqi, morning)
    with at(morning):
        await ok(desk, night, "reopen", reason="又跳了")
        found = await closing(desk, day="2026-11-23")
        assert (await closing(desk))["day"] == "2026-11-24"
    assert (found["open"], found["missing"]) == (False, 1)
    assert {line["number"]: line["state"] for line in found["lines"]} == {
        evening["number"]: "in_progress",
        night["number"]: "in_progress",
    }


@pytest.mark.spec("TK-06")
async def test_days_without_reception_have_no_list(yunqi: Company) -> None:
    await receive(yunqi, None, opens="09:00", closes="18:00", days=[1, 2, 3, 4, 5])
    saturday = MONDAY + timedelta(days=5)
    with at(saturday):
        crew = await Crew(yunqi).gather()
        ticket = await crew.registered()
        assert (await closing(crew.desk))["day"] == "2026-11-30"
        assert await numbers(crew.desk) == [ticket["number"]]
        for day in ("2026-11-28", "2026-12-01"):
            assert (await crew.desk.get("/api/v1/carryover", params={"day": day})).status_code == 404


@pytest.mark.spec("RP-04", "SLA-10", "EX-38", "TK-06")
async def test_free_sheets_that_are_not_back_by_the_close_are_entered(app: Any) -> None:
    """EX-38: issued 20:40, returned 09:10 the next day: a breach, and the desk has to write why."""
    made = await company(app, preset="butler_4h")
    with at(CLOSE - timedelta(minutes=20)):
        crew = await Crew(made).gather()
        back = await crew.done()
        out = await crew.done(content="客厅插座跳闸", duplicate="new")
        sheet = {c["code"]: c["due_at"] for c in out["clocks"]}["SLA-10"]
        assert sheet == "2026-11-23T13:00:00Z"
        back = await ok(crew.desk, back, "return_sheet")
        assert await numbers(crew.desk) == [out["number"]]
    assert {c["code"]: c["outcome"] for c in back["clocks"]}["SLA-10"] == "met"
    with at(CLOSE + timedelta(seconds=1)):
        await sweep(made)
        await work_off(made)
        told = [n["text"] for n in (await crew.desk.get("/api/v1/notifications")).json()["items"]]
        assert any("收班清单" in text for text in told)
        [line] = (await closing(crew.desk))["lines"]
        assert (line["entry_type"], line["state"], line["entry"]) == ("unreturned_sheet", "done", None)
        assert line["sheet"].startswith("WX-")
        made_entry = await enter(crew.desk, out, reason="师傅把单带回家了", next_step="明早交回")
    assert (made_entry["entry_type"], made_entry["sheet"]) == ("unreturned_sheet", line["sheet"])
    morning = CLOSE + timedelta(hours=12, minutes=10)
    desk = await desk_at(made, morning)
    with at(morning):
        assert [(one["number"], one["carried"]) for one in (await closing(desk))["lines"]] == [
            (out["number"], True)
        ]
        out = await ok(desk, out, "return_sheet")
        assert await numbers(desk) == []
        [old] = (await closing(desk, day="2026-11-23"))["lines"]
    assert {c["code"]: c["outcome"] for c in out["clocks"]}["SLA-10"] == "late"
    assert old["entry"]["reason"] == "师傅把单带回家了"


@pytest.mark.spec("RP-04", "SLA-10", "SLA-11")
async def test_paid_sheets_follow_their_own_limit_and_free_ones_only_where_the_preset_says(
    app: Any, yunqi: Company
) -> None:
    """RP-04 is a rule of one source: elsewhere a free sheet may come back tomorrow; a paid one never does."""
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        free = await crew.done()
        assert await numbers(crew.desk) == []
        paid = await crew.on_site(paid=True, content="换马桶盖", duplicate="new")
        await ok(crew.engineer, paid, "quote", item="马桶盖", amount="120")
        await ok(crew.engineer, paid, "accept_price", accepted_by="陈志远", how="on_site")
        await ok(
            crew.engineer,
            paid,
            "complete",
            work="更换马桶盖一只",
            amount="120",
            signature_exemption="refused",
        )
        [line] = (await closing(crew.desk))["lines"]
    assert (line["number"], line["entry_type"]) == (paid["number"], "unreturned_sheet")
    assert free["number"] != line["number"]


async def test_each_project_closes_by_its_own_hours_and_is_seen_by_its_own_people(yunqi: Company) -> None:
    async with yunqi.inside():
        far = await create_project(name="云山苑", code="YS")
    await receive(yunqi, far, opens="08:00", closes="17:30")
    with at(MONDAY):
        await yunqi.person("front_desk_agent", project=far, username="far")
        crew = await Crew(yunqi).gather()
        here = await crew.registered()
        there = await crew.registered(
            project_id=str(far), household_id=None, place="2 栋电梯厅",
            contact_phone="13811112222", requester="保安队",
        )  # fmt: skip
        other = await yunqi.signed_in("far")
        assert (await closing(crew.desk, project=str(yunqi.project)))["closes"] == "2026-11-23T13:00:00Z"
        assert (await closing(crew.desk, project=str(far)))["closes"] == "2026-11-23T09:30:00Z"
        assert await numbers(crew.desk, project=str(yunqi.project)) == [here["number"]]
        assert await numbers(other) == [there["number"]]
        denied = await other.get("/api/v1/carryover", params={"project": str(yunqi.project)})
        assert denied.status_code == 404


async def test_without_the_right_and_from_outside(yunqi: Company, cuihu: Company) -> None:
    crew = await Crew(yunqi).gather()
    ticket = await crew.registered()
    assert (await crew.engineer.get("/api/v1/carryover")).status_code == 403
    assert (await crew.engineer.post("/api/v1/carryover/entries", {})).status_code == 403
    manager = await yunqi.signed_in("cs_manager")
    assert await numbers(manager) == [ticket["number"]]
    assert (await manager.post("/api/v1/carryover/entries", {})).status_code == 403
    stranger = await cuihu.signed_in("front_desk_agent")
    assert await numbers(stranger) == []
    asked = await stranger.get("/api/v1/carryover", params={"project": str(yunqi.project)})
    assert asked.status_code == 404
    body = {"ticket": ticket["id"], "reason": "等配件", "next_step": "明早催"}
    assert (await stranger.post("/api/v1/carryover/entries", body)).status_code == 404
    assert (await stranger.get(f"/api/v1/tickets/{ticket['id']}/carryover")).status_code == 404
