"""The closing list in a real browser: written line by line without a mouse, and with a thumb."""

from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import expect

from core.carryover import actions
from core.carryover.schemas import NewEntry
from core.kit import clock
from core.policies.actions import publish
from guanjia import app as composition
from tests.browser.conftest import Opened, Served, picture, violations
from tests.core.tickets.moves import Crew, ok
from tests.factories import Company, company

pytestmark = pytest.mark.browser
ALL_DAY = {"sla": {"service_window": [{"opens": "00:00", "closes": "23:59"}]}}
"""The pages run by the real time, whatever it is; written are only lists of a day that is not over."""
OVERFLOW = "document.documentElement.scrollWidth - innerWidth"


async def build() -> Company:
    made = await company(composition.create_app())
    rooms = [str(room) for room in made.households.values()]
    with clock.pretending(clock.now() - timedelta(days=2)):
        async with made.inside():
            await publish(None, None, ALL_DAY)
    with time_machine.travel(clock.now() - timedelta(days=1), tick=False):
        crew = await Crew(made).gather()
        old = await crew.registered(household_id=rooms[2], content="阳台推拉门滑轮坏，业主要同款配件")
        async with made.inside():
            said = NewEntry(ticket=old["number"], reason="配件要从厂家订", next_step="明早催仓库")
            await actions.enter(said)
    crew = await Crew(made).gather()
    await crew.registered(household_id=rooms[0])
    waits = await crew.on_site(household_id=rooms[1], content="客厅插座跳闸，整屋断电")
    await ok(crew.engineer, waits, "wait_customer", reason="业主要换同款开关", next_at=_tomorrow())
    return made


def _tomorrow() -> str:
    return (clock.now() + timedelta(days=1)).replace(hour=9, minute=30, second=0, microsecond=0).isoformat()


@pytest.fixture(scope="module")
def desk(served: Served) -> Company:
    return served.run(build)


@pytest.mark.spec("TK-06")
@pytest.mark.parametrize("width", [1440, 390])
def test_how_it_looks(opened: Opened, desk: Company, width: int) -> None:
    page = opened(desk, "front_desk_agent", width=width)
    page.goto("/carryover")
    expect(page.get_by_role("heading", name="收班清单")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate(OVERFLOW) <= 0
    picture(page, f"carryover-{width}")
    page.locator("#closing li a").last.click()
    page.wait_for_url("**#card")
    expect(page.locator("#card")).to_be_in_viewport()
    assert violations(page) == []
    picture(page, f"carryover-written-{width}")
    page.goto("/desk")
    expect(page.locator("#queue li").first).to_contain_text("遗留")
    if width > 1024:
        expect(page.locator("#nav-carryover")).to_be_visible()
        assert violations(page) == []
    picture(page, f"carryover-desk-{width}")
    page.locator("#queue li a").first.click()
    expect(page.locator("#task")).to_contain_text("收班时未办完")
    assert violations(page) == []
    picture(page, f"carryover-ticket-{width}")
    page.goto("/carryover/print")
    assert violations(page) == []
    picture(page, f"carryover-paper-{width}")


@pytest.mark.spec("TK-06")
def test_line_by_line_without_a_mouse(opened: Opened, desk: Company) -> None:
    page = opened(desk, "front_desk_agent", width=1440)
    page.goto("/carryover")
    before = int(page.locator("#nav-carryover").inner_text().split()[-1].lstrip("还没写的："))
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**#card")
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.id") != "reason":
        page.keyboard.press("Tab")
    page.keyboard.type("等配件到货")
    page.keyboard.press("Tab")
    page.keyboard.type("明早催仓库")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**done=**")
    expect(page.locator(".toast")).to_contain_text("已写入收班清单")
    expect(page.locator("#nav-carryover")).to_contain_text(str(before - 1))
    expect(page.locator("#reason")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".errsum")).to_be_visible()
    assert violations(page) == []
    picture(page, "carryover-refused-1440")
