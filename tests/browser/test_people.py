"""People of a household, owners, the desk's new contact in Chromium: by keyboard, live, at both widths."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import scenes
from tests.browser.conftest import Opened, Served, picture, violations
from tests.factories import Company

pytestmark = pytest.mark.browser
WIDTHS = [1440, 390]


@pytest.fixture
def estate(served: Served) -> Company:
    made = served.company()
    served.run(lambda: scenes.staffed(made))
    return made


def calm(page: Page, name: str, width: int) -> None:
    """Nothing axe finds, nothing wider than the screen, and a picture of it."""
    picture(page, f"{name}-{width}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_people_are_added_changed_and_moved_out(opened: Opened, estate: Company, width: int) -> None:
    page = opened(estate, "front_desk_agent", width=width)
    household = f"/households/{estate.households['3-2-1801']}"
    page.goto(household)
    page.get_by_role("link", name="添加人员").click()
    page.get_by_text("租户", exact=True).click()
    page.fill("#name", "赵敏")
    page.fill("#add_phones", "12")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".errsum")).to_be_focused()
    calm(page, "people-new-refused", width)
    page.fill("#add_phones", "13800013671、０７５５-26001234")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**{household}")
    calm(page, "people-household", width)
    page.get_by_role("link", name="修改 赵敏").click()
    page.get_by_label("首选0755****1234").check()
    page.fill("#name", "赵敏敏")
    calm(page, "people-one", width)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**{household}")
    expect(page.locator("#people")).to_contain_text("赵敏敏")
    page.get_by_role("link", name="修改 赵敏敏").click()
    page.get_by_role("button", name="登记搬走").click()
    page.wait_for_url(f"**{household}")
    page.get_by_text("已搬走 1 人").click()
    calm(page, "people-former", width)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_owner_and_the_butler_change(opened: Opened, estate: Company, width: int) -> None:
    page = opened(estate, "front_desk_agent", width=width)
    household = f"/households/{estate.households['3-2-1801']}"
    page.goto(household)
    page.get_by_text("更换管家").click()
    calm(page, "butler", width)
    page.goto(f"{household}/title")
    page.fill("#name", "周芷若")
    calm(page, "owner-change", width)
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1 + p, .ph__t p").first).to_contain_text("周芷若")
    page.get_by_role("link", name="历任业主与业主变更").click()
    expect(page.locator("main table")).to_contain_text("陈志远")
    calm(page, "owners", width)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_person_is_erased(opened: Opened, estate: Company, width: int) -> None:
    page = opened(estate, "tenant_admin", width=width)
    page.goto(f"/households/{estate.households['3-2-1802']}")
    page.get_by_role("link", name="修改 单然").click()
    page.get_by_role("link", name="删除个人信息…").click()
    page.get_by_role("button", name="永久删除").click()
    expect(page.locator(".errsum")).to_be_focused()
    calm(page, "erase", width)
    page.fill("#reason", "本人书面要求")
    page.fill("#confirm", "3-2-1802")
    page.get_by_role("button", name="永久删除").click()
    page.wait_for_url("**/households/*")
    expect(page.locator("main")).not_to_contain_text("单然")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_stranger_calls_and_the_desk_goes_on(opened: Opened, estate: Company, width: int) -> None:
    page = opened(estate, "front_desk_agent", width=width)
    page.goto("/desk")
    page.fill("#content", "厨房水管爆了")
    page.fill("#desk-q", "13800013671")
    new = page.get_by_role("link", name="新建联系人")
    expect(new).to_be_visible()
    new.focus()
    page.keyboard.press("Enter")
    room = page.locator("#contact-unit_id")
    expect(room).to_be_focused()
    page.keyboard.type("3-2-1803")
    expect(page.locator("#contact-unit_id-o [role=option]")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("赵敏")
    calm(page, "desk-contact", width)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#content")).to_be_focused()
    expect(page.locator("#content")).to_have_value("厨房水管爆了")
    expect(page.locator("#reg-where")).to_contain_text("3 栋 2 单元 1803")
    expect(page.locator("#found")).to_contain_text("赵敏")
    calm(page, "desk-contact-found", width)


def test_another_clerks_change_appears(opened: Opened, estate: Company) -> None:
    page = opened(estate, "butler", width=1440)
    household = f"/households/{estate.households['3-2-1801']}"
    page.goto(household)
    page.wait_for_function("() => document.querySelector('[data-stream]')?._htmx?.sse")
    other = opened(estate, "front_desk_agent", width=1440)
    other.goto(f"{household}/people")
    other.fill("#name", "赵敏")
    other.keyboard.press("Control+Enter")
    other.wait_for_url(f"**{household}")
    expect(page.locator("#people")).to_contain_text("赵敏")
