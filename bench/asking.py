"""Asks an ASGI application without any network between, and times the answer."""

import time
from collections.abc import Mapping
from typing import Any

import msgspec


class Answer(msgspec.Struct):
    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    def json(self) -> Any:
        return msgspec.json.decode(self.body)


async def ask(
    app: Any, method: str, target: str, headers: Mapping[str, str] | None = None, body: Any = None
) -> Answer:
    """`body` is sent as JSON, bytes as they are."""
    sent = b"" if body is None else body if isinstance(body, bytes) else msgspec.json.encode(body)
    path, _question, query = target.partition("?")
    given = {"host": "localhost", "content-type": "application/json", **(headers or {})}
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1",
        "method": method, "scheme": "http", "path": path, "raw_path": path.encode(), "root_path": "",
        "query_string": query.encode(),
        "headers": [(k.encode(), v.encode()) for k, v in {**given, "content-length": str(len(sent))}.items()],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000), "state": {},
    }  # fmt: skip
    messages = [{"type": "http.request", "body": sent, "more_body": False}]
    got: list[Any] = []

    async def receive() -> Any:
        return messages.pop() if messages else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        got.append(message)

    began = time.perf_counter()
    await app(scope, receive, send)
    seconds = time.perf_counter() - began
    start = got[0]
    return Answer(
        start["status"],
        {name.decode().lower(): value.decode() for name, value in start["headers"]},
        b"".join(message.get("body", b"") for message in got[1:]),
        seconds,
    )
