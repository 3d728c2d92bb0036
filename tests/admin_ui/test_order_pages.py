"""`/m/orders` over HTTP: an order-taker signs for what was dispatched or declines it, and says who goes."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from core.kit import clock, sql
from tests.admin_ui.pages import HTMX, refusals, send
from tests.core.tickets.moves import Crew
from tests.factories import Company
from tests.working_off import sweep, work_off

pytestmark = [pytest.mark.anyio, pytest.mark.spec("SLA-02", "TK-04")]
PATH = "/m/orders"
TOLD = """
select p.username, n.event from core.notifications_notice n
join core.staff_person p on p.tenant_id = n.tenant_id and p.id = n.person_id
where n.tenant_id = $1 and n.event like 'clock.%' order by n.event, p.username
"""


@pytest.fixture
async def crew(yunqi: Company) -> Crew:
    return await Crew(yunqi).gather()


async def state(crew: Crew, ticket: dict[str, Any]) -> tuple[str, str | None]:
    seen = (await crew.desk.get(f"/api/v1/tickets/{ticket['id']}")).json()
    return seen["state"], seen["stage"]


def numbers(html: str, part: str) -> list[str]:
    """The orders of one list, top to bottom."""
    section = html.partition(f'id="{part}-t"')[2].partition("</section>")[0]
    return re.findall(r'id="order-([^"]+)"', section)


async def test_who_may_come_here(yunqi: Company, cuihu: Company, crew: Crew) -> None:
    ticket = await crew.dispatched()
    answer = await yunqi.client().get(PATH)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/login?next={PATH}")
    for browser in (crew.desk, crew.engineer):
        assert (await browser.get(PATH)).status_code == 403
        assert (await send(browser, f"{PATH}/{ticket['number']}/accept")).status_code == 403
    stranger = await cuihu.signed_in("engineering_dispatcher")
    assert (await send(stranger, f"{PATH}/{ticket['number']}/accept")).status_code == 404
    assert (await send(crew.dispatcher, f"{PATH}/{ticket['number']}/cancel")).status_code == 404
    assert (await state(crew, ticket))[0] == "dispatched"


async def test_the_soonest_due_of_ones_own_departments(yunqi: Company, crew: Crew) -> None:
    with time_machine.travel(clock.now() - timedelta(minutes=2), tick=True):
        second = await crew.dispatched(content="后登记的")
    with time_machine.travel(clock.now() - timedelta(minutes=9), tick=True):
        first = await crew.dispatched(content="超时的")
    cleaning = await crew.desk.post(
        "/api/v1/tickets",
        {
            "kind": "help",
            "project_id": str(yunqi.project),
            "place": "3 栋大堂",
            "content": "地面有水，怕老人滑倒",
            "contact_phone": "13900000001",
            "nature": "environment_hygiene",
            "dispatch_to": "cleaning",
        },
    )
    assert cleaning.status_code == 201, cleaning.text
    page = (await crew.dispatcher.get(PATH)).text
    assert numbers(page, "waiting") == [first["number"], second["number"]]
    assert 'data-live="tickets"' in page
    assert 'data-due="' in page
    part = (await crew.dispatcher.get(f"{PATH}?part=list", headers=HTMX)).text
    assert "<html" not in part
    assert numbers(part, "waiting") == [first["number"], second["number"]]
    lead = await yunqi.signed_in("cleaning_lead")
    assert numbers((await lead.get(PATH)).text, "waiting") == [cleaning.json()["number"]]


async def test_signed_for_in_one_tap_and_then_given_to_somebody(crew: Crew) -> None:
    ticket = await crew.dispatched()
    number = ticket["number"]
    answer = await send(crew.dispatcher, f"{PATH}/{number}/accept")
    assert (answer.status_code, answer.headers["hx-redirect"]) == (200, f"{PATH}?opened={number}")
    assert await state(crew, ticket) == ("accepted", "handed_over")
    page = (await crew.dispatcher.get(f"{PATH}?opened={number}")).text
    assert numbers(page, "waiting") == []
    assert numbers(page, "unassigned") == [number]
    assert re.search(r'<details class="more--form" open>', page)
    nobody = await send(crew.dispatcher, f"{PATH}/{number}/assign", size="minor")
    assert nobody.status_code == 422
    assert "<html" not in nobody.text
    assert len(refusals(nobody.text)) == 1
    whole = await send(crew.dispatcher, f"{PATH}/{number}/assign", htmx=False, size="minor")
    assert whole.status_code == 422
    assert len(refusals(whole.text)) == 1
    done = await send(crew.dispatcher, f"{PATH}/{number}/assign", engineer=crew.engineer_id, size="medium")
    assert (done.status_code, done.headers["hx-redirect"]) == (200, PATH)
    seen = (await crew.desk.get(f"/api/v1/tickets/{ticket['id']}")).json()
    assert (seen["stage"], seen["size"], seen["engineer"]["id"]) == ("assigned", "medium", crew.engineer_id)


async def test_who_comes_second_is_told(crew: Crew) -> None:
    ticket = await crew.accepted()
    answer = await send(crew.dispatcher, f"{PATH}/{ticket['number']}/accept")
    assert answer.status_code == 409
    assert "data-problem" in answer.text


async def test_declining_asks_why(crew: Crew) -> None:
    ticket = await crew.dispatched()
    path = f"{PATH}/{ticket['number']}/decline"
    refused = await send(crew.dispatcher, path)
    assert refused.status_code == 422
    assert len(refusals(refused.text)) == 1
    assert (await state(crew, ticket))[0] == "dispatched"
    done = await send(crew.dispatcher, path, reason="不是工程部的范围")
    assert (done.status_code, done.headers["hx-redirect"]) == (200, PATH)
    assert await state(crew, ticket) == ("registered", "void")
    events = (await crew.desk.get(f"/api/v1/tickets/{ticket['id']}/events")).json()["items"]
    assert events[-1]["form"]["reason"] == "不是工程部的范围"


async def test_what_a_lead_signs_for_is_theirs_to_do(yunqi: Company, crew: Crew) -> None:
    """TK-03: without a work order nobody else would find it among their jobs."""
    body = {
        "kind": "help",
        "project_id": str(yunqi.project),
        "place": "3 栋大堂",
        "content": "地面有水，怕老人滑倒",
        "contact_phone": "13900000001",
        "dispatch_to": "cleaning",
    }
    ticket = (await crew.desk.post("/api/v1/tickets", body)).json()
    lead = await yunqi.signed_in("cleaning_lead")
    answer = await send(lead, f"{PATH}/{ticket['number']}/accept")
    assert answer.headers["hx-redirect"] == PATH
    assert ticket["number"] in (await lead.get("/m/jobs")).text


@pytest.mark.spec("TK-05")
async def test_the_order_taker_hears_of_the_three_minutes_too(yunqi: Company, crew: Crew) -> None:
    """Once the order lies with the department; before that only the desk can do something."""
    await crew.dispatched()
    await work_off(yunqi)
    with time_machine.travel(clock.now() + timedelta(minutes=2, seconds=40), tick=True):
        await sweep(yunqi)
        await work_off(yunqi)
    with time_machine.travel(clock.now() + timedelta(minutes=4), tick=True):
        await sweep(yunqi)
        await work_off(yunqi)
    async with yunqi.inside():
        told = {(row["username"], row["event"]) for row in await sql.records(TOLD)}
    assert {
        ("front_desk_agent", "clock.warned"),
        ("engineering_dispatcher", "clock.warned"),
        ("front_desk_agent", "clock.breached"),
        ("engineering_dispatcher", "clock.breached"),
    } <= told


@pytest.mark.spec("TK-05")
async def test_what_is_not_dispatched_is_the_desks_alone(yunqi: Company, crew: Crew) -> None:
    await crew.registered()
    with time_machine.travel(clock.now() + timedelta(minutes=4), tick=True):
        await sweep(yunqi)
        await work_off(yunqi)
    async with yunqi.inside():
        told = {row["username"] for row in await sql.records(TOLD)}
    assert "front_desk_agent" in told
    assert "engineering_dispatcher" not in told
