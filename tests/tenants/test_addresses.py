"""Whose address counts behind proxies: the nearest one that is not a proxy of ours, never one the client
says.
"""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from auth import throttle
from core.kit.settings import settings
from tenants import door
from tests.factories import PASSWORD, Company, token_of

pytestmark = pytest.mark.anyio

OURS = ("127.0.0.1", "10.0.0.2")


@pytest.fixture
def proxied(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def trust(*addresses: str) -> None:
        changed = settings().model_copy(update={"trusted_proxies": frozenset(addresses), "login_attempts": 1})
        monkeypatch.setattr(door, "settings", lambda: changed)
        monkeypatch.setattr(throttle, "settings", lambda: changed)

    return trust


def seen(*forwarded: str) -> str:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    scope: dict[str, Any] = {"client": ("127.0.0.1", 1), "headers": headers}
    door._only_trusted(scope)
    client: str = scope["client"][0]
    return client


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        (["203.0.113.9"], "203.0.113.9"),
        (["1.1.1.1, 203.0.113.9"], "203.0.113.9"),
        (["1.1.1.1, 203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        (["1.1.1.1", "203.0.113.9", "10.0.0.2"], "203.0.113.9"),
        (["10.0.0.2"], "10.0.0.2"),
        (["203.0.113.9:50123"], "203.0.113.9"),
        (["[2001:db8::7]:50123"], "2001:db8::7"),
        (["2001:db8::7"], "2001:db8::7"),
        (["1.1.1.1, not an address"], "127.0.0.1"),
        (["1.1.1.1, unknown, 10.0.0.2"], "10.0.0.2"),
        ([""], "127.0.0.1"),
        ([], "127.0.0.1"),
    ],
)
def test_the_nearest_that_is_no_proxy_of_ours(
    proxied: Callable[..., None], forwarded: list[str], address: str
) -> None:
    proxied(*OURS)
    assert seen(*forwarded) == address


def test_nobody_else_may_forward(proxied: Callable[..., None]) -> None:
    proxied("10.9.9.9")
    assert seen("203.0.113.9") == "127.0.0.1"


async def test_a_client_that_makes_up_addresses_is_throttled(
    proxied: Callable[..., None], yunqi: Company
) -> None:
    """Each attempt names another account and another first address: what our proxy appended is counted."""
    proxied(*OURS)
    client = yunqi.client().http
    form = {"password": PASSWORD + "!", "_csrf_token": token_of((await client.get("/login")).text)}
    answers = [await _attempt(client, turn, form) for turn in range(throttle.ADDRESS_SHARE + 1)]
    assert [answer.status_code for answer in answers] == [422] * throttle.ADDRESS_SHARE + [429]


async def _attempt(client: httpx.AsyncClient, turn: int, form: dict[str, str]) -> httpx.Response:
    headers = {"X-Forwarded-For": f"198.51.100.{turn}, 203.0.113.9"}
    return await client.post("/login", data={"username": f"nobody{turn}", **form}, headers=headers)
