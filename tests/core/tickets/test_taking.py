"""RP-01: an engineer takes an order nobody has been given; the dispatcher still gives them to others."""

import asyncio
from datetime import timedelta

import pytest

from auth import actions as accounts
from core.kit import clock
from core.staff.actions import put_on_duty
from tests.core.tickets.moves import Crew, ok, refused
from tests.factories import PASSWORD, Browser, Company
from tests.working_off import work_off

pytestmark = pytest.mark.anyio


@pytest.fixture
async def crew(yunqi: Company) -> Crew:
    return await Crew(yunqi).gather()


async def engineer_of(company: Company, department: str, username: str) -> Browser:
    async with company.inside():
        company.people[username] = await accounts.create_person(
            username=username, name=f"{username}甲", password=PASSWORD, roles=[("engineer", None)],
            department=department, must_change=False,
        )  # fmt: skip
    return await company.signed_in(username)


@pytest.mark.spec("RP-01")
async def test_an_engineer_takes_what_nobody_has(crew: Crew) -> None:
    ticket = await crew.accepted()
    offered = {
        t["name"] for t in (await crew.engineer.get(f"/api/v1/tickets/{ticket['id']}")).json()["transitions"]
    }
    assert "take" in offered
    assert "assign" not in offered
    ticket = await ok(crew.engineer, ticket, "take")
    assert (ticket["state"], ticket["stage"], ticket["size"]) == ("accepted", "assigned", "minor")
    assert ticket["engineer"]["id"] == ticket["specialist_owner"]["id"] == crew.engineer_id
    running = {c["code"] for c in ticket["clocks"] if c["stopped_at"] is None}
    assert "SLA-07" in running
    assert "SLA-08" not in running
    assert (await ok(crew.engineer, ticket, "start", consent="resident"))["stage"] == "on_site"


@pytest.mark.spec("RP-01")
async def test_of_two_at_once_one_is_told_who_was_faster(crew: Crew, yunqi: Company) -> None:
    ticket = await crew.accepted()
    await yunqi.person("engineer", username="majun")
    other = await yunqi.signed_in("majun")
    path = f"/api/v1/tickets/{ticket['id']}/transitions/take"
    seen = {"version": ticket["version"]}
    answers = await asyncio.gather(crew.engineer.post(path, seen), other.post(path, seen))
    assert sorted(a.status_code for a in answers) == [200, 409]
    won = next(a for a in answers if a.status_code == 200).json()["engineer"]["name"]
    lost = next(a for a in answers if a.status_code == 409).json()
    assert won in lost["title"]
    answers = [await refused(who, ticket, "take") for who in (crew.engineer, other)]
    assert answers == [(409, "job_taken")] * 2


@pytest.mark.spec("RP-01")
async def test_what_is_not_to_be_taken(crew: Crew, yunqi: Company) -> None:
    """Not before engineering has signed for it, once it was given away, or while it waits for a time."""
    assert await refused(crew.engineer, await crew.dispatched(), "take") == (409, "transition_not_allowed")
    given = await crew.assigned()
    await yunqi.person("engineer", username="majun")
    other = await yunqi.signed_in("majun")
    assert await refused(other, given, "take") == (409, "job_taken")
    waiting = await ok(crew.dispatcher, await crew.accepted(), "cannot_attend", reason="配件未到")
    assert await refused(crew.engineer, waiting, "take") == (409, "transition_not_offered")


@pytest.mark.spec("RP-01")
async def test_who_may_not_take(crew: Crew, yunqi: Company) -> None:
    ticket = await crew.accepted()
    assert await refused(crew.dispatcher, ticket, "take") == (403, "permission_missing")
    assert await refused(crew.desk, ticket, "take") == (403, "permission_missing")
    gardener = await engineer_of(yunqi, "greening", "gardener")
    assert await refused(gardener, ticket, "take") == (403, "other_department")
    mine = await engineer_of(yunqi, "engineering", "plumber")
    assert (await ok(mine, ticket, "take"))["engineer"]["name"] == "plumber甲"


@pytest.mark.spec("RP-01")
async def test_somebody_off_duty_takes_nothing(crew: Crew, yunqi: Company) -> None:
    other = await yunqi.person("engineer", username="majun")
    async with yunqi.inside():
        await put_on_duty(other, None, clock.now() - timedelta(hours=1), clock.now() + timedelta(hours=7))
    assert await refused(crew.engineer, await crew.accepted(), "take") == (422, "engineer_off_duty")


@pytest.mark.spec("RP-01")
async def test_the_dispatcher_and_the_butler_hear_of_it(crew: Crew, yunqi: Company) -> None:
    ticket = await crew.accepted()
    await work_off(yunqi)
    before = len((await crew.dispatcher.get("/api/v1/notifications")).json()["items"])
    await ok(crew.engineer, ticket, "take")
    await work_off(yunqi)
    told = (await crew.dispatcher.get("/api/v1/notifications")).json()["items"]
    assert len(told) == before + 1
    assert "已有师傅接单" in told[0]["text"]


@pytest.mark.spec("RP-01")
async def test_the_dispatcher_gives_a_taken_order_to_somebody_else(crew: Crew, yunqi: Company) -> None:
    ticket = await ok(crew.engineer, await crew.accepted(), "take")
    other = await yunqi.person("engineer", username="majun")
    ticket = await ok(crew.dispatcher, ticket, "assign", engineer=str(other))
    assert ticket["engineer"]["id"] == str(other)
