"""A password that somebody else has set opens one door only: the one where it is changed."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from auth import actions
from core.kit.web import is_public
from tests.admin_ui.test_events import opened
from tests.architecture.test_routes import UNSAFE, routes
from tests.factories import Browser, Company, new_repair, token_of

pytestmark = pytest.mark.anyio
INITIAL, OWN = "handed out on paper", "chosen by myself"
CHANGE = "/me/password"
OPEN = {("GET", CHANGE), ("POST", CHANGE), ("POST", "/logout")}


@pytest.fixture
async def newcomer(yunqi: Company) -> Browser:
    """Signed in with the password of the first day."""
    await yunqi.person("front_desk_agent")
    async with yunqi.inside():
        await actions.set_password(yunqi.people["front_desk_agent"], INITIAL, must_change=True)
    browser = yunqi.client()
    assert (await browser.sign_in("front_desk_agent", INITIAL)).status_code == 303
    browser.token = token_of((await browser.get(CHANGE)).text)
    return browser


def change(browser: Browser, **more: str) -> Any:
    form = {"current": INITIAL, "password": OWN, "again": OWN, "_csrf_token": browser.token, **more}
    return browser.http.post(CHANGE, data=form)


async def test_every_page_leads_there_and_remembers_where_one_was_going(newcomer: Browser) -> None:
    for path in ("/", "/tickets", "/tickets?state=open&page=2", "/m/jobs", "/me"):
        answer = await newcomer.get(path)
        to = urlsplit(answer.headers["location"])
        assert (answer.status_code, to.path) == (303, CHANGE), path
        assert parse_qs(to.query).get("next", ["/"]) == [path]


async def test_every_route_is_closed(newcomer: Browser, app: Any) -> None:
    wrong = []
    for method, path, handler in routes(app):
        if is_public(handler) or (method, path) in OPEN:
            continue
        headers = {"X-CSRF-Token": newcomer.token}
        answer = await newcomer.http.request(
            method, path, headers=headers, **({"json": {}} if method in UNSAFE else {})
        )
        led = answer.status_code == 303 and answer.headers["location"].startswith(CHANGE)
        if path.startswith("/api/"):
            if (answer.status_code, answer.json()["type"]) != (403, "password_change_required"):
                wrong.append(f"{method} {path} answered {answer.status_code}")
        elif answer.status_code != 403 and not (method == "GET" and led):
            wrong.append(f"{method} {path} answered {answer.status_code}")
    assert not wrong


async def test_the_api_says_why(newcomer: Browser, yunqi: Company) -> None:
    for answer in (
        await newcomer.get("/api/v1/me"),
        await newcomer.post("/api/v1/tickets", new_repair(yunqi)),
    ):
        assert (answer.status_code, answer.json()["type"]) == (403, "password_change_required")
        assert "初始密码" in answer.json()["title"]


async def test_what_a_page_needs_goes_on(newcomer: Browser, yunqi: Company) -> None:
    page = await newcomer.get(CHANGE)
    assert page.status_code == 200
    assert 'name="current"' in page.text
    assert "/tickets" not in page.text
    assert (await newcomer.get("/static/gj.css")).status_code == 200
    async with opened(yunqi, newcomer.http.cookies) as stream:
        await stream.until(": open")
        assert stream.status == 200


async def test_signing_out_works(newcomer: Browser) -> None:
    answer = await newcomer.http.post("/logout", data={"_csrf_token": newcomer.token})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert (await newcomer.get(CHANGE)).headers["location"] == f"/login?next={CHANGE}"


async def test_after_the_change_everything_works_and_one_goes_where_one_wanted(
    newcomer: Browser, yunqi: Company
) -> None:
    page = await newcomer.get(f"{CHANGE}?next=/tickets%3Fstate%3Dopen")
    assert 'name="next" value="/tickets?state=open"' in page.text
    answer = await change(newcomer, next="/tickets?state=open")
    assert (answer.status_code, answer.headers["location"]) == (303, "/tickets?state=open")
    assert (await newcomer.get("/tickets?state=open")).status_code == 200
    assert (await newcomer.get("/api/v1/me")).json()["username"] == "front_desk_agent"
    assert (await newcomer.get(CHANGE)).status_code == 303
    again = yunqi.client()
    assert (await again.sign_in("front_desk_agent", OWN)).status_code == 303
    assert (await again.get("/tickets")).status_code == 200
    assert (await yunqi.client().sign_in("front_desk_agent", INITIAL)).status_code == 422


@pytest.mark.parametrize(
    ("form", "field", "words"),
    [
        ({"current": "wrong"}, "current", "现在的密码不对"),
        ({"password": INITIAL, "again": INITIAL}, "password", "不能和现在的一样"),
        ({"password": "short", "again": "short"}, "password", "至少"),
        ({"again": "something else"}, "again", "不一样"),
    ],
)
async def test_a_refused_change_keeps_the_door_shut(
    newcomer: Browser, form: dict[str, str], field: str, words: str
) -> None:
    answer = await change(newcomer, next="/tickets", **form)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert words in answer.text
    assert 'name="next" value="/tickets"' in answer.text
    assert "/me/sessions" not in answer.text
    assert INITIAL not in answer.text
    assert (await newcomer.get("/tickets")).status_code == 303


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example"])
async def test_nobody_is_sent_elsewhere_afterwards(newcomer: Browser, to: str) -> None:
    assert 'name="next" value="/"' in (await newcomer.get(f"{CHANGE}?next={to}")).text
    assert (await change(newcomer, next=to)).headers["location"] == "/"
