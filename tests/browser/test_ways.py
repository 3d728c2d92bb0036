"""Ways through the product: single keys on every page, from a household to a slip, pressing, taking back."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from core.kit import clock
from core.notifications.actions import tell
from guanjia import app as composition
from tests.browser.conftest import Opened, Served, picture, violations
from tests.core.tickets.moves import Crew
from tests.factories import Company, company
from tests.plugins.property_desk.making import opened as new_slip

pytestmark = pytest.mark.browser


async def build() -> Company:
    made = await company(composition.create_app(), households=3)
    with clock.pretending(clock.now() - timedelta(days=1)):
        for role in ("front_desk_agent", "cs_manager", "engineer", "cs_supervisor"):
            await made.person(role)
    with clock.pretending(clock.now() - timedelta(minutes=40)):
        crew = await Crew(made).gather()
        await crew.registered()
        await crew.registered(household_id=str(made.households["3-2-1802"]), content="阳台窗户漏风")
    await new_slip(made)
    async with made.inside():
        await tell([made.people["front_desk_agent"]], "ticket.moved", "{room} 派给您", "/me", room="3-2-1801")
    return made


@pytest.fixture(scope="module")
def estate(served: Served) -> Company:
    return served.run(build)


def test_keys_lead_everywhere_from_a_page_of_a_plugin(opened: Opened, estate: Company) -> None:
    page = opened(estate, "front_desk_agent", width=1440, height=900)
    page.goto("/property_desk/goods_slips")
    for letter, path in (("d", "desk"), ("t", "tickets"), ("c", "callbacks"), ("h", "households")):
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("g")
        page.keyboard.press(letter)
        page.wait_for_url(f"**/{path}")
    page.goto("/me/sessions")
    page.keyboard.press("f")
    page.wait_for_url("**/goods_slips/new")
    page.goto("/desk?q=3-2-1801")
    page.keyboard.press("Alt+4")
    assert page.evaluate("document.activeElement.closest('[data-pane]').dataset.pane") == "4"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("f")
    page.wait_for_url("**/goods_slips/new?unit=*")
    assert page.locator("#unit_id").input_value() == "3-2-1801"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    expect(page.locator("#cheatsheet")).to_contain_text("开放行条")
    assert violations(page) == []


@pytest.mark.parametrize("width", [1440, 390])
def test_look(opened: Opened, estate: Company, width: int) -> None:
    household = estate.households["3-2-1801"]
    for who, name, path in (
        ("front_desk_agent", "household", f"/households/{household}"),
        ("front_desk_agent", "found", "/desk?q=3-2-1801"),
        ("front_desk_agent", "tickets", "/tickets?urgent=1"),
        ("engineer", "403", "/dash"),
        ("cs_manager", "dash", "/dash"),
    ):
        page = opened(estate, who, width=width, height=900)
        page.goto(path)
        picture(page, f"ways-{name}-{width}")
        assert violations(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_late_tickets_are_pressed_for_once(opened: Opened, estate: Company) -> None:
    page = opened(estate, "cs_manager", width=1440, height=900)
    page.goto("/dash")
    button = page.get_by_role("button", name="催办").first
    button.click()
    expect(page.locator(".toast")).to_contain_text("已催办")
    expect(page.locator("#late")).to_contain_text("已催办")


def test_reading_all_is_taken_back(opened: Opened, estate: Company) -> None:
    page = opened(estate, "front_desk_agent", width=1440, height=900)
    page.goto("/notices")
    unread = page.locator("#notices .badge").count()
    assert unread >= 1
    page.get_by_role("button", name="全部标为已读").click()
    expect(page.locator("#notices .badge")).to_have_count(0)
    page.locator(".toast").get_by_role("button", name="撤销").click()
    expect(page.locator("#notices .badge")).to_have_count(unread)
