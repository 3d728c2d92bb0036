"""Enquiries and look-ups over the API: answered at once, or promised, permitted, looked up first (EQ)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from core.kit import clock
from tests.core.tickets.moves import ok, refused
from tests.factories import Browser, Company
from tests.working_off import work_off

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("while_open")]


@pytest.fixture
async def desk(yunqi: Company) -> Browser:
    return await yunqi.signed_in("front_desk_agent")


async def asked(desk: Browser, topic: str | None = None, **more: Any) -> dict[str, Any]:
    body = {
        "kind": "enquiry",
        "project_id": str(desk.company.project),
        "household_id": str(next(iter(desk.company.households.values()))),
        "content": "有线电视坏了打谁电话",
        "form": {"topic": topic} if topic else {},
        **more,
    }
    answer = await desk.post("/api/v1/tickets", body)
    assert answer.status_code == 201, answer.json()
    ticket: dict[str, Any] = answer.json()
    return ticket


def clocks(ticket: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {run["code"]: run for run in ticket["clocks"]}


@pytest.mark.spec("EQ-01", "SLA-18", "IN-17")
async def test_answered_at_once(desk: Browser) -> None:
    ticket = await asked(desk)
    assert ticket["number"].startswith("ZX")
    closed = await ok(desk, ticket, "answer", answer="请拨打有线电视客服")
    assert (closed["state"], closed["result"]) == ("closed", "请拨打有线电视客服")
    assert clocks(closed)["SLA-18"]["outcome"] == "met"
    assert closed["call_back_owed"] is False


@pytest.mark.spec("EQ-01", "SLA-19")
async def test_a_promise_has_a_time_and_is_kept_by_it(desk: Browser) -> None:
    ticket = await asked(desk)
    missing = await desk.post(
        f"/api/v1/tickets/{ticket['id']}/transitions/promise", {"version": ticket["version"], "form": {}}
    )
    assert missing.json()["errors"][0]["field"] == "form.promised_at"
    early = (clock.now() - timedelta(minutes=1)).isoformat()
    assert await refused(desk, ticket, "promise", promised_at=early) == (422, "promise_in_past")
    first, second = (clock.now() + timedelta(hours=hours) for hours in (2, 5))
    promised = await ok(desk, ticket, "promise", promised_at=first.isoformat())
    assert (promised["stage"], clocks(promised)["SLA-18"]["outcome"]) == ("promised", "met")
    assert due(promised) == first.replace(microsecond=0)
    again = await ok(desk, ticket, "promise", promised_at=second.isoformat())
    assert due(again) == second.replace(microsecond=0)
    assert (await ok(desk, ticket, "answer", answer="已问明，下月开通"))["state"] == "closed"


def due(ticket: dict[str, Any]) -> datetime:
    """When the promise that runs is to be kept, to the second."""
    [running] = [run for run in ticket["clocks"] if run["code"] == "SLA-19" and run["stopped_at"] is None]
    return datetime.fromisoformat(running["due_at"]).replace(microsecond=0)


@pytest.mark.spec("EQ-02")
async def test_a_specialists_answer_is_given_jointly_or_coordinated(yunqi: Company, desk: Browser) -> None:
    ticket = await asked(desk, "specialist")
    assert await refused(desk, ticket, "answer", answer="可以增容") == (422, "joint_answer_required")
    centre = await yunqi.signed_in("service_centre_manager")
    stuck = await ok(desk, ticket, "coordinate", reason="工程部没有答复")
    assert stuck["stage"] == "coordination_needed"
    await work_off(yunqi)
    told = (await centre.get("/api/v1/notifications")).json()["items"]
    assert any("须您协调" in notice["text"] for notice in told)
    assert (await ok(centre, ticket, "coordinated", outcome="工程部今天答复"))["stage"] == "coordinated"
    assert await refused(centre, ticket, "coordinated", outcome="又一次") == (409, "transition_not_offered")
    said = {"answer": "可以增容，须申请", "joint_with": "kitchen"}
    assert await refused(desk, ticket, "answer", **said) == (422, "department_unknown")
    assert (await ok(desk, ticket, "answer", **{**said, "joint_with": "engineering"}))["state"] == "closed"


@pytest.mark.spec("EQ-03", "IN-18")
async def test_what_is_not_the_estates_waits_for_permission(yunqi: Company, desk: Browser) -> None:
    head = await yunqi.signed_in("property_dept_head")
    ticket = await asked(desk, "out_of_competence", content="房产证什么时候能办下来")
    assert ticket["stage"] == "needs_permission"
    await work_off(yunqi)
    told = (await head.get("/api/v1/notifications")).json()["items"]
    assert any("待您同意" in notice["text"] for notice in told)
    assert await refused(desk, ticket, "answer", answer="年底") == (422, "permission_needed")
    assert (await refused(desk, ticket, "permit", guidance="年底"))[0] == 403
    assert (await ok(head, ticket, "permit", guidance="请业主向登记中心查询"))["stage"] == "permitted"
    assert (await ok(desk, ticket, "answer", answer="请向登记中心查询"))["state"] == "closed"


@pytest.mark.spec("EQ-04", "SLA-24", "IN-20")
async def test_a_letter_is_answered_by_a_letter(desk: Browser) -> None:
    ticket = await asked(desk, channel="letter", content="书面咨询装修能否封阳台")
    assert "SLA-18" not in clocks(ticket)
    assert await refused(desk, ticket, "answer", answer="不可以") == (422, "letter_required")
    closed = await ok(desk, ticket, "answer", answer="不可以封闭", letter_no="复函 2026-11")
    assert clocks(closed)["SLA-24"]["outcome"] == "met"


@pytest.mark.spec("EQ-05", "SLA-25", "IN-19")
async def test_who_asks_is_checked_before_records_are_told(desk: Browser) -> None:
    ticket = await asked(desk, kind="lookup", content="帮我查下我家上月水费和欠费")
    assert ticket["number"].startswith("CX")
    assert await refused(desk, ticket, "answer", answer="欠 58 元") == (422, "identity_not_checked")
    closed = await ok(desk, ticket, "answer", answer="欠 58 元", identity_checked=True)
    assert (closed["state"], clocks(closed)["SLA-25"]["outcome"]) == ("closed", "met")


@pytest.mark.spec("EQ-01")
async def test_given_to_a_department_it_comes_back_to_be_passed_on(yunqi: Company, desk: Browser) -> None:
    finance = await yunqi.signed_in("finance")
    ticket = await asked(desk, kind="lookup", content="查一下停车费账单")
    given = await ok(desk, ticket, "dispatch", department="finance")
    assert given["stage"] == "transferred"
    await ok(finance, ticket, "accept")
    await ok(finance, ticket, "start")
    found = await ok(finance, ticket, "complete", result="上月 120 元，已缴")
    assert found["state"] == "done"
    closed = await ok(desk, ticket, "answer", answer="上月 120 元，已缴", identity_checked=True)
    assert closed["state"] == "closed"
