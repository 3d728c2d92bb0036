"""Order-takers and whoever is asked first, on a phone; batches by keyboard at the desk."""

import re

import pytest
from playwright.sync_api import Page, expect

from core.tickets import actions
from tests.browser import scenes
from tests.browser.conftest import Opened, Served, picture, violations
from tests.factories import Company

pytestmark = pytest.mark.browser


@pytest.fixture
def estate(served: Served) -> Company:
    made = served.company()
    served.run(lambda: scenes.staffed(made))
    return made


async def dispatched(company: Company, content: str) -> str:
    """A repair that lies with engineering; its number."""
    row = await scenes.registered(company, content=content)
    async with company.inside(scenes.everything(company, "front_desk_agent")):
        await actions.move(row["id"], "dispatch", raw={})
    number: str = row["number"]
    return number


def fits(page: Page) -> None:
    assert violations(page) == []
    width = page.viewport_size["width"]  # type: ignore[index]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.spec("SLA-02")
def test_an_order_arrives_is_signed_for_and_given_to_somebody(
    served: Served, opened: Opened, estate: Company
) -> None:
    page = opened(estate, "engineering_dispatcher")
    page.goto("/")
    page.wait_for_url("**/m/orders")
    expect(page.get_by_text("没有等待接单的")).to_be_visible()
    number = served.run(lambda: dispatched(estate, "主卫洗手盆下方角阀渗水"))
    card = page.locator(f"#order-{number}")
    expect(card).to_be_visible()
    clock = card.locator("time")
    before = clock.inner_text()
    expect(clock).not_to_have_text(before)
    fits(page)
    picture(page, "orders-waiting-390")
    card.get_by_role("button", name="接单").click()
    page.wait_for_url("**/m/orders?opened=*")
    expect(page.locator(".toast")).to_contain_text("已接单")
    form = page.locator(f"#order-{number} form[action$='/assign']")
    expect(form).to_be_visible()
    form.get_by_role("button", name="派工").click()
    expect(page.locator(".errsum")).to_be_focused()
    fits(page)
    picture(page, "orders-assign-refused-390")
    page.select_option(f"#order-{number} select", label="engineer甲")
    page.locator(f"#order-{number}").get_by_text("中修").click()
    page.locator(f"#order-{number}").get_by_role("button", name="派工").click()
    expect(page.locator(".toast")).to_contain_text("已派工")
    expect(page.locator(f"#order-{number}")).to_have_count(0)


@pytest.mark.spec("TK-01")
def test_a_butler_registers_what_they_were_told(opened: Opened, estate: Company) -> None:
    page = opened(estate, "butler")
    page.goto("/m/butler")
    page.locator(".tabbar").get_by_text("登记").click()
    page.wait_for_url("**/m/log")
    page.get_by_text("求助").click()
    page.fill("[name=q]:not([type=search])", "3-2-1801")
    page.locator("[role=option]").first.click()
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.locator(".errsum")).to_be_focused()
    expect(page.locator("[name=q]:not([type=search])")).to_have_value("3-2-1801")
    page.fill("[name=content]", "忘带钥匙了，在门口等")
    fits(page)
    picture(page, "log-filled-390")
    page.get_by_role("button", name="登记", exact=True).click()
    page.wait_for_url("**/m/log?done=*")
    expect(page.locator(".note--ok")).to_contain_text(re.compile(r"QZ-\d{8}-\d{4}"))
    fits(page)


@pytest.mark.parametrize("width", [1440, 390])
def test_picked_rows_bring_the_bar(served: Served, opened: Opened, estate: Company, width: int) -> None:
    for content in ("厨房插座跳闸", "阳台推拉门滑轮坏"):
        served.run(lambda content=content: scenes.registered(estate, content=content))
    page = opened(estate, "front_desk_agent", width=width)
    page.goto("/tickets")
    bar = page.locator("[data-batch]")
    expect(bar).to_be_hidden()
    if width > 1000:
        page.keyboard.press("j")
        page.keyboard.press("x")
        page.keyboard.press("j")
        page.keyboard.press("x")
    else:
        for box in page.locator("input.pick[name=ids]").all():
            box.check()
    expect(bar).to_contain_text("已选 2 条")
    fits(page)
    picture(page, f"tickets-picked-{width}")
    served.run(lambda: scenes.registered(estate, content="刚登记的"))
    expect(page.locator("#list .pill")).to_be_visible()
    assert page.locator("input.pick[name=ids]:checked").count() == 2, "picked rows stay picked"
    bar.get_by_role("button", name="派单").click()
    page.wait_for_url("**/tickets/batch?verb=dispatch*")
    fits(page)
    picture(page, f"batch-dispatch-{width}")
    page.locator("#department").focus()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/tickets/batch/[0-9a-f-]{36}$"))
    expect(page.locator("[role=status] .note")).to_contain_text("2 条都办好了")
    fits(page)
    picture(page, f"batch-report-{width}")
