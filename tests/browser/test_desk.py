"""The desk, a ticket and the call-backs in Chromium: by keyboard, live, without losing what was typed."""

from datetime import timedelta

import pytest

from core.kit import clock
from guanjia import app as composition
from tests import homes
from tests.browser.conftest import Opened, Served, picture, violations
from tests.core.tickets.moves import Crew
from tests.factories import Company, company

pytestmark = pytest.mark.browser
WIDTHS = (1440, 390)
MATTERS = ("厨房插座跳闸", "入户门可视对讲无声", "卫生间吊顶渗水，待楼上配合", "等业主购买同款龙头")


class Scene:
    """A company in the middle of its day; `numbers` of tickets by where they stand."""

    def __init__(self, made: Company, numbers: dict[str, str]) -> None:
        self.company, self.numbers = made, numbers


async def build() -> Scene:
    made = await company(composition.create_app(), households=6)
    async with made.inside():
        await homes.add(made, made.project, "3-2-1601", "陈志远", "13900000001")
    crew = await Crew(made).gather()
    rooms = list(made.households.values())
    numbers: dict[str, str] = {}
    with clock.pretending(clock.now() - timedelta(hours=5)):
        numbers["late"] = (await crew.registered(household_id=str(rooms[1]), content=MATTERS[1]))["number"]
        numbers["waiting"] = (await crew.on_site(household_id=str(rooms[2]), content=MATTERS[2]))["number"]
    numbers["returned"] = (await crew.returned(household_id=str(rooms[3])))["number"]
    numbers["done"] = (await crew.done(household_id=str(rooms[4]), content=MATTERS[3]))["number"]
    numbers["assigned"] = (await crew.assigned(household_id=str(rooms[5]), content=MATTERS[0]))["number"]
    numbers["on_site"] = (await crew.on_site())["number"]
    return Scene(made, numbers)


@pytest.fixture(scope="module")
def scene(served: Served) -> Scene:
    return served.run(build)


@pytest.mark.parametrize("width", WIDTHS)
def test_look(opened: Opened, scene: Scene, width: int) -> None:
    page = opened(scene.company, "front_desk_agent", width=width, height=900)
    for name, path in (
        ("desk", "/desk?phone=13900000002"),
        ("desk-two", "/desk?phone=13900000001"),
        ("desk-empty", "/desk"),
        ("tickets", "/tickets"),
        ("ticket-return", f"/tickets/{scene.numbers['done']}"),
        ("ticket-callback", f"/tickets/{scene.numbers['returned']}"),
        ("callbacks", "/callbacks"),
        ("search", "/search?q=1801"),
    ):
        page.goto(path)
        picture(page, f"look-{name}-{width}")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_look_engineer(opened: Opened, scene: Scene, width: int) -> None:
    page = opened(scene.company, "engineer", width=width, height=900)
    page.goto(f"/tickets/{scene.numbers['on_site']}")
    picture(page, f"look-ticket-complete-{width}")
    assert violations(page) == []
    page = opened(scene.company, "engineering_dispatcher", width=width, height=900)
    page.goto(f"/tickets/{scene.numbers['assigned']}")
    picture(page, f"look-ticket-assigned-{width}")
    assert violations(page) == []
