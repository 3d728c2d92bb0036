"""TK-06: what is written about an unfinished ticket, by the desk or by itself, and what is refused."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from core.kit import sql
from tests.core.carryover.test_closing_list import CLOSE, MONDAY, at, closing, desk_at, enter, numbers
from tests.core.tickets.moves import Crew, ok, refused
from tests.factories import Browser, Company
from tests.working_off import work_off

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("while_open")]


async def entries(who: Browser, ticket: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await who.get(f"/api/v1/tickets/{ticket['id']}/carryover")).json()["items"]
    return found


async def no(who: Browser, ticket: dict[str, Any], **more: Any) -> tuple[int, str, str]:
    body = {"ticket": ticket["id"], "reason": "等配件到货", "next_step": "明早催仓库", **more}
    answer = await who.post("/api/v1/carryover/entries", body)
    problem = answer.json()
    field = problem["errors"][0]["field"] if problem.get("errors") else ""
    return answer.status_code, problem["type"], field


@pytest.mark.spec("TK-06")
async def test_reason_and_next_step_are_kept_and_told(yunqi: Company) -> None:
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        ticket = await crew.registered()
        made = await enter(crew.desk, ticket, next_on="2026-11-25")
        assert (made["day"], made["next_on"], made["automatic"]) == ("2026-11-23", "2026-11-25", False)
        found = await closing(crew.desk)
        assert (found["missing"], found["lines"][0]["entry"]["id"]) == (0, made["id"])
        events = (await crew.desk.get(f"/api/v1/tickets/{ticket['id']}/events")).json()["items"]
        again = (await crew.desk.get(f"/api/v1/tickets/{ticket['id']}")).json()
    assert (events[-1]["name"], events[-1]["label"], events[-1]["note"]) == (
        "carried_over", "收班结转", "等配件到货",
    )  # fmt: skip
    assert events[-1]["form"]["next_step"] == "明早催仓库"
    assert again["version"] == ticket["version"]
    async with yunqi.inside():
        audits = await sql.records(
            "select detail from core.kit_audit where tenant_id = $1 and action = 'carryover.entered'"
        )
        said = await sql.records(
            "select payload from core.kit_outbox where tenant_id = $1 and name = 'carried.over'"
        )
    assert [line["detail"]["entry"] for line in audits] == [made["id"]]
    assert [line["payload"]["ticket"] for line in said] == [ticket["id"]]
    assert await work_off(yunqi) > 0


@pytest.mark.spec("TK-06")
async def test_the_next_step_is_tomorrows_unless_said(yunqi: Company) -> None:
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        assert (await enter(crew.desk, await crew.registered()))["next_on"] == "2026-11-24"


WRONG = [
    ({"reason": ""}, "required", "reason"),
    ({"reason": "忙"}, "too_short", "reason"),
    ({"next_step": None}, "required", "next_step"),
    ({"next_on": "2026-11-23"}, "follow_up_in_past", "next_on"),
    ({"next_on": "昨天"}, "not_a_date", "next_on"),
    ({"day": "2026-11-22"}, "no_backfill", "day"),
]


@pytest.mark.spec("TK-06")
@pytest.mark.parametrize(("change", "key", "field"), WRONG)
async def test_what_is_refused(yunqi: Company, change: dict[str, Any], key: str, field: str) -> None:
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        ticket = await crew.registered()
        assert await no(crew.desk, ticket, **change) == (422, key, field)
        assert (await no(crew.desk, ticket, day="2026-11-25"))[0] == 404
        assert (await no(crew.desk, {"id": "BX-20990101-0001"}))[0] == 404
        assert await entries(crew.desk, ticket) == []


@pytest.mark.spec("TK-06")
async def test_no_back_fill(yunqi: Company) -> None:
    """Half an hour after the close the list may still be written, a second later it is history."""
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        first, second = await crew.registered(), await crew.registered(content="阳台灯不亮")
    desk = await desk_at(yunqi, CLOSE)
    with at(CLOSE + timedelta(minutes=30)):
        assert (await enter(desk, first, day="2026-11-23"))["day"] == "2026-11-23"
    with at(CLOSE + timedelta(minutes=30, seconds=1)):
        assert await no(desk, second, day="2026-11-23") == (422, "no_backfill", "day")
        assert (await enter(desk, second))["day"] == "2026-11-24"
        assert (await closing(desk, day="2026-11-23"))["missing"] == 1


@pytest.mark.spec("TK-06")
async def test_two_clerks_at_once(yunqi: Company) -> None:
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        other = await yunqi.signed_in("cs_assistant")
        ticket = await crew.registered()
        body = {"ticket": ticket["id"], "reason": "等配件到货", "next_step": "明早催仓库"}
        answers = await asyncio.gather(
            *(who.post("/api/v1/carryover/entries", body) for who in (crew.desk, other))
        )
        assert sorted(a.status_code for a in answers) == [201, 409]
        won = next(a for a in answers if a.status_code == 201).json()
        lost = next(a for a in answers if a.status_code == 409).json()
        assert lost["type"] == "carryover_entered"
        assert won["actor_name"] in lost["title"]
        assert len(await entries(crew.desk, ticket)) == 1


@pytest.mark.spec("TK-06")
async def test_a_ticket_done_meanwhile_needs_no_entry(yunqi: Company) -> None:
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        ticket = await crew.on_site()
        assert await numbers(crew.desk) == [ticket["number"]]
        await ok(crew.engineer, ticket, "complete", work="更换角阀一只", signature_exemption="refused")
        assert await no(crew.desk, ticket) == (409, "carryover_not_listed", "ticket")


@pytest.mark.spec("TK-06")
async def test_a_correction_is_a_further_line_with_its_reason(yunqi: Company) -> None:
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        ticket, another = await crew.registered(), await crew.registered(content="阳台灯不亮")
        first = await enter(crew.desk, ticket)
        assert await no(crew.desk, ticket, corrects=first["id"]) == (
            422, "correction_reason_required", "correction",
        )  # fmt: skip
        assert await no(crew.desk, another, corrects=first["id"], correction="写错单") == (
            404, "not_found", "corrects",
        )  # fmt: skip
        put_right = {"reason": "业主出差", "corrects": first["id"], "correction": "写错原因"}
        second = await enter(crew.desk, ticket, **put_right)
        assert await no(crew.desk, ticket, **put_right) == (409, "carryover_entered", "")
    morning = MONDAY + timedelta(days=1)
    desk = await desk_at(yunqi, morning)
    with at(morning):
        await enter(desk, ticket, corrects=second["id"], correction="日期写错", next_on="2026-11-27")
        [line] = [one for one in (await closing(desk, day="2026-11-23"))["lines"] if one["entry"]]
        kept = await entries(desk, ticket)
    assert (line["entries"], line["entry"]["next_on"]) == (3, "2026-11-27")
    assert [(one["reason"], one["correction"]) for one in kept] == [
        ("等配件到货", None), ("业主出差", "写错原因"), ("等配件到货", "日期写错"),
    ]  # fmt: skip


@pytest.mark.spec("TK-06")
async def test_nothing_changes_or_deletes_an_entry(yunqi: Company) -> None:
    crew = await Crew(yunqi).gather()
    made = await enter(crew.desk, await crew.registered())
    for statement in (
        "update core.carryover_entry set reason = '改了' where tenant_id = $1 and id = $2",
        "delete from core.carryover_entry where tenant_id = $1 and id = $2",
    ):
        with pytest.raises(Exception, match="permission denied"):
            async with yunqi.inside():
                await sql.execute(statement, made["id"])


@pytest.mark.spec("RP-01", "TK-06")
async def test_what_cannot_be_completed_is_entered_by_itself(yunqi: Company) -> None:
    """3.Q: on_site → cannot_complete records the reason and the next appointment, and is carried over."""
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        ticket = await crew.on_site()
        thursday = (MONDAY + timedelta(days=3)).isoformat()
        waiting = await ok(
            crew.engineer, ticket, "wait_customer", reason="业主要换同款龙头", next_at=thursday
        )
        [made] = await entries(crew.desk, ticket)
        [line] = (await closing(crew.desk))["lines"]
    assert waiting["appointment_at"] == "2026-11-26T02:00:00Z"
    assert (made["automatic"], made["reason"], made["next_on"]) == (True, "业主要换同款龙头", "2026-11-26")
    assert made["next_at"] == "2026-11-26T02:00:00Z"
    assert made["actor_name"] == "engineer甲"
    assert line["entry"]["id"] == made["id"]


@pytest.mark.spec("RP-01", "TK-06")
async def test_a_second_hindrance_of_the_day_is_a_further_line(yunqi: Company) -> None:
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        ticket = await crew.on_site()
        await enter(crew.desk, ticket)
        await ok(crew.engineer, ticket, "wait_third_party", party="自来水公司")
        await ok(crew.engineer, ticket, "resume")
        await ok(crew.engineer, ticket, "wait_customer", reason="无人在家")
        found = await entries(crew.desk, ticket)
    assert [(one["reason"], one["automatic"]) for one in found] == [
        ("等配件到货", False), ("等自来水公司", True), ("无人在家", True),
    ]  # fmt: skip
    assert [one["corrects"] for one in found] == [None, found[0]["id"], found[1]["id"]]
    assert {one["next_on"] for one in found} == {"2026-11-24"}


@pytest.mark.spec("RP-01")
async def test_the_next_appointment_is_not_in_the_past(yunqi: Company) -> None:
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        ticket = await crew.on_site()
        past = (MONDAY - timedelta(hours=1)).isoformat()
        assert await refused(crew.engineer, ticket, "wait_customer", reason="无人在家", next_at=past) == (
            422,
            "appointment_in_past",
        )
        assert await entries(crew.desk, ticket) == []


@pytest.mark.spec("TK-04")
async def test_a_request_without_a_sheet_waits_without_an_entry(yunqi: Company) -> None:
    """Only a work order's 「cannot complete」 enters itself; of other requests the desk writes why."""
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        lead = await yunqi.signed_in("cs_supervisor")
        ticket = await crew.registered(kind="help", content="请帮忙搬一下轮椅", immediate=False)
        ticket = await ok(crew.desk, ticket, "dispatch", department="customer_service")
        for step in ("accept", "start"):
            ticket = await ok(lead, ticket, step)
        await ok(lead, ticket, "wait_customer", reason="业主不在")
        assert await entries(crew.desk, ticket) == []
        assert await numbers(crew.desk) == [ticket["number"]]
