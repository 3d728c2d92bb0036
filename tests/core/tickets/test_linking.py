"""Whom a ticket belongs to and what it follows: contact, earlier tickets, merging (TK-01, TK-04, TK-07)."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from core.households.actions import create_project
from core.kit import clock
from tests.core.tickets.moves import PUBLIC, Crew, ok, refused
from tests.core.tickets.test_clocks import again
from tests.factories import Company, new_repair

pytestmark = pytest.mark.anyio


@pytest.fixture
async def crew(yunqi: Company) -> Crew:
    return await Crew(yunqi).gather()


async def fields(crew: Crew, **more: Any) -> set[tuple[str, str]]:
    answer = await crew.desk.post("/api/v1/tickets", new_repair(crew.company, **more))
    assert answer.status_code == 422, answer.json()
    return {(e["field"], e["key"]) for e in answer.json()["errors"]}


@pytest.mark.spec("TK-01", "CB-01")
@pytest.mark.parametrize("kind", ["repair", "help", "enquiry", "home_service"])
async def test_these_kinds_are_not_anonymous(crew: Crew, kind: str) -> None:
    said = {"kind": kind, "anonymous": True, "immediate": False}
    assert await fields(crew, **said) == {("anonymous", "anonymous_not_allowed")}


@pytest.mark.spec("RP-01", "TK-01")
async def test_a_repair_names_whom_to_reach(crew: Crew) -> None:
    public = {"household_id": None, "place": "2栋电梯厅"}
    wanted = {("contact_phone", "phone_required"), ("requester", "requester_required")}
    assert await fields(crew, **public) == wanted
    ticket = await crew.registered(**PUBLIC, place="2栋电梯厅")
    assert (ticket["requester"], ticket["contact_phone"], ticket["call_back_owed"]) == (
        "巡楼张工", "139****8888", True,
    )  # fmt: skip


@pytest.mark.spec("TK-07")
async def test_what_is_too_old_to_reopen_is_linked(crew: Crew, yunqi: Company) -> None:
    ticket = await crew.closed()
    with time_machine.travel(clock.now() + timedelta(days=60), tick=True):
        late = await Crew(yunqi).gather()
        assert await refused(late.desk, ticket, "reopen", reason="又漏了") == (422, "reopen_too_late")
        again_ = await late.registered(duplicate="link", duplicate_of=ticket["id"])
        assert again_["linked_to"] == ticket["id"]
        other = str(list(yunqi.households.values())[1])
        body = new_repair(yunqi, duplicate="link", duplicate_of=ticket["id"], household_id=other)
        assert (await late.desk.post("/api/v1/tickets", body)).status_code == 404


@pytest.mark.spec("TK-04")
async def test_a_merged_ticket_follows_the_other(crew: Crew) -> None:
    one, two, three = [await crew.registered() for _ in range(3)]
    await ok(crew.supervisor, one, "merge", into=two["number"])
    await ok(crew.supervisor, two, "merge", into=three["number"])
    assert (await again(crew.desk, one))["merged_into"] == three["id"]
    three = await ok(crew.desk, three, "answer", answer="总阀已修好")
    card = (await crew.desk.get(f"/callbacks?ticket={three['number']}")).text
    assert one["number"] in card
    assert two["number"] in card
    answer = await crew.supervisor.post(
        f"/api/v1/tickets/{three['id']}/call-backs", {"result": "reached", "satisfaction": "satisfied"}
    )
    assert answer.status_code == 201
    followed = await again(crew.desk, one)
    assert (followed["state"], followed["result"]) == ("merged", "总阀已修好")
    events = (await crew.desk.get(f"/api/v1/tickets/{one['id']}/events")).json()["items"]
    assert (events[-1]["name"], events[-1]["note"]) == ("result_followed", "总阀已修好")


@pytest.mark.spec("TK-04")
async def test_only_what_is_seen_in_the_same_project_is_merged_into(crew: Crew, yunqi: Company) -> None:
    async with yunqi.inside():
        elsewhere = await create_project(name="别处", code="BC")
    far = await crew.registered(**PUBLIC, project_id=str(elsewhere), place="大堂")
    here = await crew.registered()
    assert await refused(crew.supervisor, here, "merge", into=far["number"]) == (422, "merge_other_project")
    await yunqi.person("cs_supervisor", project=yunqi.project, username="near")
    near = await yunqi.signed_in("near")
    assert await refused(near, here, "merge", into=far["number"]) == (422, "merge_target_invalid")


@pytest.mark.spec("CB-01")
async def test_who_answered_or_owns_it_does_not_call_back(crew: Crew, yunqi: Company) -> None:
    ticket = await ok(crew.desk, await crew.registered(), "answer", answer="已指导业主")
    said = {"result": "reached", "satisfaction": "satisfied"}
    answer = await crew.desk.post(f"/api/v1/tickets/{ticket['id']}/call-backs", said)
    assert (answer.status_code, answer.json()["type"]) == (422, "conflict_of_interest")
    owner = str(yunqi.people["cs_supervisor"])
    other = await ok(crew.desk, await crew.registered(), "dispatch", specialist_owner=owner)
    await ok(crew.desk, other, "void_sheet", reason="改由前台处理")
    await yunqi.person("front_desk_agent", username="second")
    second = await yunqi.signed_in("second")
    await ok(second, other, "answer", answer="已指导业主")
    answer = await crew.supervisor.post(f"/api/v1/tickets/{other['id']}/call-backs", said)
    assert (answer.status_code, answer.json()["type"]) == (422, "conflict_of_interest")
