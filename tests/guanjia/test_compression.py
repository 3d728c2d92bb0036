"""What goes over the wire is packed for whoever can unpack it, and nothing that would be held up by it."""

import gzip
import re

import httpx
import pytest

from admin_ui.rendering import STATIC
from core.kit import csrf
from tests.core.files.test_files import PDF, upload
from tests.factories import Browser, Company, new_repair, token_of

pytestmark = pytest.mark.anyio
UNPACKED = {"Accept-Encoding": "identity"}


async def wire(browser: Browser, path: str) -> tuple[httpx.Response, int]:
    """The answer to somebody who takes gzip, and how many bytes of it were sent."""
    request = browser.http.build_request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = await browser.http.send(request, stream=True)
    sent = b"".join([chunk async for chunk in answer.aiter_raw()])
    answer._content = gzip.decompress(sent) if "content-encoding" in answer.headers else sent
    return answer, len(sent)


@pytest.fixture
async def desk(yunqi: Company) -> Browser:
    return await yunqi.signed_in("front_desk_agent")


@pytest.mark.parametrize("path", ["/desk", "/tickets", "/api/v1/tickets", "/static/print.css"])
async def test_packed_where_one_can_unpack(yunqi: Company, desk: Browser, path: str) -> None:
    for _turn in range(3):
        await desk.post("/api/v1/tickets", new_repair(yunqi))
    packed, size = await wire(desk, path)
    plain = await desk.get(path, headers=UNPACKED)
    assert (packed.headers["content-encoding"], packed.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert int(packed.headers["content-length"]) == size < len(plain.content) / 2
    assert "content-encoding" not in plain.headers


async def test_a_static_file_is_the_same_unpacked(desk: Browser) -> None:
    packed, _size = await wire(desk, "/static/js/forms.js")
    assert packed.content == (STATIC / "js/forms.js").read_bytes()
    assert packed.headers["content-type"].startswith("text/javascript")


async def test_short_answers_are_left_alone(desk: Browser) -> None:
    assert "content-encoding" not in (await wire(desk, "/health/live"))[0].headers


async def test_files_are_packed_already(desk: Browser) -> None:
    file = (await upload(desk, PDF + b"0" * 4000)).json()
    answer, size = await wire(desk, f"/api/v1/files/{file['id']}")
    assert ("content-encoding" in answer.headers, size) == (False, len(PDF) + 4000)


async def test_a_stored_answer_can_be_read_by_anybody(yunqi: Company, desk: Browser) -> None:
    headers = {"Idempotency-Key": "packed", "Accept-Encoding": "gzip"}
    body = new_repair(yunqi)
    first = await desk.post("/api/v1/tickets", body, headers=headers)
    again = await desk.post("/api/v1/tickets", body, headers=headers | UNPACKED)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.headers["content-encoding"] == "gzip"
    assert ("content-encoding" in again.headers, again.json()) == (False, first.json())


async def test_the_token_looks_different_each_time(desk: Browser) -> None:
    """The length of a packed page that repeats an attacker's guess would tell a token that stays the same."""
    pages = [(await desk.get("/desk")).text for _turn in range(2)]
    first, second = (token_of(page) for page in pages)
    assert first != second
    assert len(set(re.findall(r'name="_csrf_token" value="([^"]+)"', pages[0]))) > 0
    for token in (first, second):
        desk.token = token
        assert (await desk.post("/api/v1/tickets", {})).status_code == 422


@pytest.mark.parametrize("sent", ["", "00", "zz" * 40, "0" * 80, "0" * 40])
def test_what_is_no_token(sent: str) -> None:
    assert not csrf.matches("somebody", sent)
    assert not csrf.matches("", csrf.token(""))
