"""A database that takes every byte and answers none: each request is refused in time, nothing is left."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import httpx
import pytest

from core.kit import database, idempotency, live
from core.kit import settings as kit_settings
from core.kit.database import DB, savepoint
from core.kit.settings import role_password, settings
from tenants import directory
from tests.chaos.line import Line, place_of, through
from tests.factories import Browser, Company, new_repair

pytestmark = pytest.mark.anyio
IN_TIME = 3.0
POOL = 4
TICKETS = "/api/v1/tickets"


@pytest.fixture
async def line(app: object, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    """The application's pools, over a line that can go silent."""
    url = settings().database_url or ""
    made = Line(*place_of(url))
    await made.start()
    addresses = {
        f"{role}_database_url": through(made, url, f"gj_{role}", role_password(role))
        for role in ("app", "sys")
    }
    told = settings().model_copy(update=addresses)
    far = database.Database()
    with monkeypatch.context() as patch:
        patch.setattr(kit_settings, "settings", lambda: told)
        await far.open(app=POOL, sys=2)
        patch.setattr(DB, "pools", far.pools)
        yield made
        made.speak()
        await far.close()
    await made.cut()


@pytest.fixture
async def desk(line: Line, yunqi: Company) -> Browser:
    return await yunqi.signed_in("front_desk_agent")


async def refused_in_time(asked: Awaitable[httpx.Response]) -> None:
    began = time.monotonic()
    answer = await asked
    assert time.monotonic() - began < IN_TIME
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["retry-after"]) > 0


def register(desk: Browser) -> Awaitable[httpx.Response]:
    return desk.post(TICKETS, new_repair(desk.company))


async def heals(line: Line, desk: Browser) -> None:
    line.speak()
    answers = await asyncio.gather(*(register(desk) for _turn in range(POOL * 2)))
    assert [answer.status_code for answer in answers] == [201] * POOL * 2


async def test_it_falls_silent_between_two_requests(line: Line, desk: Browser) -> None:
    assert (await register(desk)).status_code == 201
    line.silence()
    await refused_in_time(register(desk))
    await refused_in_time(desk.get("/login"))
    await heals(line, desk)


async def test_it_is_silent_from_the_start(line: Line, desk: Browser) -> None:
    """Nothing is remembered and no connection is there: the company itself is asked for in vain."""
    await line.cut()
    line.silence()
    await line.start()
    directory.forget()
    await refused_in_time(register(desk))


async def test_more_wait_than_there_are_connections(line: Line, desk: Browser) -> None:
    line.silence()
    await asyncio.gather(*(refused_in_time(register(desk)) for _turn in range(POOL * 3)))
    await heals(line, desk)


async def test_it_falls_silent_in_the_middle_of_a_request(
    line: Line, desk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = idempotency.claim

    async def claim_in_silence(*values: Any) -> Any:
        line.silence()
        return await claim(*values)

    with monkeypatch.context() as patch:
        patch.setattr(idempotency, "claim", claim_in_silence)
        key = {"Idempotency-Key": "once"}
        await refused_in_time(desk.post(TICKETS, new_repair(desk.company), headers=key))
    await heals(line, desk)


async def test_it_falls_silent_inside_a_savepoint(
    line: Line, desk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = idempotency.claim

    async def claim_apart(*values: Any) -> Any:
        async with savepoint():
            line.silence()
            return await claim(*values)

    with monkeypatch.context() as patch:
        patch.setattr(idempotency, "claim", claim_apart)
        key = {"Idempotency-Key": "once"}
        await refused_in_time(desk.post(TICKETS, new_repair(desk.company), headers=key))
    await heals(line, desk)


async def test_it_falls_silent_before_the_commit(
    line: Line, desk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silently(_notices: list[Any]) -> None:
        line.silence()

    with monkeypatch.context() as patch:
        patch.setattr(live, "_write", silently)
        await refused_in_time(register(desk))
    await heals(line, desk)


async def test_readiness_is_told_in_time(line: Line, desk: Browser) -> None:
    assert (await desk.get("/health/ready")).status_code == 200
    line.silence()
    await refused_in_time(desk.get("/health/ready"))
    assert (await desk.get("/health/live")).status_code == 200
