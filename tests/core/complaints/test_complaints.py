"""Complaints over the API: who is told, who apologises, who answers, and who may not (CP-01 … CP-06)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from core.kit import sql
from core.kit.clock import SHANGHAI
from tests.core.tickets.moves import ok, refused
from tests.factories import Browser, Company, company
from tests.working_off import sweep, work_off

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("while_open")]
TEN = datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)
BUTLER = "update core.households_unit set butler_id = $2 where tenant_id = $1"
REMEDY = {"remedy": "已换人并当面道歉", "cause": "新员工未经培训", "solution": "培训后再上岗"}


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    with time_machine.travel(moment, tick=False):
        yield


class Office:
    """The people of a complaint, signed in."""

    def __init__(self, made: Company) -> None:
        self.company = made

    async def gather(self) -> "Office":
        signed_in = self.company.signed_in
        self.desk = await signed_in("front_desk_agent")
        self.cleaning = await signed_in("cleaning_lead")
        self.director = await signed_in("office_director")
        self.supervisor = await signed_in("cs_supervisor")
        return self

    async def registered(self, **more: Any) -> dict[str, Any]:
        answer = await self.desk.post("/api/v1/tickets", body(self.company, **more))
        assert answer.status_code == 201, answer.json()
        ticket: dict[str, Any] = answer.json()
        return ticket

    async def informed(self, **more: Any) -> dict[str, Any]:
        return await ok(self.desk, await self.registered(**more), "dispatch", department="cleaning")

    async def contacted(self, **more: Any) -> dict[str, Any]:
        ticket = await self.informed(**more)
        await ok(self.director, ticket, "instruct", instruction="请清洁部今天上门道歉")
        return await ok(self.cleaning, ticket, "contact", apologised=True, remedy="换人并道歉")

    async def replied(self, **more: Any) -> dict[str, Any]:
        ticket = await self.contacted(**more)
        await ok(self.cleaning, ticket, "complete", **REMEDY)
        return await ok(self.desk, ticket, "reply", reply="已换人，向您道歉")

    async def call_back(self, ticket: dict[str, Any], who: Browser | None = None) -> Any:
        said = {"method": "phone", "result": "reached", "satisfaction": "satisfied"}
        return await (who or self.supervisor).post(f"/api/v1/tickets/{ticket['id']}/call-backs", said)


def body(made: Company, **more: Any) -> dict[str, Any]:
    return {
        "kind": "complaint",
        "project_id": str(made.project),
        "household_id": str(next(iter(made.households.values()))),
        "content": "投诉保洁员态度恶劣，要求经理回复",
        "nature": "service_quality",
        "form": {"complained_department": "cleaning"},
        **more,
    }


@pytest.fixture
async def office(yunqi: Company) -> Office:
    return await Office(yunqi).gather()


def clocks(ticket: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {clock["code"]: clock for clock in ticket["clocks"]}


@pytest.mark.spec("CP-01", "SLA-13b", "SLA-14b", "IN-07")
async def test_from_the_call_to_the_end(office: Office) -> None:
    ticket = await office.registered()
    assert (ticket["number"][:2], ticket["department"], ticket["state"]) == ("TS", "cleaning", "registered")
    assert {"SLA-13b", "SLA-14b", "SLA-20"} <= clocks(ticket).keys()
    assert "SLA-13d" not in clocks(ticket)
    ticket = await ok(office.desk, ticket, "dispatch", department="cleaning", how="phone")
    assert (ticket["state"], ticket["stage"]) == ("dispatched", "informed")
    said = {"apologised": True, "remedy": "今天上门道歉"}
    assert await refused(office.cleaning, ticket, "contact", **said) == (422, "instruction_required")
    ticket = await ok(office.director, ticket, "instruct", instruction="请今天上门道歉")
    assert ticket["stage"] == "instructed"
    ticket = await ok(office.cleaning, ticket, "contact", **said)
    assert (ticket["state"], ticket["stage"]) == ("in_progress", "department_contact")
    ticket = await ok(office.cleaning, ticket, "complete", **REMEDY)
    assert (ticket["state"], ticket["stage"]) == ("done", "remedied")
    ticket = await ok(office.desk, ticket, "reply", reply="已换人，向您道歉", how="phone")
    assert (ticket["state"], ticket["stage"]) == ("pending_call_back", "replied")
    runs = clocks(ticket)
    assert [runs[code]["outcome"] for code in ("SLA-13b", "SLA-14b")] == ["met", "met"]
    assert runs["SLA-52"]["stopped_at"] is None
    answer = await office.call_back(ticket)
    assert (answer.status_code, answer.json()["state"]) == (201, "closed")


@pytest.mark.spec("CP-01", "SLA-17")
async def test_a_service_matter_is_apologised_for_first(office: Office) -> None:
    ticket = await office.informed()
    await ok(office.director, ticket, "instruct", instruction="请今天上门道歉")
    assert await refused(office.cleaning, ticket, "contact", remedy="换人") == (422, "apology_required")
    other = await office.informed(nature="fees", content="停车费多收了一个月", duplicate="new")
    await ok(office.director, other, "instruct", instruction="请核对")
    assert (await ok(office.cleaning, other, "contact", remedy="退回多收的钱"))["state"] == "in_progress"


@pytest.mark.spec("CP-01", "SLA-14a")
async def test_only_a_simple_one_is_answered_at_once(office: Office) -> None:
    general = await office.registered(nature="fees")
    assert await refused(office.desk, general, "answer", reply="已解释") == (422, "only_simple_at_once")
    simple = await office.registered(nature="fees", form={"severity": "simple"}, duplicate="new")
    assert "SLA-14a" in clocks(simple)
    answered = await ok(office.desk, simple, "answer", reply="已解释收费标准")
    assert (answered["state"], clocks(answered)["SLA-14a"]["outcome"]) == ("pending_call_back", "met")
    service = await office.registered(form={"severity": "simple"}, duplicate="new")
    assert await refused(office.desk, service, "answer", reply="对不起") == (422, "apology_required")


@pytest.mark.spec("CP-01")
async def test_what_was_found_is_written_down(office: Office) -> None:
    ticket = await office.contacted()
    assert await refused(office.cleaning, ticket, "complete", remedy="已道歉") == (
        422,
        "investigation_required",
    )
    half = {"remedy": "已道歉", "cause": "未经培训"}
    assert await refused(office.cleaning, ticket, "complete", **half) == (422, "solution_required")


@pytest.mark.spec("CP-02")
async def test_beyond_the_department_the_director_coordinates(office: Office) -> None:
    ticket = await office.contacted()
    ticket = await ok(office.cleaning, ticket, "coordinate", reason="须外包公司换人")
    assert (ticket["state"], ticket["stage"]) == ("in_progress", "director_coordination")
    assert await work_off(office.company) > 0
    told = (await office.director.get("/api/v1/notifications")).json()["items"]
    assert any("须主任协调" in notice["text"] for notice in told)


@pytest.mark.spec("CP-03", "SLA-55", "IN-10")
async def test_what_a_body_forwarded_is_reported_back_before_it_closes(office: Office) -> None:
    wrong = await office.desk.post("/api/v1/tickets", body(office.company, channel="government_forward"))
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "form.forwarded_by")
    ticket = await office.registered(
        channel="government_forward",
        form={"forwarded_by": "街道办", "forwarded_reference": "12345-88"},
        promised_reply="2026-11-30",
        nature="environment_hygiene",
    )
    assert ticket["department"] == "gm_office"
    assert clocks(ticket)["SLA-55"]["due_at"].startswith("2026-11-30T16:00")
    ticket = await ok(office.desk, ticket, "dispatch", department="cleaning")
    await ok(office.director, ticket, "instruct", instruction="请今天清运")
    await ok(office.cleaning, ticket, "contact", remedy="今天清运")
    await ok(office.cleaning, ticket, "complete", **REMEDY)
    await ok(office.desk, ticket, "reply", reply="已清运")
    early = await office.call_back(ticket)
    assert (early.status_code, early.json()["type"]) == (409, "feed_back_required")
    gm_office = await office.company.signed_in("company_gm_office")
    told = {"item": "垃圾清运", "opinion": "属实，已整改", "situation": "投诉人表示满意"}
    after = await ok(gm_office, ticket, "feed_back", **told)
    assert clocks(after)["SLA-55"]["outcome"] == "met"
    assert (await office.call_back(ticket)).status_code == 201


@pytest.mark.spec("CP-04", "SLA-13d", "IN-11")
async def test_the_quality_hotline_is_answered_within_72_hours_and_graded_by_the_company(
    office: Office,
) -> None:
    ticket = await office.registered(nature="fees", form={"quality_hotline": True})
    assert "SLA-13d" in clocks(ticket)
    assert await refused(office.supervisor, ticket, "regrade", severity="complex", reason="涉及多户") == (
        403,
        "hotline_not_yours",
    )
    quality = await office.company.signed_in("company_mgmt_dept")
    after = await ok(quality, ticket, "regrade", severity="complex", reason="涉及多户")
    assert clocks(after)["SLA-14c"]["stopped_at"] is None
    assert clocks(after)["SLA-14b"]["outcome"] == "withdrawn"


@pytest.mark.spec("SLA-13d")
async def test_in_window_72h_every_complaint_has_72_hours(app: Any) -> None:
    office = await Office(await company(app, preset="window_72h")).gather()
    assert {"SLA-13d"} == {code for code in clocks(await office.registered()) if code.startswith("SLA-13")}


@pytest.mark.spec("CP-01", "CP-06", "SLA-15")
async def test_overdue_it_is_answered_unasked_and_not_graded_lower(yunqi: Company) -> None:
    with at(TEN):
        office = await Office(yunqi).gather()
        ticket = await office.registered(nature="fees")
    with at(TEN + timedelta(days=7)):
        desk, supervisor = await yunqi.signed_in("front_desk_agent"), await yunqi.signed_in("cs_supervisor")
        await sweep(yunqi)
        await work_off(yunqi)
        late = (await desk.get(f"/api/v1/tickets/{ticket['id']}")).json()
        assert clocks(late)["SLA-14b"]["breached_at"] is not None
        assert clocks(late)["SLA-15"]["stopped_at"] is None
        lower = await refused(supervisor, ticket, "regrade", severity="simple", reason="其实很简单")
        assert lower == (409, "severity_lowered_after_breach")
        note = {"type": "customer_contact", "note": "已致电说明进展"}
        assert (await desk.post(f"/api/v1/tickets/{ticket['id']}/notes", note)).status_code == 201
        told = (await desk.get(f"/api/v1/tickets/{ticket['id']}")).json()
    assert clocks(told)["SLA-15"]["outcome"] == "met"


@pytest.mark.spec("CP-01", "CB-01")
async def test_whoever_it_is_about_neither_answers_nor_calls_back(office: Office) -> None:
    about = str(office.company.people["front_desk_agent"])
    simple = await office.registered(nature="fees", form={"severity": "simple", "complained_person": about})
    assert await refused(office.desk, simple, "answer", reply="不是我的错") == (422, "conflict_of_interest")
    ticket = await office.informed(form={"complained_person": about}, duplicate="new")
    await ok(office.director, ticket, "instruct", instruction="请上门道歉")
    await ok(office.cleaning, ticket, "contact", apologised=True, remedy="道歉")
    await ok(office.cleaning, ticket, "complete", **REMEDY)
    assert await refused(office.desk, ticket, "reply", reply="已处理") == (422, "conflict_of_interest")
    await ok(office.supervisor, ticket, "reply", reply="已处理")
    assert (await office.call_back(ticket, office.desk)).json()["type"] == "conflict_of_interest"


@pytest.mark.spec("CP-01", "SLA-06")
async def test_the_butler_signs_the_register_before_the_answer(app: Any) -> None:
    made = await company(app, preset="butler_4h")
    butler = await made.signed_in("butler")
    async with made.inside():
        await sql.execute(BUTLER, made.people["butler"])
    office = await Office(made).gather()
    ticket = await office.informed()
    assert "SLA-06" in clocks(ticket)
    await ok(office.cleaning, ticket, "contact", apologised=True, remedy="道歉")
    await ok(office.cleaning, ticket, "complete", **REMEDY)
    assert await refused(office.desk, ticket, "reply", reply="已道歉") == (409, "butler_signature_required")
    await ok(butler, ticket, "butler_sign")
    assert (await ok(office.desk, ticket, "reply", reply="已道歉"))["state"] == "pending_call_back"


@pytest.mark.spec("CP-01")
async def test_an_unhappy_complainant_is_told_of_again(office: Office) -> None:
    ticket = await office.replied()
    said = {"method": "phone", "result": "reached", "satisfaction": "dissatisfied", "note": "还是没有道歉"}
    answer = await office.supervisor.post(f"/api/v1/tickets/{ticket['id']}/call-backs", said)
    again = answer.json()
    assert (again["state"], again["stage"], again["reopened"]) == ("dispatched", "informed", 1)


@pytest.mark.spec("EX-87", "TK-01")
async def test_an_anonymous_complaint_owes_no_call_back(office: Office) -> None:
    nobody = {"household_id": None, "place": "9 栋大堂", "anonymous": True}
    ticket = await office.registered(**nobody)
    assert (ticket["call_back_owed"], ticket["call_back_exemption"]) == (False, "anonymous")


WRONG = [
    ({"severity": "extreme"}, "form.severity"),
    ({"complained_department": "kitchen"}, "form.complained_department"),
    ({"complained_person": "nobody"}, "form.complained_person"),
    ({"complained_person": "01a20d68-a5f2-713f-8fdd-0cf98726778a"}, "form.complained_person"),
]


@pytest.mark.parametrize(("form", "field"), WRONG)
async def test_refused_at_the_field(office: Office, form: dict[str, Any], field: str) -> None:
    answer = await office.desk.post("/api/v1/tickets", body(office.company, form=form))
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])


async def test_other_departments_keep_out(office: Office) -> None:
    ticket = await office.informed()
    await ok(office.director, ticket, "instruct", instruction="请上门道歉")
    greening = await office.company.signed_in("greening_lead")
    answer = await refused(greening, ticket, "contact", apologised=True, remedy="道歉")
    assert answer[0] == 403
