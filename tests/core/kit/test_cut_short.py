"""Half a request is refused, whatever of it would have made sense."""

from typing import Any

import msgspec
import pytest

from core.kit import sql
from tests.factories import Company, new_repair

pytestmark = pytest.mark.anyio
COUNT = "select count(*) from core.tickets_ticket where tenant_id = $1"


async def send(app: Any, path: str, headers: dict[str, str], *pieces: bytes, length: int) -> int:
    """Pieces of a body, then the sender is gone; the status nobody waits for any more."""
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": path, "raw_path": path.encode(), "root_path": "", "query_string": b"",
        "client": ("127.0.0.1", 1),
        "headers": [(k.encode(), v.encode()) for k, v in {**headers, "content-length": str(length)}.items()],
        "server": ("127.0.0.1", 8000),
    }  # fmt: skip
    messages: list[Any] = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    messages.append({"type": "http.disconnect"})
    statuses: list[int] = []

    async def receive() -> Any:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def answer(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app(scope, receive, answer)
    return statuses[0]


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
async def test_a_body_cut_short_does_nothing_and_takes_no_key(yunqi: Company, share: float) -> None:
    browser = await yunqi.signed_in("front_desk_agent")
    body = msgspec.json.encode(new_repair(yunqi))
    cookies = "; ".join(f"{name}={value}" for name, value in browser.http.cookies.items())
    headers = {
        "host": f"{yunqi.tenant.slug}.localhost", "content-type": "application/json", "cookie": cookies,
        "x-csrf-token": browser.token, "idempotency-key": "half",
    }  # fmt: skip
    piece = body[: int(len(body) * share)]
    assert await send(yunqi.app, "/api/v1/tickets", headers, piece, length=len(body) + 1) == 400
    async with yunqi.inside():
        assert await sql.value(COUNT) == 0

    whole = await browser.post("/api/v1/tickets", new_repair(yunqi), headers={"Idempotency-Key": "half"})
    assert whole.status_code == 201, whole.text


async def test_half_a_move_is_no_move(yunqi: Company) -> None:
    browser = await yunqi.signed_in("front_desk_agent")
    ticket = (await browser.post("/api/v1/tickets", new_repair(yunqi))).json()
    cookies = "; ".join(f"{name}={value}" for name, value in browser.http.cookies.items())
    headers = {
        "host": f"{yunqi.tenant.slug}.localhost", "content-type": "application/json", "cookie": cookies,
        "x-csrf-token": browser.token,
    }  # fmt: skip
    path = f"/api/v1/tickets/{ticket['id']}/transitions/dispatch"
    assert await send(yunqi.app, path, headers, length=40) == 400
    seen = (await browser.get(f"/api/v1/tickets/{ticket['id']}")).json()
    assert (seen["state"], seen["version"]) == ("registered", 1)
