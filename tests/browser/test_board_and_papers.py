"""The manager's page and a ticket's paper in a real browser: nothing axe finds, nothing that overflows."""

from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import expect

from core.tickets import actions
from core.tickets.schemas import Dispatch, NewTicket
from tests.browser.conftest import Opened, Served, picture, violations
from tests.factories import Company, new_repair

pytestmark = pytest.mark.browser
OVERFLOW = "document.documentElement.scrollWidth - innerWidth"


@pytest.fixture(scope="module")
def estate(served: Served) -> Company:
    async def build() -> Company:
        from tests.factories import company  # noqa: PLC0415

        made = await company(None)
        for role in ("cs_manager", "front_desk_agent"):
            await made.person(role)
        return made

    return served.run(build)


@pytest.fixture(scope="module")
def number(served: Served, estate: Company) -> str:
    async def register() -> str:
        async with estate.inside():
            said: dict[str, Any] = dict(new_repair(estate))
            ids = {name: UUID(said.pop(name)) for name in ("project_id", "household_id")}
            row = await actions.register(NewTicket(**ids, **said))
            row = await actions.move(row["id"], "dispatch", form=Dispatch(department="engineering"))
            found: str = row["number"]
            return found

    return served.run(register)


@pytest.mark.parametrize("width", [1440, 390, 320])
def test_board(opened: Opened, estate: Company, number: str, width: int) -> None:
    page = opened(estate, "cs_manager", width=width)
    page.goto("/dash")
    expect(page.get_by_role("heading", name="服务质量看板")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate(OVERFLOW) <= 0
    page.locator("details.more summary:visible").first.click()
    page.evaluate("scrollTo(0, 0)")
    assert violations(page) == []
    picture(page, f"dash-{width}")


@pytest.mark.parametrize("width", [1100, 390])
def test_paper(opened: Opened, estate: Company, number: str, width: int) -> None:
    page = opened(estate, "front_desk_agent", width=width)
    page.add_init_script("window.print = () => { window.printed = true }")
    page.goto(f"/tickets/{number}/print")
    assert violations(page) == []
    assert page.evaluate(OVERFLOW) <= 0
    picture(page, f"work-order-{width}")
    reason = page.locator("#reason")
    if reason.count():
        reason.fill("业主要一份")
    page.get_by_role("button", name="打印" if not reason.count() else "重打").click()
    page.wait_for_url("**/print?print=1")
    page.wait_for_function("window.printed === true")
    expect(page.locator(".bar")).to_contain_text("次打印已登记")
    assert violations(page) == []


def test_what_comes_late_appears_by_itself(
    opened: Opened, served: Served, estate: Company, number: str
) -> None:
    page = opened(estate, "cs_manager", width=1440)
    page.goto("/dash")
    page.mouse.move(5, 700)
    before = page.locator(".kpi", has_text="未关闭").locator(".kpi__v").inner_text()

    async def another() -> None:
        async with estate.inside():
            said: dict[str, Any] = dict(new_repair(estate, content="又一张新单"))
            ids = {name: UUID(said.pop(name)) for name in ("project_id", "household_id")}
            await actions.register(NewTicket(**ids, **said))

    served.run(another)
    expect(page.locator(".kpi", has_text="未关闭").locator(".kpi__v")).not_to_have_text(before, timeout=8000)
