"""FORM-01 at the desk: what is folded away is kept, refused at its field, and a letter's scan comes along."""

import re
from datetime import timedelta
from typing import Any

import pytest

from core.kit import clock, sql
from tests.admin_ui import jobs
from tests.admin_ui.pages import HTMX, call, refusals, send
from tests.factories import Browser, Company

pytestmark = [pytest.mark.anyio, pytest.mark.spec("TK-01", "FORM-01")]
LAST = "select * from core.tickets_ticket where tenant_id = $1 order by created_at desc, id desc limit 1"


@pytest.fixture
async def desk(yunqi: Company) -> Browser:
    return await yunqi.signed_in("front_desk_agent")


async def last(company: Company) -> Any:
    async with company.inside():
        return (await sql.records(LAST))[0]


async def upload(who: Browser, files: list[tuple[str, Any]], **form: Any) -> Any:
    data = {"_csrf_token": who.token, **form}
    return await who.http.post("/desk", data=data, files=files, headers=HTMX)


async def test_what_is_folded_away_is_registered(yunqi: Company, desk: Browser) -> None:
    page = (await desk.get("/desk")).text
    for name in ("nature", "reason", "occurred_at", "promised_reply", "photos"):
        assert f'name="{name}"' in page, name
    occurred = clock.now() - timedelta(hours=2)
    reply = clock.today() + timedelta(days=2)
    form = call(
        yunqi,
        nature="environment_hygiene",
        reason="楼上漏水浸湿天花",
        occurred_at=f"{clock.local(occurred):%Y-%m-%dT%H:%M}",
        promised_reply=reply.isoformat(),
    )
    assert (await send(desk, "/desk", **form)).status_code == 200
    row = await last(yunqi)
    assert (row["nature"], row["reason"], row["promised_reply"]) == (
        "environment_hygiene",
        "楼上漏水浸湿天花",
        reply,
    )
    assert abs(row["occurred_at"] - occurred) < timedelta(minutes=1)


async def test_each_is_refused_at_its_field_and_the_fold_opens(yunqi: Company, desk: Browser) -> None:
    form = call(
        yunqi,
        channel="government_forward",
        nature="nonsense",
        occurred_at=f"{clock.now() + timedelta(hours=2):%Y-%m-%dT%H:%M}",
        promised_reply=(clock.today() - timedelta(days=1)).isoformat(),
    )
    answer = await send(desk, "/desk", **form)
    assert answer.status_code == 422
    for name in ("channel", "nature", "occurred_at", "promised_reply"):
        assert f'id="{name}-e"' in answer.text, name
    assert "「报修」不从「政府转办」受理，请改选来源" in refusals(answer.text)
    assert re.search(r'<details class="more more--form" open>', answer.text)


@pytest.mark.parametrize(
    ("channel", "kind", "status"),
    [
        *(("phone", kind, 201) for kind in ("repair", "enquiry", "help")),
        *(("letter", kind, status) for kind, status in (("enquiry", 201), ("repair", 422), ("help", 422))),
        *(("petition", kind, status) for kind, status in (("enquiry", 201), ("repair", 422))),
        *(("visit", kind, status) for kind, status in (("repair", 201), ("enquiry", 422))),
        *(("patrol", kind, status) for kind, status in (("repair", 201), ("help", 422))),
        *((channel, "repair", 201) for channel in ("email", "online", "app", "in_person", "other")),
        *(("government_forward", kind, 422) for kind in ("repair", "enquiry", "help")),
    ],
)
async def test_what_a_channel_brings(
    yunqi: Company, desk: Browser, channel: str, kind: str, status: int
) -> None:
    """PROCEDURES 3.P."""
    room = str(next(iter(yunqi.households.values())))
    body = {"kind": kind, "channel": channel, "content": "来函所述事项", "household_id": room}
    answer = await desk.post("/api/v1/tickets", {**body, "project_id": str(yunqi.project)})
    assert answer.status_code == status, answer.text
    if status == 422:
        assert answer.json()["errors"][0]["field"] == "channel"
        assert answer.json()["type"] == "channel_not_for_kind"


async def test_a_letters_scan_comes_along(yunqi: Company, desk: Browser) -> None:
    form = call(yunqi, kind="enquiry", channel="letter", visit="none", dispatch_to="")
    scan = ("photos", ("来函.jpg", jobs.photo(), "image/jpeg"))
    pages = ("photos", ("第二页.jpg", jobs.photo(2), "image/jpeg"))
    refused = await upload(desk, [scan, pages], **{**form, "content": ""})
    assert refused.status_code == 422
    kept = re.findall(r'name="attachments" value="([^"]+)"', refused.text)
    assert len(kept) == 2
    done = await send(desk, "/desk", **form, attachments=kept)
    assert done.status_code == 200
    row = await last(yunqi)
    events = (await desk.get(f"/api/v1/tickets/{row['id']}/events")).json()["items"]
    assert sorted(events[0]["attachments"]) == sorted(kept)
    assert "来函.jpg" in (await desk.get(f"/tickets/{row['number']}")).text


async def test_a_file_that_is_none_is_refused_with_the_rest(yunqi: Company, desk: Browser) -> None:
    bad = ("photos", ("来函.exe", b"MZ\x90\x00", "application/octet-stream"))
    answer = await upload(desk, [bad], **call(yunqi, content=""))
    assert answer.status_code == 422
    assert 'id="photos-e"' in answer.text
    assert len(refusals(answer.text)) == 2


async def test_somebody_elses_upload_is_refused(yunqi: Company, cuihu: Company, desk: Browser) -> None:
    other = await cuihu.signed_in("front_desk_agent")
    files = {"file": ("x.jpg", jobs.photo(), "image/jpeg")}
    theirs = await other.http.post("/api/v1/files", files=files, headers={"X-CSRF-Token": other.token})
    body = {"kind": "enquiry", "project_id": str(yunqi.project), "content": "问停车费"}
    answer = await desk.post("/api/v1/tickets", {**body, "attachments": [theirs.json()["id"]]})
    assert answer.status_code in {404, 422}, answer.text
    assert answer.json()["type"] == "file_unknown"
