"""A price refused on the phone, and what the dispatcher may do, as they look."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import scenes
from tests.browser.conftest import Opened, Served, picture
from tests.browser.test_phone import estate  # noqa: F401 - a fixture
from tests.factories import Company


@pytest.mark.spec("RP-03")
def test_the_resident_refuses_the_price(served: Served, opened: Opened, estate: Company) -> None:  # noqa: F811
    number = served.run(lambda: scenes.job(estate, start=True, quote=True, paid=True))
    page: Any = opened(estate, "engineer")
    page.goto(f"/m/jobs/{number}")
    picture(page, "phone-price-asked-390")
    page.click("a[href$='step=refuse_price']")
    page.fill("[name=reason]", "业主嫌贵")
    picture(page, "phone-price-refused-390")
    page.click("form[action$='/refuse_price'] [type=submit]")
    page.wait_for_url("**/m/jobs")
    expect(page.locator(".toast")).to_contain_text("业主不同意价格")
