"""What a person may do follows the roles they hold: where, from when until when, and in which company."""

import asyncio
from datetime import timedelta

import pytest
import time_machine

from auth import actions, sessions
from core.households import actions as households
from core.kit import clock
from core.kit.settings import settings
from core.staff import actions as staff
from tests.factories import PASSWORD, Company, new_repair

pytestmark = pytest.mark.anyio


async def test_a_role_in_one_project_gives_no_right_in_another(yunqi: Company) -> None:
    async with yunqi.inside():
        other = await households.create_project(name="云山苑", code="YS")
    await yunqi.person("front_desk_agent", project=other)
    desk = await yunqi.signed_in("front_desk_agent")
    me = (await desk.get("/api/v1/me")).json()
    assert me["projects"] == [str(other)]
    assert "tickets.ticket.register" in me["permissions"]
    refused = await desk.post("/api/v1/tickets", json=new_repair(yunqi))
    assert refused.status_code in {403, 404}, refused.text


async def test_a_second_project_widens_the_right_and_no_project_makes_it_whole(yunqi: Company) -> None:
    async with yunqi.inside():
        other = await households.create_project(name="云山苑", code="YS")
    identity = await yunqi.person("front_desk_agent", project=other)
    desk = await yunqi.signed_in("front_desk_agent")
    for project, expected in [(yunqi.project, {str(other), str(yunqi.project)}), (None, None)]:
        async with yunqi.inside():
            await actions.give_role(identity, "front_desk_agent", project)
            later = await households.create_project(name=f"新盘{project}"[:20], code=f"N{str(project)[:3]}")
        known = set((await desk.get("/api/v1/me")).json()["projects"])
        assert known == expected if expected else str(later) in known
    assert (await desk.post("/api/v1/tickets", json=new_repair(yunqi))).status_code == 201


async def test_a_right_ends_with_the_last_day_of_its_role(yunqi: Company) -> None:
    identity = await yunqi.person("viewer")
    last = clock.now() + timedelta(days=2)
    async with yunqi.inside():
        await staff.assign(identity, "front_desk_agent", None, until=last)
        await actions.bump()
    for day, roles in [(last, {"viewer", "front_desk_agent"}), (last + timedelta(days=1), {"viewer"})]:
        with time_machine.travel(day, tick=True):
            me = (await (await yunqi.signed_in("viewer")).get("/api/v1/me")).json()
            assert set(me["roles"]) == roles
            assert ("tickets.ticket.register" in me["permissions"]) is (len(roles) > 1)


async def test_a_session_of_one_company_is_nobodys_at_another(yunqi: Company, cuihu: Company) -> None:
    desk = await yunqi.signed_in("tenant_admin")
    token = desk.http.cookies[sessions.cookie_name()]
    stranger = cuihu.client()
    answer = await stranger.get("/api/v1/me", headers={"Cookie": f"{sessions.cookie_name()}={token}"})
    assert answer.status_code == 401
    assert (await desk.get("/api/v1/me")).status_code == 200


async def test_more_failures_at_once_than_connections_are_all_answered(yunqi: Company) -> None:
    names = [f"ghost{n}" for n in range(settings().pool_size + 5)]
    answers = await asyncio.gather(*(yunqi.client().sign_in(name, PASSWORD) for name in names))
    assert {answer.status_code for answer in answers} == {422}
