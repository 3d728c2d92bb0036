"""Sessions as browsers and requests hold them: cookies of one host alone, no waiting for one another."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import time_machine

from auth import api, sessions
from core.kit import clock
from core.kit.settings import settings
from tests.factories import PASSWORD, Company, token_of

pytestmark = pytest.mark.anyio


@pytest.fixture
def https(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("GUANJIA_SCHEME", "https")
        settings.cache_clear()
        yield
    settings.cache_clear()


def set_cookies(answer: httpx.Response) -> dict[str, str]:
    """By name: the attributes."""
    told = [line.partition("=") for line in answer.headers.get_list("set-cookie")]
    return {name: rest.partition(";")[2].lower() for name, _, rest in told}


async def test_on_https_every_cookie_belongs_to_this_host_alone(yunqi: Company, https: None) -> None:
    transport = httpx.ASGITransport(app=yunqi.app)
    address = f"https://{yunqi.tenant.slug}.localhost:8000"
    async with httpx.AsyncClient(transport=transport, base_url=address) as browser:
        page = await browser.get("/login")
        form = {"username": "tenant_admin", "password": PASSWORD, "_csrf_token": token_of(page.text)}
        signed_in = await browser.post("/login", data=form)
        assert (await browser.get("/api/v1/me")).status_code == 200
        token = (await browser.get("/api/v1/me")).headers["x-csrf-token"]
        out = await browser.post("/logout", data={"_csrf_token": token})
        assert "__Host-sid" not in browser.cookies
    assert set_cookies(page).keys() == {"__Host-gj_anon"}
    assert set_cookies(signed_in).keys() == set_cookies(out).keys() == {"__Host-sid"}
    for attributes in [one for answer in (page, signed_in, out) for one in set_cookies(answer).values()]:
        assert {"path=/", "secure", "httponly"} <= {part.strip() for part in attributes.split(";")}
        assert "domain" not in attributes


async def test_on_https_a_cookie_without_the_prefix_is_not_read(yunqi: Company, https: None) -> None:
    """A sibling host could have set it."""
    transport = httpx.ASGITransport(app=yunqi.app)
    address = f"https://{yunqi.tenant.slug}.localhost:8000"
    async with httpx.AsyncClient(transport=transport, base_url=address) as browser:
        planted = {"cookie": f"gj_anon={'a' * 43}"}
        page = await browser.get("/login", headers=planted)
        form = {"username": "tenant_admin", "password": PASSWORD, "_csrf_token": token_of(page.text)}
        browser.cookies.clear()
        assert (await browser.post("/login", data=form, headers=planted)).status_code == 403


async def test_requests_of_one_session_run_side_by_side(
    yunqi: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are in the handler at once, although each has to note that the session is in use."""
    admin = await yunqi.signed_in("tenant_admin")
    both, projects = asyncio.Barrier(2), api.households.projects

    async def projects_of_both() -> Any:
        async with asyncio.timeout(5):
            await both.wait()
        return await projects()

    monkeypatch.setattr(api.households, "projects", projects_of_both)
    later = clock.now() + sessions.TOUCHED_EVERY * 2
    with time_machine.travel(later, tick=True):
        answers = await asyncio.gather(*(admin.get("/api/v1/me") for _turn in range(2)))
    assert [answer.status_code for answer in answers] == [200, 200]
    async with yunqi.inside():
        (session,) = await sessions.of_account(yunqi.people["tenant_admin"])
    assert session["seen_at"] - later < timedelta(seconds=10)
    assert session["seen_at"] >= later
