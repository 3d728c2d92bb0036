"""Sign-in, sessions and rights over HTTP (evidence: the pitfalls of sessions are each tried)."""

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from auth import actions, sessions, throttle
from core.kit import clock, csrf
from core.kit.settings import settings
from tests.factories import PASSWORD, Browser, Company, new_repair, token_of

pytestmark = pytest.mark.anyio


async def attempt(company: Company, username: str, password: str) -> Any:
    return await company.client().sign_in(username, password)


async def test_unknown_and_wrong_are_answered_alike(yunqi: Company) -> None:
    unknown = await attempt(yunqi, "ghost", "whatever it is")
    wrong = await attempt(yunqi, "tenant_admin", "whatever it is")
    assert unknown.status_code == wrong.status_code == 422
    assert "账号或密码不对" in unknown.text
    shapes = [re.sub(r'value="[^"]*"', "", answer.text) for answer in (unknown, wrong)]
    assert shapes[0] == shapes[1]


async def test_the_password_is_never_shown_again(yunqi: Company) -> None:
    wrong = await attempt(yunqi, "tenant_admin", "a wrong secret 123")
    assert "a wrong secret 123" not in wrong.text


@pytest.fixture
def few_attempts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    changed = settings().model_copy(update={"login_attempts": 3})
    monkeypatch.setattr(throttle, "settings", lambda: changed)
    yield


async def test_too_many_attempts_on_one_account(yunqi: Company, few_attempts: None) -> None:
    answers = [(await attempt(yunqi, "tenant_admin", "wrong")).status_code for _ in range(4)]
    assert answers == [422, 422, 422, 429]
    right = await attempt(yunqi, "tenant_admin", PASSWORD)
    assert (right.status_code, "秒后再试" in right.text) == (429, True)


async def test_throttled_even_while_valkey_is_away(
    yunqi: Company, few_attempts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "_shared", lambda: None)
    answers = [(await attempt(yunqi, "tenant_admin", "wrong")).status_code for _ in range(4)]
    assert answers == [422, 422, 422, 429]


async def test_always_a_new_session_id(yunqi: Company) -> None:
    """Fixation: an id that the browser brings along is never adopted."""
    browser = yunqi.client()
    browser.http.cookies.set("sid", "chosen-by-an-attacker", domain=f"{yunqi.tenant.slug}.localhost")
    await browser.sign_in("tenant_admin")
    first = browser.http.cookies.get("sid", domain=f"{yunqi.tenant.slug}.localhost")
    other = yunqi.client()
    await other.sign_in("tenant_admin")
    assert first != "chosen-by-an-attacker"
    assert first != other.http.cookies["sid"]
    cookie = (await attempt(yunqi, "tenant_admin", PASSWORD)).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Domain" not in cookie


async def test_signed_out_means_out(yunqi: Company) -> None:
    admin = await yunqi.signed_in("tenant_admin")
    assert (await admin.get("/api/v1/me")).status_code == 200
    answer = await admin.http.post("/logout", data={"_csrf_token": admin.token})
    assert answer.status_code == 303
    assert answer.headers["clear-site-data"] == '"cache"', "drafts outlive a log-out"
    assert (await admin.get("/api/v1/me")).status_code == 401


@pytest.mark.parametrize(
    ("after", "still"), [(timedelta(hours=7), True), (timedelta(hours=8, minutes=2), False)]
)
async def test_idle_sessions_end(yunqi: Company, after: timedelta, still: bool) -> None:
    admin = await yunqi.signed_in("tenant_admin")
    with time_machine.travel(clock.now() + after, tick=True):
        assert ((await admin.get("/api/v1/me")).status_code == 200) == still


async def test_busy_sessions_end_too(yunqi: Company) -> None:
    admin = await yunqi.signed_in("tenant_admin")
    start = clock.now()
    for hours in (4, 8, 11):
        with time_machine.travel(start + timedelta(hours=hours), tick=True):
            assert (await admin.get("/api/v1/me")).status_code == 200
    with time_machine.travel(start + timedelta(hours=12, minutes=1), tick=True):
        assert (await admin.get("/api/v1/me")).status_code == 401


async def test_a_disabled_account_is_out_at_once(yunqi: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    async with yunqi.inside():
        await actions.set_state(yunqi.people["front_desk_agent"], active=False)
    assert (await desk.get("/api/v1/me")).status_code == 401
    assert (await attempt(yunqi, "front_desk_agent", PASSWORD)).status_code == 422


async def test_a_role_taken_away_acts_at_once(yunqi: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    assert (await desk.get("/api/v1/tickets")).status_code == 200
    async with yunqi.inside():
        await actions.take_role(yunqi.people["front_desk_agent"], "front_desk_agent", None)
    assert (await desk.get("/api/v1/tickets")).status_code == 403


async def test_a_new_password_ends_all_sessions(yunqi: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    async with yunqi.inside():
        await actions.set_password(yunqi.people["front_desk_agent"], "a brand new one", must_change=False)
    assert (await desk.get("/api/v1/me")).status_code == 401
    assert (await attempt(yunqi, "front_desk_agent", "a brand new one")).status_code == 303


async def test_another_companys_password_is_no_use(yunqi: Company, cuihu: Company) -> None:
    await yunqi.person("front_desk_agent")
    assert (await attempt(cuihu, "front_desk_agent", PASSWORD)).status_code == 422


FORGED: list[tuple[str, dict[str, str]]] = [
    ("no token", {"X-CSRF-Token": ""}),
    ("a made-up token", {"X-CSRF-Token": "0" * 40}),
    ("another origin", {"Origin": "http://evil.example"}),
    ("another company's origin", {"Origin": "http://other.localhost:8000"}),
    ("a browser that says so", {"Sec-Fetch-Site": "cross-site"}),
    ("a sibling host", {"Sec-Fetch-Site": "same-site"}),
]


@pytest.mark.parametrize(("what", "headers"), FORGED, ids=[row[0] for row in FORGED])
async def test_forged_requests(yunqi: Company, what: str, headers: dict[str, str]) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    answer = await desk.post("/api/v1/tickets", new_repair(yunqi), headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (403, "csrf_failed"), what


async def test_another_sessions_token(yunqi: Company) -> None:
    first, second = await yunqi.signed_in("front_desk_agent"), await yunqi.signed_in("front_desk_agent")
    answer = await first.post("/api/v1/tickets", new_repair(yunqi), headers={"X-CSRF-Token": second.token})
    assert answer.status_code == 403


async def test_signing_somebody_in_from_elsewhere(yunqi: Company) -> None:
    """Log-in itself carries a token bound to the browser."""
    browser = yunqi.client()
    forged = csrf.token("somebody else's browser")
    answer = await browser.http.post(
        "/login", data={"username": "tenant_admin", "password": PASSWORD, "_csrf_token": forged}
    )
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "to", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]
)
async def test_nobody_is_sent_elsewhere(yunqi: Company, to: str) -> None:
    browser = yunqi.client()
    page = await browser.get("/login")
    data = {"username": "tenant_admin", "password": PASSWORD, "next": to, "_csrf_token": token_of(page.text)}
    answer = await browser.http.post("/login", data=data)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def test_back_to_where_one_was_going(yunqi: Company) -> None:
    browser = yunqi.client()
    turned_away = await browser.get("/me")
    assert (turned_away.status_code, turned_away.headers["location"]) == (303, "/login?next=/me")


async def test_own_sessions_are_seen_and_ended(yunqi: Company) -> None:
    here, there = await yunqi.signed_in("front_desk_agent"), await yunqi.signed_in("front_desk_agent")
    page = await here.get("/me/sessions")
    assert page.status_code == 200
    async with yunqi.inside():
        running = await sessions.of_account(yunqi.people["front_desk_agent"])
    assert len(running) == 2
    ends = [row["id"] for row in running if csrf.matches(str(row["id"]), there.token)]
    answer = await here.http.post(f"/me/sessions/{ends[0]}/end", data={"_csrf_token": here.token})
    assert answer.status_code == 303
    assert (await there.get("/api/v1/me")).status_code == 401
    assert (await here.get("/api/v1/me")).status_code == 200


async def test_somebody_elses_session_is_not_found(yunqi: Company) -> None:
    desk, admin = await yunqi.signed_in("front_desk_agent"), await yunqi.signed_in("tenant_admin")
    async with yunqi.inside():
        theirs = (await sessions.of_account(yunqi.people["tenant_admin"]))[0]["id"]
    answer = await desk.http.post(f"/me/sessions/{theirs}/end", data={"_csrf_token": desk.token})
    assert answer.status_code == 404
    assert (await admin.get("/api/v1/me")).status_code == 200


async def test_hashing_does_not_hold_up_others(yunqi: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    logins = [attempt(yunqi, "tenant_admin", "wrong") for _ in range(3)]
    answers = await asyncio.gather(*logins, desk.get("/api/v1/me"))
    assert answers[-1].status_code == 200


async def test_me(yunqi: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    me = (await desk.get("/api/v1/me")).json()
    assert me["username"] == "front_desk_agent"
    assert me["roles"] == ["front_desk_agent"]
    assert me["sub"] == str(yunqi.people["front_desk_agent"])
    assert "tickets.ticket.register" in me["permissions"]
    assert me["projects"] == [str(yunqi.project)]
    assert me["tenant"]["slug"] == yunqi.tenant.slug


async def test_languages(yunqi: Company, cuihu: Company) -> None:
    """Pages: the person's, then the company's. The API: what is accepted. Strangers: the browser's first."""
    assert 'lang="zh-Hant"' in (await cuihu.client().get("/login")).text
    english = await cuihu.client().get("/login", headers={"Accept-Language": "en-US,en"})
    assert 'lang="en"' in english.text
    desk: Browser = await cuihu.signed_in("front_desk_agent")
    answer = await desk.get("/api/v1/tickets/none", headers={"Accept-Language": "en"})
    assert answer.json()["title"] == "What you are looking for was not found"
    assert (await desk.get("/api/v1/tickets/none")).json()[
        "title"
    ] != "What you are looking for was not found"
