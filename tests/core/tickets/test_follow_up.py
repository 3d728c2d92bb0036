"""RP-06: an unhappy resident's visit ends with a ticket for what is left to do, linked to the first."""

import asyncio
from typing import Any

import pytest

from tests.core.tickets.moves import DONE, Crew, ok, refused, take
from tests.factories import Browser, Company
from tests.working_off import work_off

pytestmark = pytest.mark.anyio
LEFT = "补做墙面，业主要求周内完成"


@pytest.fixture
async def crew(yunqi: Company) -> Crew:
    return await Crew(yunqi).gather()


async def by_number(who: Browser, number: str) -> dict[str, Any]:
    answer = await who.get(f"/api/v1/tickets/{number}")
    assert answer.status_code == 200, answer.json()
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.spec("RP-06", "TK-01")
async def test_the_follow_up_is_opened_with_the_completion(crew: Crew, yunqi: Company) -> None:
    first = await crew.on_site()
    done = await ok(crew.engineer, first, "complete", **DONE, satisfied=False, follow_up=LEFT)
    [number] = done["follow_up_tickets"]
    second = await by_number(crew.desk, number)
    assert (second["linked_to"], second["kind"], second["state"]) == (first["id"], "repair", "registered")
    assert second["content"] == LEFT
    for same in ("household", "project_id", "requester", "contact_phone", "urgency", "impact", "nature"):
        assert second[same] == first[same], same
    assert second["first_responsible"]["id"] == crew.engineer_id
    assert (second["channel"], second["paid"], second["call_back_owed"]) == ("visit", False, True)
    assert "SLA-02" in {c["code"] for c in second["clocks"]}
    events = (await crew.desk.get(f"/api/v1/tickets/{first['id']}/events")).json()["items"]
    assert events[-1]["form"]["follow_up_ticket"] == number
    assert await work_off(yunqi) > 0
    third = await ok(crew.desk, second, "dispatch")
    assert third["state"] == "dispatched"


@pytest.mark.spec("RP-06")
async def test_both_pages_lead_to_each_other(crew: Crew) -> None:
    first = await crew.on_site()
    done = await ok(crew.engineer, first, "complete", **DONE, satisfied=False, follow_up=LEFT)
    number = done["follow_up_tickets"][0]
    there = (await crew.desk.get(f"/tickets/{first['number']}")).text
    back = (await crew.desk.get(f"/tickets/{number}")).text
    assert f'href="/tickets/{number}"' in there
    assert f'href="/tickets/{first["number"]}"' in back


@pytest.mark.spec("RP-06")
async def test_nothing_is_opened_where_the_completion_is_refused(crew: Crew) -> None:
    ticket = await crew.on_site()
    for words in (None, "补"):
        answer = await take(crew.engineer, ticket, "complete", **DONE, satisfied=False, follow_up=words)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "form.follow_up"
    unsigned = {"work": DONE["work"], "satisfied": False, "follow_up": LEFT}
    assert await refused(crew.engineer, ticket, "complete", **unsigned) == (422, "signature_required")
    assert len((await crew.desk.get("/api/v1/tickets")).json()["items"]) == 1


@pytest.mark.spec("RP-06")
async def test_a_content_resident_leaves_nothing_to_do(crew: Crew) -> None:
    done = await ok(crew.engineer, await crew.on_site(), "complete", **DONE, follow_up=LEFT)
    assert done["follow_up_tickets"] == []
    assert len((await crew.desk.get("/api/v1/tickets")).json()["items"]) == 1


@pytest.mark.spec("RP-06")
async def test_the_same_completion_twice_opens_one(crew: Crew) -> None:
    ticket = await crew.on_site()
    seen = await by_number(crew.engineer, ticket["number"])
    body = {"version": seen["version"], "form": {**DONE, "satisfied": False, "follow_up": LEFT}}
    path = f"/api/v1/tickets/{ticket['id']}/transitions/complete"
    answers = await asyncio.gather(crew.engineer.post(path, body), crew.dispatcher.post(path, body))
    assert sorted(a.status_code for a in answers) == [200, 409]
    assert len((await crew.desk.get("/api/v1/tickets")).json()["items"]) == 2


@pytest.mark.spec("RP-06")
async def test_after_a_reopening_a_second_one_joins_the_first(crew: Crew) -> None:
    ticket = await crew.on_site()
    ticket = await ok(crew.engineer, ticket, "complete", **DONE, satisfied=False, follow_up=LEFT)
    ticket = await ok(crew.desk, ticket, "return_sheet")
    ticket = await ok(crew.desk, ticket, "reopen", reason="又漏了")
    for who, step, form in (
        (crew.dispatcher, "accept", {}),
        (crew.dispatcher, "assign", {"engineer": crew.engineer_id, "size": "minor"}),
        (crew.engineer, "start", {"consent": "resident"}),
        (crew.engineer, "complete", {**DONE, "satisfied": False, "follow_up": "换整段水管"}),
    ):
        ticket = await ok(who, ticket, step, **form)
    assert len(ticket["follow_up_tickets"]) == 2


@pytest.mark.spec("RP-06")
async def test_a_public_place_is_no_hindrance(crew: Crew) -> None:
    ticket = await crew.registered(
        household_id=None,
        place="2 栋电梯厅",
        channel="patrol",
        contact_phone="13811112222",
        requester="保安队",
    )
    for who, step, form in (
        (crew.desk, "dispatch", {}),
        (crew.dispatcher, "accept", {}),
        (crew.dispatcher, "assign", {"engineer": crew.engineer_id, "size": "minor"}),
        (crew.engineer, "start", {"consent": "public_area"}),
    ):
        ticket = await ok(who, ticket, step, **form)
    said = {"work": "更换灯管", "signature_exemption": "public_area", "satisfied": False, "follow_up": LEFT}
    done = await ok(crew.engineer, ticket, "complete", **said)
    second = await by_number(crew.desk, done["follow_up_tickets"][0])
    assert (second["place"], second["requester"]) == ("2 栋电梯厅", "保安队")
    assert second["contact_phone"] == ticket["contact_phone"]
