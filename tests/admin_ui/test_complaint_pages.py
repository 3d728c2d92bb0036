"""A complaint at the desk and on its page: what it asks besides, kept, refused and shown (CP-01, CP-03)."""

from typing import Any

import pytest

from tests.admin_ui.pages import HTMX, call, refusals, send
from tests.factories import Browser, Company

pytestmark = [pytest.mark.anyio, pytest.mark.spec("CP-01")]


@pytest.fixture
async def desk(yunqi: Company) -> Browser:
    return await yunqi.signed_in("front_desk_agent")


def complaint(company: Company, **more: Any) -> dict[str, Any]:
    said = {
        "kind": "complaint",
        "content": "保洁员态度恶劣，要求经理回复",
        "item": "attitude",
        "visit": "none",
    }
    return call(company, **{**said, "dispatch_to": "cleaning", **more})


async def numbered(desk: Browser) -> str:
    found = (await desk.get("/api/v1/tickets?kind=complaint")).json()["items"]
    return str(found[0]["number"])


async def test_the_kind_brings_its_own_fields(desk: Browser) -> None:
    part = (await desk.get("/desk?part=kind&kind=complaint", headers=HTMX)).text
    for name in ("severity", "complained_department", "complained_person", "quality_hotline", "forwarded_by"):
        assert f'name="form.{name}"' in part, name
    assert '<option value="general" selected>' in part
    plain = (await desk.get("/desk?part=kind&kind=repair", headers=HTMX)).text
    assert 'name="form.' not in plain


async def test_what_is_asked_is_kept_and_shown(yunqi: Company, desk: Browser) -> None:
    form = complaint(
        yunqi, paid="on", **{"form.severity": "complex", "form.complained_department": "cleaning"}
    )
    assert (await send(desk, "/desk", **form)).status_code == 200
    page = (await desk.get(f"/tickets/{await numbered(desk)}")).text
    for words in ("投诉等级", "复杂", "被投诉部门", "清洁部"):
        assert f">{words}<" in page, words
    [found] = (await desk.get("/api/v1/tickets?kind=complaint")).json()["items"]
    assert found["paid"] is False
    for step in ("告知部门", "联系业主", "补救", "答复"):
        assert step in page.split('id="log"')[0], step


@pytest.mark.spec("CP-03")
@pytest.mark.parametrize("htmx", [True, False])
async def test_a_forwarded_one_names_its_body(yunqi: Company, desk: Browser, htmx: bool) -> None:
    form = complaint(yunqi, channel="government_forward", **{"form.severity": "complex"})
    answer = await send(desk, "/desk", htmx=htmx, **form)
    assert (answer.status_code, refusals(answer.text)) == (422, ["政府转办的投诉请填写转办单位"])
    assert '<option value="complex" selected>' in answer.text
    assert "保洁员态度恶劣" in answer.text
    told = await send(desk, "/desk", htmx=htmx, **{**form, "form.forwarded_by": "街道办"})
    assert told.status_code in {200, 303}
    found = (await desk.get("/api/v1/tickets?kind=complaint")).json()["items"]
    assert len(found) == 1


async def test_all_refusals_come_at_once(yunqi: Company, desk: Browser) -> None:
    form = complaint(yunqi, content="", contact_phone="12", **{"form.severity": "extreme"})
    answer = await send(desk, "/desk", **form)
    assert answer.status_code == 422
    assert len(refusals(answer.text)) == 3


async def test_the_departments_steps_by_its_page(yunqi: Company, desk: Browser) -> None:
    assert (await send(desk, "/desk", **complaint(yunqi))).status_code == 200
    number = await numbered(desk)
    cleaning = await yunqi.signed_in("cleaning_lead")
    director = await yunqi.signed_in("office_director")
    said = await send(director, f"/tickets/{number}/moves/instruct", instruction="请今天上门", version="2")
    assert said.status_code == 200
    page = (await cleaning.get(f"/tickets/{number}")).text
    assert 'name="apologised"' in page
    form = {"how": "in_person", "apologised": "on", "remedy": "换人并道歉", "version": "3"}
    assert (await send(cleaning, f"/tickets/{number}/moves/contact", **form)).status_code == 200
    assert "换人并道歉" in (await desk.get(f"/tickets/{number}")).text
