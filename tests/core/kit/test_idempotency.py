"""A key stands for what was said with it: the same again is answered again, anything else is refused."""

from typing import Any

import httpx
import pytest

from core.kit import sql
from tests.admin_ui.pages import HTMX, call
from tests.factories import Browser, Company

pytestmark = pytest.mark.anyio

PDF, OTHER = b"%PDF-1.7\n1\n%%EOF\n", b"%PDF-1.7\n2\n%%EOF\n"
TICKETS = "select count(*) from core.tickets_ticket where tenant_id = $1"


@pytest.fixture
async def desk(yunqi: Company) -> Browser:
    return await yunqi.signed_in("front_desk_agent")


async def say(desk: Browser, key: str, **form: Any) -> httpx.Response:
    data = {"_csrf_token": desk.token, "_idempotency_key": key, **form}
    return await desk.http.post("/desk", data=data, headers=HTMX)


async def upload(
    desk: Browser, key: str, data: bytes, boundary: str, *, name: str = "a.pdf", token: str = ""
) -> httpx.Response:
    lines = [
        f"--{boundary}",
        'Content-Disposition: form-data; name="_csrf_token"',
        "",
        token or desk.token,
        f"--{boundary}",
        f'Content-Disposition: form-data; name="file"; filename="{name}"',
        "Content-Type: application/pdf",
        "",
        "",
    ]
    body = "\r\n".join(lines).encode() + data + f"\r\n--{boundary}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Idempotency-Key": key}
    return await desk.post("/api/v1/files", content=body, headers=headers)


async def test_a_form_said_again_happens_once(yunqi: Company, desk: Browser) -> None:
    said = call(yunqi)
    first, second = [await say(desk, "form-key", **said) for _turn in range(2)]
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.headers["idempotent-replayed"] == "true"
    async with yunqi.inside():
        assert await sql.value(TICKETS) == 1


async def test_a_form_with_other_words_under_the_same_key(yunqi: Company, desk: Browser) -> None:
    assert (await say(desk, "form-key", **call(yunqi))).status_code == 200
    other = await say(desk, "form-key", **call(yunqi, content="卧室窗户关不上"))
    assert (other.status_code, "这个幂等键已用于另一个请求" in other.text) == (422, True)


async def test_a_fresh_token_is_no_other_word(yunqi: Company, desk: Browser) -> None:
    assert (await say(desk, "form-key", **call(yunqi))).status_code == 200
    desk.token = (await desk.get("/api/v1/me")).headers["x-csrf-token"]
    assert (await say(desk, "form-key", **call(yunqi))).headers["idempotent-replayed"] == "true"


async def test_a_file_sent_again_with_another_boundary(desk: Browser) -> None:
    first = await upload(desk, "file-key", PDF, "one")
    again = await upload(desk, "file-key", PDF, "quite-another", token="f" * 40)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json()["id"] == first.json()["id"]
    assert again.headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize(("data", "name"), [(OTHER, "a.pdf"), (PDF, "b.pdf"), (PDF + b"\r\n", "a.pdf")])
async def test_another_file_under_the_same_key(desk: Browser, data: bytes, name: str) -> None:
    assert (await upload(desk, "file-key", PDF, "one")).status_code == 201
    answer = await upload(desk, "file-key", data, "one", name=name)
    assert (answer.status_code, answer.json()["type"]) == (422, "idempotency_key_reused")
