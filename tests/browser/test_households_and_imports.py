"""A household's file and the import of a list in a real browser, at both widths."""

from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from core.households.jobs import import_list
from tests.browser import scenes
from tests.browser.conftest import Opened, Served, picture, violations
from tests.core.households.lists import row, workbook
from tests.factories import Company

pytestmark = pytest.mark.browser
WIDTHS = [1440, 390]


@pytest.fixture
def estate(served: Served) -> Company:
    made = served.company()
    served.run(lambda: scenes.day(made))
    return made


def calm(page: Page, name: str, width: int) -> None:
    """Nothing axe finds, nothing wider than the screen, and a picture of it."""
    picture(page, f"{name}-{width}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_a_phone_is_shown_for_a_reason(opened: Opened, estate: Company, width: int) -> None:
    page = opened(estate, "front_desk_agent", width=width)
    page.goto("/households?q=1801")
    calm(page, "households-found", width)
    page.click("table a")
    page.wait_for_url("**/households/*-*")
    page.get_by_text("查看完整号码").click()
    page.click("text=显示号码")
    expect(page.locator(".errsum")).to_be_focused()
    page.get_by_text("约上门时间").click()
    calm(page, "household-why", width)
    page.click("text=显示号码")
    expect(page.locator("a[href='tel:13900000001']")).to_be_visible()
    calm(page, "household", width)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_list_is_looked_at_and_imported(
    opened: Opened, estate: Company, width: int, tmp_path: Path
) -> None:
    page = opened(estate, "tenant_admin", width=width)
    names = ("王小明", "李国", "林淑芬", "", "欧阳文博", "")
    lines = [
        row(f"1-1-{101 + n}", name, f"1390000{n:04d}" if n != 2 else "12") for n, name in enumerate(names)
    ]
    (tmp_path / "清单.xlsx").write_bytes(workbook(一期=lines, 二期=lines[:2]))
    page.goto("/admin/import")
    page.set_input_files("[type=file]", tmp_path / "清单.xlsx")
    page.click("main [type=submit]")
    page.wait_for_url("**/files/*")
    page.select_option("[name='place.0']", label="翠湖天地")
    expect(page.locator("[name='name.0']")).to_be_hidden()
    page.select_option("[name='place.1']", "new")
    page.fill("[name='code.1']", "ER")
    calm(page, "import-sheets", width)
    page.click("main [type=submit]")
    expect(page.locator("main")).to_contain_text("这是试算")
    calm(page, "import-dry-run", width)
    page.get_by_role("button", name="导入 5 户").click()
    expect(page.locator("main")).to_contain_text("已导入")
    calm(page, "import-done", width)
    page.goto("/admin/import")
    calm(page, "imports", width)


def test_a_long_list_shows_how_far_it_is(
    served: Served, opened: Opened, estate: Company, tmp_path: Path
) -> None:
    page = opened(estate, "tenant_admin", width=1440)
    lines = [row(f"{1 + n // 500}-{1 + n // 250 % 2}-{101 + n % 250}", "李国") for n in range(5_200)]
    (tmp_path / "long.xlsx").write_bytes(workbook(一期=lines))
    page.goto("/admin/import")
    page.set_input_files("[type=file]", tmp_path / "long.xlsx")
    page.click("main [type=submit]")
    page.wait_for_url("**/files/*")
    page.click("main [type=submit]")
    expect(page.locator("#progress")).to_contain_text("0 / 5,200")
    calm(page, "import-progress", 1440)
    identity = UUID(page.url.rpartition("/")[2])

    async def work() -> None:
        async with estate.inside():
            await import_list(identity)

    served.run(work)
    expect(page.locator("main")).to_contain_text("导入 5,200 户")


def test_the_bell_rings_by_itself(served: Served, opened: Opened, estate: Company) -> None:
    page = opened(estate, "butler", width=1440)
    page.goto("/notices")
    expect(page.locator(".empty")).to_be_visible()
    page.wait_for_function("() => document.querySelector('[data-stream]')?._htmx?.sse")
    served.run(lambda: scenes.told(estate, estate.people["butler"]))
    expect(page.locator(".notices .is-new")).to_have_count(3)
    expect(page.locator("#bell-n")).to_have_text("3")
