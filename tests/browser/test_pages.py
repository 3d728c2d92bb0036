"""Every page the application has, at both widths: accessible, not wider than the screen, and pictured.

The list comes from the application's own routes, so that no new page can be forgotten.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from litestar.routes import HTTPRoute
from playwright.sync_api import Browser, Page

from auth.actions import create_person
from core.kit import sql
from core.plugin.host import catalogue
from guanjia import app as composition
from tests.browser.conftest import Served, picture, sign_in, violations
from tests.core.households.importing.making import HEADER, a_row, book
from tests.core.tickets.moves import Crew
from tests.factories import PASSWORD, Company, company
from tests.plugins.property_desk.making import new_slip

pytestmark = pytest.mark.browser
NO_PAGES = (
    "/api",
    "/internal",
    "/static",
    "/health",
    "/sw.js",
    "/events",
    "/manifest",
    "/brand",
    "/login",
    "/me/password",
)
FRAGMENTS = (
    "/phones/{",
    "/phone",
    "/call",
    "/refused",
    "/files/{",
    "/rooms",
    "/notices/{",
    "print.pdf",
    "/standing",
)
WIDTHS = (1440, 390)


def page_paths() -> list[str]:
    """The paths of pages, their parameters as written in the routes; without fragments and downloads."""
    inner: Any = composition.create_app().app
    return sorted(
        route.path
        for route in inner.routes
        if isinstance(route, HTTPRoute)
        and not route.path.startswith(NO_PAGES)
        and not route.path.endswith(FRAGMENTS[1:3])
        and not any(part in route.path for part in FRAGMENTS)
        and any("GET" in handler.http_methods for handler in route.route_handlers)
    )


class Tour:
    """A company with something on every page, and where each parameter leads."""

    def __init__(self, made: Company, numbers: dict[str, str]) -> None:
        self.company, self.numbers = made, numbers

    def path(self, pattern: str) -> str:
        for parameter, value in self.numbers.items():
            pattern = pattern.replace(parameter, value)
        assert "{" not in pattern, f"tell the tour what {pattern} may show"
        return pattern


async def build() -> Tour:
    app = composition.create_app()
    made = await company(app)
    crew = await Crew(made).gather()
    ticket = await crew.on_site()
    await crew.returned()
    await crew.registered(paid=True, immediate=False)
    await crew.closed(content="书房灯不亮", duplicate="new")
    await crew.accepted(content="厨房插座跳闸，整屋断电", duplicate="new")
    waiting = await crew.dispatched(content="阳台推拉门滑轮坏", duplicate="new")
    admin = await made.signed_in("tenant_admin")
    files = {
        "file": ("空.xlsx", _list(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    }
    imported = await admin.http.post(
        "/api/v1/imports/households?dry_run=true", files=files, headers={"X-CSRF-Token": admin.token}
    )
    slip = (await crew.desk.post("/api/v1/property_desk/goods_slips", new_slip(made))).json()
    everything = [(role.name, None) for role in catalogue().of("roles")]
    async with made.inside():
        await create_person(
            username="everybody",
            name="全能",
            password=PASSWORD,
            roles=list(dict.fromkeys(everything)),
            must_change=False,
        )
    printed = await _batch(made, [waiting["number"], ticket["number"]])
    numbers = {
        "{number:str}": ticket["number"],
        "{household:uuid}": str(next(iter(made.households.values()))),
        "{person:uuid}": await _resident(made),
        "{identity:uuid}": imported.json()["id"],
        "{slip:str}": slip["number"],
        "{task:uuid}": printed,
    }
    return Tour(made, numbers)


async def _batch(made: Company, numbers: list[str]) -> str:
    """The work orders of these tickets, printed together by whoever is shown around."""
    everybody = made.client()
    await everybody.sign_in("everybody")
    answer = await everybody.http.post(
        "/tickets/batch/print", data={"_csrf_token": everybody.token, "ids": numbers}
    )
    return str(answer.headers["location"].rpartition("/")[2])


async def _resident(made: Company) -> str:
    async with made.inside():
        found = await sql.value(
            "select id from core.households_person where tenant_id = $1 order by id limit 1"
        )
    return str(found)


def _list() -> bytes:
    return book([HEADER, a_row(), a_row(room="102", phone="12")])


@pytest.fixture(scope="module")
def tour(served: Served) -> Tour:
    return served.run(build)


@pytest.fixture(scope="module", params=WIDTHS)
def visitor(request: pytest.FixtureRequest, chromium: Browser, served: Served, tour: Tour) -> Iterator[Page]:
    """Somebody who may see everything, signed in once per width."""
    context = chromium.new_context(
        viewport={"width": request.param, "height": 900}, base_url=served.url(tour.company), locale="zh-CN"
    )
    page = context.new_page()
    sign_in(page, "everybody")
    yield page
    context.close()


@pytest.mark.parametrize("pattern", page_paths())
def test_every_page(visitor: Page, tour: Tour, pattern: str) -> None:
    path = tour.path(pattern)
    answer = visitor.goto(path)
    assert answer is not None
    assert answer.status == 200, f"{path} answered {answer.status}"
    width = visitor.viewport_size["width"]  # type: ignore[index]
    picture(
        visitor, f"page{pattern.replace('/', '-').replace('{', '').replace('}', '').replace(':', '')}-{width}"
    )
    assert violations(visitor) == []
    assert visitor.evaluate("document.documentElement.scrollWidth") <= width
    assert visitor.locator("h1").count() == 1 or pattern.endswith("/print"), "one title, or one per copy"
