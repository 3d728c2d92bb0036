"""The first day: a password handed out on paper is changed before anything else is seen."""

import pytest
from playwright.sync_api import Browser, Page, expect

from auth.actions import create_person
from tests.browser.conftest import Served, picture, violations
from tests.factories import Company

pytestmark = pytest.mark.browser
INITIAL, OWN = "handed out on paper", "chosen by myself"


async def hire(made: Company, username: str) -> None:
    async with made.inside():
        await create_person(
            username=username, name="林晓", password=INITIAL, roles=[("front_desk_agent", None)]
        )


def sign_in(page: Page, username: str) -> None:
    page.goto("/tickets?state=open")
    page.fill("[name=username]", username)
    page.fill("[name=password]", INITIAL)
    page.click("[type=submit]")
    page.wait_for_url("**/me/password?**")


@pytest.mark.parametrize("width", [1440, 390])
def test_the_first_day(served: Served, chromium: Browser, width: int) -> None:
    company = served.company()
    served.run(lambda: hire(company, "newcomer"))
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, base_url=served.url(company), locale="zh-CN"
    )
    page = context.new_page()
    try:
        sign_in(page, "newcomer")
        assert violations(page) == []
        picture(page, f"password-{width}")
        page.fill("[name=current]", INITIAL)
        page.fill("[name=password]", INITIAL)
        page.fill("[name=again]", INITIAL)
        page.click(".btn--primary")
        expect(page.locator(".errsum")).to_contain_text("不能和现在的一样")
        assert violations(page) == []
        picture(page, f"password-refused-{width}")
        page.fill("[name=current]", INITIAL)
        page.fill("[name=password]", OWN)
        page.fill("[name=again]", OWN)
        page.click(".btn--primary")
        page.wait_for_url("**/tickets?state=open")
    finally:
        context.close()


def test_who_will_not_change_it_now_signs_out(served: Served, chromium: Browser) -> None:
    company = served.company()
    served.run(lambda: hire(company, "newcomer"))
    context = chromium.new_context(base_url=served.url(company), locale="zh-CN")
    page = context.new_page()
    try:
        sign_in(page, "newcomer")
        page.click("[data-logout] button")
        page.wait_for_url("**/login")
    finally:
        context.close()
