"""A repair on its way: every row of PROCEDURES 3.Q work_order and TK-04, taken rightly and refused."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from core.households.actions import create_project
from core.kit import clock
from core.staff.actions import put_on_duty
from core.tickets import orders
from tests.core.tickets.moves import CHARGED, DONE, Crew, ok, refused, take
from tests.factories import Company, tomorrow_at

pytestmark = pytest.mark.anyio


@pytest.fixture
async def crew(yunqi: Company) -> Crew:
    return await Crew(yunqi).gather()


@pytest.mark.spec("RP-01", "RP-02", "TK-04", "TK-07", "CB-01")
async def test_the_whole_way(crew: Crew) -> None:
    ticket = await crew.closed()
    assert (ticket["state"], ticket["result"]) == ("closed", DONE["work"])
    events = (await crew.desk.get(f"/api/v1/tickets/{ticket['id']}/events")).json()["items"]
    moves = [e["name"] for e in events]
    assert moves == ["register", "dispatch", "accept", "assign", "start", "complete", "return_sheet", "close"]
    assert [e["to"] for e in events][-3:] == ["done", "pending_call_back", "closed"]
    assert {e["role"] for e in events} >= {"front_desk_agent", "engineering_dispatcher", "engineer"}


@pytest.mark.spec("TK-04")
async def test_each_step_needs_its_own_right(crew: Crew) -> None:
    ticket = await crew.dispatched()
    assert await refused(crew.engineer, ticket, "accept") == (403, "permission_missing")
    assert await refused(crew.dispatcher, ticket, "return_sheet") == (403, "permission_missing")
    names = {
        t["name"] for t in (await crew.engineer.get(f"/api/v1/tickets/{ticket['id']}")).json()["transitions"]
    }
    assert not names & {"accept", "assign", "dispatch"}


async def test_a_step_from_the_wrong_state(crew: Crew) -> None:
    ticket = await crew.registered()
    assert await refused(crew.dispatcher, ticket, "accept") == (409, "transition_not_allowed")
    assert await refused(crew.desk, ticket, "fly") == (422, "transition_unknown")
    assert await refused(crew.desk, ticket, "close") == (422, "transition_unknown")


async def test_an_old_version_says_who_was_faster(crew: Crew) -> None:
    ticket = await crew.dispatched()
    await ok(crew.dispatcher, ticket, "accept")
    answer = await crew.dispatcher.post(
        f"/api/v1/tickets/{ticket['id']}/transitions/accept", {"version": ticket["version"]}
    )
    problem = answer.json()
    assert (answer.status_code, problem["type"], problem["version"]) == (
        409,
        "stale_version",
        ticket["version"] + 1,
    )
    assert "engineering_dispatcher甲" in problem["title"]


async def test_two_clerks_at_once(crew: Crew, yunqi: Company) -> None:
    ticket = await crew.dispatched()
    other = await yunqi.signed_in("engineering_supervisor")
    path, body = f"/api/v1/tickets/{ticket['id']}/transitions/accept", {"version": ticket["version"]}
    answers = await asyncio.gather(crew.dispatcher.post(path, body), other.post(path, body))
    assert sorted(a.status_code for a in answers) == [200, 409]
    loser = next(a for a in answers if a.status_code == 409).json()
    assert loser["by"] in {"engineering_dispatcher甲", "engineering_supervisor甲"}


@pytest.mark.spec("TK-04")
async def test_declined_and_sent_again(crew: Crew) -> None:
    """T3: back to the desk with a reason; the next sheet has a new number."""
    ticket = await crew.dispatched()
    assert await refused(crew.dispatcher, ticket, "decline") == (422, "required")
    ticket = await ok(crew.dispatcher, ticket, "decline", reason="不属工程部")
    assert ticket["state"] == "registered"
    ticket = await ok(crew.desk, ticket, "dispatch", department="cleaning")
    assert ticket["department"] == "cleaning"
    assert await refused(crew.desk, await crew.registered(), "dispatch", department="moon") == (
        422,
        "department_unknown",
    )


@pytest.mark.spec("RP-01")
async def test_the_engineer_must_be_one(crew: Crew, yunqi: Company) -> None:
    ticket = await crew.accepted()
    clerk = str(yunqi.people["front_desk_agent"])
    assert await refused(crew.dispatcher, ticket, "assign", engineer=clerk) == (422, "engineer_unknown")
    assert await refused(crew.dispatcher, ticket, "assign", engineer="x") == (422, "not_a_choice")


@pytest.mark.spec("RP-01")
async def test_an_engineer_off_duty_is_not_sent(crew: Crew, yunqi: Company) -> None:
    other = await yunqi.person("engineer", username="engineer2")
    async with yunqi.inside():
        await put_on_duty(other, None, clock.now() - timedelta(hours=1), clock.now() + timedelta(hours=7))
    ticket = await crew.accepted()
    assert await refused(crew.dispatcher, ticket, "assign", engineer=crew.engineer_id, size="minor") == (
        422,
        "engineer_off_duty",
    )
    await ok(crew.dispatcher, ticket, "assign", engineer=str(other), size="minor")


@pytest.mark.spec("RP-01")
async def test_the_size_class_is_the_supervisors_to_change(crew: Crew, yunqi: Company) -> None:
    ticket = await crew.assigned(size="minor")
    again = {"engineer": crew.engineer_id, "size": "medium"}
    assert await refused(crew.dispatcher, ticket, "assign", **again) == (403, "size_change_refused")
    assert await refused(crew.dispatcher, ticket, "resize", size="major", reason="管线全换") == (
        403,
        "permission_missing",
    )
    supervisor = await yunqi.signed_in("engineering_supervisor")
    assert await refused(supervisor, ticket, "resize", size="medium") == (422, "required")
    ticket = await ok(supervisor, ticket, "resize", size="medium", reason="须开墙")
    assert ticket["size"] == "medium"


@pytest.mark.spec("RP-01")
async def test_cannot_attend_and_a_new_time(crew: Crew) -> None:
    ticket = await crew.assigned()
    ticket = await ok(crew.dispatcher, ticket, "cannot_attend", reason="配件未到")
    assert (ticket["state"], ticket["stage"]) == ("accepted", "cannot_attend")
    later = tomorrow_at(10)
    ticket = await ok(crew.dispatcher, ticket, "assign", engineer=crew.engineer_id, appointment_at=later)
    assert ticket["stage"] == "assigned"
    past = (clock.now() - timedelta(hours=1)).isoformat()
    ticket = await ok(crew.dispatcher, ticket, "cannot_attend", reason="业主改期")
    answer = await refused(crew.dispatcher, ticket, "assign", engineer=crew.engineer_id, appointment_at=past)
    assert answer == (422, "appointment_in_past")


@pytest.mark.spec("RP-06")
async def test_nobody_enters_without_consent(crew: Crew) -> None:
    ticket = await crew.assigned()
    assert await refused(crew.engineer, ticket, "start") == (422, "required")
    ticket = await ok(crew.engineer, ticket, "start", consent="resident")
    assert (ticket["state"], ticket["stage"]) == ("in_progress", "on_site")


async def test_somebody_elses_job(crew: Crew, yunqi: Company) -> None:
    ticket = await crew.assigned()
    await yunqi.person("engineer", username="engineer2")
    other = yunqi.client()
    await other.sign_in("engineer2")
    assert await refused(other, ticket, "start", consent="resident") == (403, "not_your_job")


@pytest.mark.spec("RP-01")
async def test_completion_before_arrival(crew: Crew) -> None:
    ticket = await crew.assigned()
    assert await refused(crew.engineer, ticket, "complete", **DONE) == (409, "transition_not_allowed")


@pytest.mark.spec("RP-01")
@pytest.mark.parametrize("signature", [None, "", "[]", "{}", "nonsense", '{"strokes":[]}'])
async def test_completion_without_a_signature(crew: Crew, signature: str | None) -> None:
    ticket = await crew.on_site()
    said = {"work": DONE["work"], "signature": signature}
    assert await refused(crew.engineer, ticket, "complete", **said) == (422, "signature_required")


@pytest.mark.spec("RP-01")
async def test_reasons_for_no_signature(crew: Crew) -> None:
    ticket = await crew.on_site()
    inside = {"work": DONE["work"], "signature_exemption": "public_area"}
    assert await refused(crew.engineer, ticket, "complete", **inside) == (422, "signature_required")
    ticket = await ok(crew.engineer, ticket, "complete", work=DONE["work"], signature_exemption="refused")
    assert ticket["state"] == "done"


@pytest.mark.spec("RP-06")
async def test_an_unhappy_resident_needs_a_follow_up(crew: Crew) -> None:
    ticket = await crew.on_site()
    assert await refused(crew.engineer, ticket, "complete", **DONE, satisfied=False) == (
        422,
        "follow_up_required",
    )
    await ok(crew.engineer, ticket, "complete", **DONE, satisfied=False, follow_up="补做墙面")


@pytest.mark.spec("RP-03")
async def test_paid_work_is_priced_before_it_is_done(crew: Crew) -> None:
    ticket = await crew.on_site(paid=True)
    assert await refused(crew.engineer, ticket, "complete", **DONE) == (422, "price_consent_required")
    assert await refused(crew.engineer, ticket, "quote", item="角阀") == (422, "required")
    ticket = await ok(crew.engineer, ticket, "quote", item="更换角阀", amount="58.00")
    assert ticket["state"] == "waiting_customer"
    assert await refused(crew.engineer, ticket, "accept_price", how="on_site") == (422, "required")
    ticket = await ok(crew.engineer, ticket, "accept_price", accepted_by="陈志远", how="on_site")
    assert ticket["state"] == "in_progress"
    ticket = await ok(crew.engineer, ticket, "complete", **CHARGED)
    assert ticket["state"] == "done"


@pytest.mark.spec("RP-03", "IN-05")
async def test_quoted_before_anybody_is_sent(crew: Crew) -> None:
    ticket = await crew.registered(paid=True, immediate=False)
    ticket = await ok(crew.desk, ticket, "quote", item="换马桶盖", amount="120")
    assert (ticket["state"], ticket["stage"]) == ("waiting_customer", "quoted")
    ticket = await ok(crew.desk, ticket, "accept_price", accepted_by="陈志远", how="phone")
    assert ticket["state"] == "registered"
    ticket = await ok(crew.desk, ticket, "dispatch")
    ticket = await ok(crew.dispatcher, ticket, "accept")
    ticket = await ok(crew.dispatcher, ticket, "assign", engineer=crew.engineer_id, size="minor")
    ticket = await ok(crew.engineer, ticket, "start", consent="resident")
    assert (await ok(crew.engineer, ticket, "complete", **CHARGED))["state"] == "done"


@pytest.mark.spec("RP-03")
async def test_free_work_has_no_price(crew: Crew) -> None:
    ticket = await crew.registered()
    assert await refused(crew.desk, ticket, "quote", item="x", amount="1") == (422, "not_paid_service")
    ticket = await crew.on_site()
    assert await refused(crew.engineer, ticket, "complete", **CHARGED) == (422, "free_of_charge")


@pytest.mark.spec("TK-04")
async def test_waiting_and_going_on(crew: Crew) -> None:
    ticket = await crew.on_site()
    ticket = await ok(crew.engineer, ticket, "wait_customer", reason="等业主购买同款龙头")
    assert (ticket["state"], ticket["stage"]) == ("waiting_customer", "cannot_complete")
    ticket = await ok(crew.engineer, ticket, "resume")
    assert (ticket["state"], ticket["stage"]) == ("in_progress", "on_site")
    ticket = await ok(crew.engineer, ticket, "wait_third_party", party="自来水公司")
    assert ticket["state"] == "waiting_third_party"
    assert (await ok(crew.engineer, ticket, "resume"))["state"] == "in_progress"


@pytest.mark.spec("TK-04")
async def test_cancelled_with_the_requesters_word(crew: Crew) -> None:
    ticket = await crew.dispatched()
    assert await refused(crew.desk, ticket, "cancel", reason="业主自行解决") == (422, "required")
    ticket = await ok(crew.desk, ticket, "cancel", reason="业主自行解决", confirmed_by="陈志远")
    assert ticket["state"] == "cancelled"
    assert ticket["transitions"] == []


@pytest.mark.spec("TK-04")
async def test_refused_by_the_director_only(crew: Crew, yunqi: Company) -> None:
    ticket = await crew.registered()
    words = {"reason": "不在服务范围", "guidance": "请联系供电局 95598"}
    assert await refused(crew.desk, ticket, "refuse", **words) == (403, "permission_missing")
    director = await yunqi.signed_in("office_director")
    assert (await ok(director, ticket, "refuse", **words))["state"] == "refused"


@pytest.mark.spec("TK-04")
async def test_merged_into_another(crew: Crew) -> None:
    first, second = await crew.registered(), await crew.registered()
    assert await refused(crew.supervisor, second, "merge", into=second["number"]) == (
        422,
        "merge_target_invalid",
    )
    assert await refused(crew.supervisor, second, "merge", into="BX-20200101-0001") == (
        422,
        "merge_target_invalid",
    )
    merged = await ok(crew.supervisor, second, "merge", into=first["number"])
    assert (merged["state"], merged["merged_into"]) == ("merged", first["id"])


@pytest.mark.spec("TK-05", "TK-03")
async def test_escalated_reassigned_deputised(crew: Crew, yunqi: Company) -> None:
    ticket = await crew.registered()
    assert await refused(crew.desk, ticket, "escalate") == (422, "required")
    ticket = await ok(crew.desk, ticket, "escalate", reason="超出权限", major=True)
    assert (ticket["escalation"], ticket["major"], ticket["state"]) == (1, True, "registered")
    other = str(yunqi.people["engineer"])
    ticket = await ok(crew.supervisor, ticket, "reassign", specialist_owner=other, reason="专人跟进")
    assert ticket["specialist_owner"]["id"] == other
    ticket = await ok(
        crew.supervisor, ticket, "deputy", deputy=str(yunqi.people["cs_supervisor"]), reason="休假"
    )
    assert ticket["first_responsible"]["id"] == str(yunqi.people["front_desk_agent"])


@pytest.mark.spec("TK-04")
async def test_a_void_sheets_number_is_never_used_again(crew: Crew, yunqi: Company) -> None:
    ticket = await crew.accepted()
    ticket = await ok(crew.desk, ticket, "void_sheet", reason="写错房号")
    assert ticket["state"] == "registered"
    await ok(crew.desk, ticket, "dispatch")
    async with yunqi.inside():
        sheets = await orders.of_ticket(ticket["id"])
    assert [s.state for s in sheets] == ["void", "issued"]
    assert len({s.number for s in sheets}) == 2


@pytest.mark.spec("TK-04")
async def test_answered_on_the_spot(crew: Crew) -> None:
    """T13: an enquiry closes, other kinds are called back."""
    enquiry = await crew.registered(kind="enquiry", content="有线电视坏了打谁电话", immediate=False)
    closed = await ok(crew.desk, enquiry, "answer", answer="请拨 96196")
    assert (closed["state"], closed["result"]) == ("closed", "请拨 96196")
    asked = await crew.registered(kind="help", content="请帮忙搬一下轮椅", immediate=False)
    assert (await ok(crew.desk, asked, "answer", answer="已派大堂助理"))["state"] == "pending_call_back"


@pytest.mark.spec("TK-07")
async def test_reopened_within_thirty_days(crew: Crew) -> None:
    ticket = await crew.closed()
    again = await ok(crew.desk, ticket, "reopen", reason="又漏了")
    assert (again["state"], again["reopened"], again["priority"]) == ("dispatched", 1, "P1")


@pytest.mark.spec("TK-07")
async def test_too_late_to_reopen(crew: Crew, yunqi: Company) -> None:
    ticket = await crew.closed()
    with time_machine.travel(clock.now() + timedelta(days=31), tick=True):
        desk = await yunqi.signed_in("front_desk_agent")
        assert await refused(desk, ticket, "reopen", reason="又漏了") == (422, "reopen_too_late")


async def test_attachments_and_notes_stay_in_the_timeline(crew: Crew) -> None:
    ticket = await crew.on_site()
    note = {"type": "progress", "note": "已关总阀，等配件"}
    answer = await crew.engineer.post(f"/api/v1/tickets/{ticket['id']}/notes", note)
    assert answer.status_code == 201
    events = (await crew.desk.get(f"/api/v1/tickets/{ticket['id']}/events")).json()["items"]
    assert (events[-1]["name"], events[-1]["note"], events[-1]["from"]) == (
        "progress",
        "已关总阀，等配件",
        None,
    )


async def test_another_companys_ticket_is_not_there(crew: Crew, cuihu: Company) -> None:
    ticket = await crew.registered()
    stranger = await cuihu.signed_in("front_desk_agent")
    for path in ("", "/events", "/call-backs"):
        assert (await stranger.get(f"/api/v1/tickets/{ticket['id']}{path}")).status_code == 404
    answer = await stranger.post(f"/api/v1/tickets/{ticket['id']}/transitions/dispatch", {"version": 1})
    assert answer.status_code == 404
    assert (await stranger.get(f"/api/v1/tickets/{ticket['number']}")).status_code == 404


async def test_somebody_of_another_project_sees_nothing(crew: Crew, yunqi: Company) -> None:
    async with yunqi.inside():
        elsewhere = await create_project(name="别处", code="BC")
    await yunqi.person("front_desk_agent", project=elsewhere, username="far")
    far = yunqi.client()
    await far.sign_in("far")
    ticket = await crew.registered()
    assert (await far.get(f"/api/v1/tickets/{ticket['id']}")).status_code == 404
    assert (await far.get("/api/v1/tickets")).json()["items"] == []


LISTS: list[tuple[dict[str, Any], int]] = [
    ({}, 3),
    ({"state": "open"}, 3),
    ({"state": "registered"}, 2),
    ({"kind": "enquiry"}, 1),
    ({"q": "水管"}, 2),
    ({"q": "0001"}, 3),
    ({"q": "13900000001"}, 3),
    ({"q": "3-2-1801"}, 3),
    ({"q": "没有这种字"}, 0),
    ({"overdue": "true"}, 0),
]


async def test_lists(crew: Crew) -> None:
    await crew.registered()
    await crew.dispatched()
    await crew.registered(kind="enquiry", content="房产证什么时候能办下来", immediate=False)
    for query, count in LISTS:
        items = (await crew.desk.get("/api/v1/tickets", params=query)).json()["items"]
        assert len(items) == count, query
    first = (await crew.desk.get("/api/v1/tickets", params={"limit": 2})).json()
    rest = (await crew.desk.get("/api/v1/tickets", params={"limit": 2, "cursor": first["next"]})).json()
    assert len(first["items"]) == 2
    assert (len(rest["items"]), rest["next"]) == (1, None)
    assert (await crew.desk.get("/api/v1/tickets", params={"cursor": "nonsense"})).status_code == 422
    assert (await crew.desk.get("/api/v1/tickets", params={"sort": "name"})).status_code == 422


async def test_nothing_deletes_a_ticket(crew: Crew) -> None:
    """TK-07 Refuse: deleting."""
    ticket = await crew.registered()
    answer = await crew.desk.http.delete(
        f"/api/v1/tickets/{ticket['id']}", headers={"X-CSRF-Token": crew.desk.token}
    )
    assert answer.status_code == 405
    assert (await take(crew.desk, ticket, "dispatch")).status_code == 200
