"""`GET /events` tells a signed-in person what changed in their own company, and ends with the session."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import pytest

from core.kit import live, sql
from tests.factories import Company

pytestmark = pytest.mark.anyio


class Stream:
    """One open stream: its status, its headers, and what has come so far."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.text = ""
        self.ended = False
        self.came = asyncio.Event()

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.text += message.get("body", b"").decode()
            self.ended = not message.get("more_body", False)
        self.came.set()

    async def until(self, words: str, seconds: float = 5) -> None:
        async with asyncio.timeout(seconds):
            while words not in self.text and not self.ended:
                self.came.clear()
                await self.came.wait()
        assert words in self.text

    async def end(self, seconds: float = 5) -> None:
        async with asyncio.timeout(seconds):
            while not self.ended:
                self.came.clear()
                await self.came.wait()


@asynccontextmanager
async def opened(company: Company, cookies: Any = None, query: str = "") -> AsyncIterator[Stream]:
    """The application asked directly: httpx waits for the end of an answer, which a stream does not have."""
    stream, gone = Stream(), asyncio.Event()
    cookie = "; ".join(f"{name}={value}" for name, value in (cookies or {}).items())
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/events",
        "raw_path": b"/events",
        "root_path": "",
        "query_string": query.encode(),
        "headers": [
            (b"host", urlsplit(company.url).netloc.encode()),
            (b"cookie", cookie.encode()),
            (b"accept-encoding", b"gzip"),
        ],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
    }

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    task = asyncio.create_task(company.app(scope, receive, stream.send))
    try:
        yield stream
    finally:
        gone.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(task, 5)


async def change(company: Company, topic: str, subject: object) -> None:
    async with company.inside():
        live.changed(topic, subject)


async def test_person_is_told_of_changes_of_their_own_company_only(yunqi: Company, cuihu: Company) -> None:
    browser = await yunqi.signed_in("front_desk_agent")
    async with opened(yunqi, browser.http.cookies) as stream:
        await stream.until(": open")
        assert stream.status == 200
        assert stream.headers["content-type"].startswith("text/event-stream")
        await change(cuihu, "tickets", "foreign")
        await change(yunqi, "tickets", "own")
        await stream.until('event: gj:changed\r\ndata: {"topic":"tickets","id":"own"}')
        assert "foreign" not in stream.text


async def test_topics_and_persons_are_kept_apart(yunqi: Company) -> None:
    browser = await yunqi.signed_in("front_desk_agent")
    me = yunqi.people["front_desk_agent"]
    async with opened(yunqi, browser.http.cookies, "topics=tickets,notices") as stream:
        await stream.until(": open")
        await change(yunqi, "charges", "unwanted")
        await change(yunqi, "notices", yunqi.people["tenant_admin"])
        await change(yunqi, "notices", me)
        await stream.until(f'{{"topic":"notices","id":"{me}"}}')
        assert "unwanted" not in stream.text
        assert str(yunqi.people["tenant_admin"]) not in stream.text


async def test_stranger_gets_no_stream(yunqi: Company) -> None:
    async with opened(yunqi) as stream:
        await stream.end()
        assert (stream.status, stream.text) == (401, "")


async def test_stream_ends_with_the_session(yunqi: Company) -> None:
    browser = await yunqi.signed_in("front_desk_agent")
    async with opened(yunqi, browser.http.cookies) as stream:
        await stream.until(": open")
        async with yunqi.inside(role="sys"):
            await sql.execute("update core.auth_session set ended_at = core.now() where tenant_id = $1")
        await change(yunqi, "sessions", yunqi.people["front_desk_agent"])
        await stream.until("event: gj:signed-out")
        await stream.end()
