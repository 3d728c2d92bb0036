"""The frame of every page in Chromium: figures beside the menu that keep up, and the switcher of estates."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from core.households.actions import create_project
from core.kit import clock
from guanjia import app as composition
from tests import homes
from tests.browser.conftest import Opened, Served, picture, violations
from tests.core.tickets.moves import Crew
from tests.factories import Company, company, new_repair
from tests.working_off import sweep

pytestmark = pytest.mark.browser
WIDTHS = (1440, 390)
LOCALES = ("zh-Hans", "zh-Hant", "en")
ALL = {"zh-Hans": "全部小区", "zh-Hant": "全部小區", "en": "All estates"}


@pytest.fixture(scope="module", params=LOCALES)
def estates(served: Served, request: pytest.FixtureRequest) -> Company:
    """A company with two estates; in the first more waits than the desk's queue shows, some of it late."""

    async def build() -> Company:
        made = await company(composition.create_app(), locale=request.param, households=3)
        async with made.inside():
            second = await create_project(name="云山苑", code="YS")
            await homes.add(made, second, "9-1-901", "苏明", "13900000009")
        crew = await Crew(made).gather()
        with clock.pretending(clock.now() - timedelta(hours=5)):
            for number in range(2):
                await crew.registered(content=f"楼道灯不亮 {number}", duplicate="new")
        await sweep(made)
        for number in range(13):
            await crew.registered(content=f"厨房水管渗水 {number}", duplicate="new")
        await crew.returned(content="阳台灯坏了", duplicate="new")
        there = {"project_id": str(second), "household_id": str(made.households["9-1-901"])}
        await crew.desk.post("/api/v1/tickets", new_repair(made, content="门锁坏了", **there))
        return made

    return served.run(build)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_estate_is_switched(opened: Opened, estates: Company, width: int) -> None:
    page = opened(estates, "cs_supervisor", width=width, height=900)
    locale = estates.tenant.locale
    page.goto("/desk")
    picture(page, f"frame-desk-{locale}-{width}")
    assert page.locator("#queue li").count() == 12
    page.click(".top summary.logo")
    expect(page.locator("[name=project][aria-current]")).to_contain_text(ALL[locale])
    page.screenshot(path=f"artefacts/frame-switcher-{locale}-{width}.png")
    covered = "target-size"
    assert [found for found in violations(page) if found[0] != covered] == []
    page.click("[name=project]:has-text('云山苑')")
    page.wait_for_url("**/desk")
    expect(page.locator("#queue li")).to_have_count(1)
    expect(page.locator("#queue li")).to_contain_text("门锁坏了")
    picture(page, f"frame-chosen-{locale}-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.click(".top summary.logo")
    page.click(f"[name=project]:has-text('{ALL[locale]}')")
    page.wait_for_url("**/desk")
    expect(page.locator("#queue li")).to_have_count(12)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_figures_keep_up(opened: Opened, served: Served, width: int) -> None:
    """On any page, in place: what one writes and where one stands is not touched."""

    async def build() -> Company:
        made = await company(composition.create_app())
        await Crew(made).gather()
        return made

    async def registered() -> None:
        await (await Crew(made).gather()).registered(duplicate="new")

    made = served.run(build)
    page = opened(made, "cs_supervisor", width=width, height=900)
    page.goto("/me/shortcuts")
    where = ".side" if width > 1024 else ".tabbar"
    figure = page.locator(f"{where} [data-badge=desk]")
    expect(figure).to_be_hidden()
    page.wait_for_timeout(500)
    served.run(registered)
    expect(figure).to_have_text("1")
    served.run(registered)
    expect(figure).to_have_text("2")
    assert violations(page) == []
