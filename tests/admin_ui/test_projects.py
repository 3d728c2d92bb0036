"""Somebody with several estates works in one or in all: lists, desk, search, board and counts follow."""

import re
from typing import Any
from uuid import UUID

import pytest

from auth.actions import create_person, take_role
from core.households.actions import create_project
from tests import homes
from tests.admin_ui.pages import HTMX, attribute, call, send
from tests.factories import PASSWORD, Browser, Company, new_repair

pytestmark = pytest.mark.anyio
ROOM = "9-1-901"


@pytest.fixture
async def second(yunqi: Company) -> UUID:
    """Another estate of the company, with one household and one repair; the first estate has one too."""
    async with yunqi.inside():
        project: UUID = await create_project(name="云山苑", code="YS")
        await homes.add(yunqi, project, ROOM, "苏明", "13900000009")
    desk = await yunqi.signed_in("front_desk_agent")
    there = {"project_id": str(project), "household_id": str(yunqi.households[ROOM])}
    for more in ({"content": "第一个小区的事"}, {**there, "content": "第二个小区的事"}):
        answer = await desk.post("/api/v1/tickets", new_repair(yunqi, **more))
        assert answer.status_code == 201, answer.text
    return project


async def choose(who: Browser, project: Any, **more: Any) -> Any:
    return await send(who, "/me/project", htmx=False, project=str(project), **more)


def offered(page: str) -> list[str]:
    """The estates of the menu, the chosen one marked."""
    menu = page.partition('action="/me/project"')[2].partition("</form>")[0]
    found = re.findall(r'<button[^>]*?( aria-current="true")?>(?:<svg.*?</svg>)([^<]+)', menu)
    return [name + ("*" if current else "") for current, name in found]


async def test_nobody_is_asked_to_sign_in(yunqi: Company) -> None:
    stranger = yunqi.client()
    assert (await stranger.post("/me/project", data={"project": str(yunqi.project)})).status_code == 401


async def test_another_companys_estate_is_not_there(yunqi: Company, cuihu: Company, second: UUID) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    assert (await choose(desk, cuihu.project)).status_code == 404
    assert offered((await desk.get("/tickets")).text) == ["全部小区*", "翠湖天地", "云山苑"]


async def test_an_estate_without_a_grant_is_refused(yunqi: Company, second: UUID) -> None:
    await yunqi.person("cs_manager", project=yunqi.project)
    manager = await yunqi.signed_in("cs_manager")
    assert (await choose(manager, second)).status_code == 404
    assert (await choose(manager, "nonsense")).status_code == 422
    page = (await manager.get("/tickets")).text
    assert offered(page) == []
    assert "第一个小区的事" in page
    assert "第二个小区的事" not in page


async def test_everything_follows_the_estate_chosen(yunqi: Company, second: UUID) -> None:
    supervisor = await yunqi.signed_in("cs_supervisor")
    both = (await supervisor.get("/tickets")).text
    assert "第一个小区的事" in both
    assert "第二个小区的事" in both
    answer = await choose(supervisor, second, next="/tickets")
    assert (answer.status_code, answer.headers["location"]) == (303, "/tickets")
    page = (await supervisor.get("/tickets")).text
    assert offered(page) == ["全部小区", "翠湖天地", "云山苑*"]
    assert '<small class="ell">云山苑</small>' in page
    assert "第二个小区的事" in page
    assert "第一个小区的事" not in page
    desk = (await supervisor.get("/desk")).text
    assert "第二个小区的事" in desk
    assert "第一个小区的事" not in desk
    assert attribute(desk, "project_id") == str(second)
    assert '按时限<span class="count">1</span>' in desk
    for path in ("/search?q=小区的事", "/dash", "/desk?q=3-2-1801", "/desk?phone=13900000001", "/households"):
        found = (await supervisor.get(path)).text
        assert "第一个小区的事" not in found, path
        assert "3-2-1801" not in found.split('id="main"')[1].replace("q=3-2-1801", "").replace(
            'value="3-2-1801"', ""
        ), path
    assert "苏明" in (await supervisor.get("/households")).text
    assert "苏明" in (await supervisor.get("/desk?q=9-1-901")).text
    await choose(supervisor, "")
    assert "第一个小区的事" in (await supervisor.get("/tickets")).text


async def test_records_elsewhere_still_open_and_can_be_worked(yunqi: Company, second: UUID) -> None:
    """Choosing narrows what is listed, not what one may do: a notice leads to its ticket wherever it is."""
    desk = await yunqi.signed_in("front_desk_agent")
    await choose(desk, second)
    rows = (await desk.get("/api/v1/tickets")).json()["items"]
    assert len(rows) == 2
    for row in rows:
        assert (await desk.get(f"/tickets/{row['number']}")).status_code == 200
    first = call(yunqi, content="在别的小区登记", duplicate="new")
    assert (await send(desk, "/desk", **first)).status_code == 200


async def test_it_is_this_sessions_alone_and_ends_with_the_grant(yunqi: Company, second: UUID) -> None:
    async with yunqi.inside():
        person = await create_person(
            username="lin", name="林", password=PASSWORD, must_change=False,
            roles=[("front_desk_agent", yunqi.project), ("front_desk_agent", second)],
        )  # fmt: skip
    first, other = yunqi.client(), yunqi.client()
    for browser in (first, other):
        await browser.sign_in("lin")
    await choose(first, second)
    assert offered((await first.get("/tickets")).text)[2] == "云山苑*"
    assert offered((await other.get("/tickets")).text)[0] == "全部小区*"
    async with yunqi.inside():
        await take_role(person, "front_desk_agent", second)
    page = (await first.get("/tickets")).text
    assert offered(page) == []
    assert "第一个小区的事" in page


@pytest.mark.parametrize("path", ["https://elsewhere.example/", "//elsewhere.example"])
async def test_it_leads_back_to_this_company(yunqi: Company, second: UUID, path: str) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    assert (await choose(desk, second, next=path)).headers["location"] == "/"


async def test_a_live_part_follows_too(yunqi: Company, second: UUID) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    await choose(desk, second)
    part = (await desk.get("/tickets?part=list", headers=HTMX)).text
    assert "第二个小区的事" in part
    assert "第一个小区的事" not in part
