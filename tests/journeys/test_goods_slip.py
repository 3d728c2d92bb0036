"""A renter's sofa leaves the estate (IN-27), in two companies at once that never see one another."""

import asyncio
import re
from datetime import timedelta
from html import unescape

import pytest

from core.kit import clock
from tests.factories import Company
from tests.plugins.property_desk.making import (
    DESK,
    DIRECTOR,
    DRAWN,
    DUTY,
    GUARD,
    ITEMS,
    new_slip,
    refusal,
    take,
)

pytestmark = [pytest.mark.anyio, pytest.mark.spec("IN-27", "PD-01", "FORM-20")]
BASE = "/api/v1/property_desk/goods_slips"


async def journey(company: Company) -> list[str]:
    """From the desk to the filed slip; the timeline's arrows."""
    desk, duty = await company.signed_in(DESK), await company.signed_in(DUTY)
    director, guard = await company.signed_in(DIRECTOR), await company.signed_in(GUARD)
    said = new_slip(company, applicant="renter", applicant_name="何晓东", items=ITEMS)
    slip = (await desk.post(BASE, said)).json()
    blocked = await take(desk, slip, "sign_applicant", signature=DRAWN)
    assert refusal(blocked) == (422, "owner_authorisation_required")
    agreed = (clock.now() - timedelta(minutes=3)).isoformat()
    await take(desk, slip, "record_consent", means="phone", by="陈志远", at=agreed)
    await take(desk, slip, "sign_applicant", signature=DRAWN)
    assert refusal(await take(guard, slip, "release", checked=[0, 1]))[0] == 409
    await take(duty, slip, "sign_duty")
    await take(director, slip, "stamp")
    issued = (await take(desk, slip, "issue")).json()
    assert issued["state"] == "issued"

    await desk.post(f"/property_desk/goods_slips/{slip['number']}/print")
    paper = await desk.get(f"/property_desk/goods_slips/{slip['number']}/print")
    assert slip["number"] in paper.text
    gate = await guard.get("/m/property_desk/gate", params={"code": issued["code"]})
    assert "何晓东" in unescape(gate.text)
    assert re.search(r'name="form.checked" value="1"', gate.text)
    assert (await take(guard, slip, "release", checked=[0, 1])).json()["state"] == "used"
    assert refusal(await take(guard, slip, "release", checked=[0, 1])) == (409, "transition_not_allowed")
    assert (await take(desk, slip, "file")).json()["state"] == "filed"
    events = (await desk.get(f"{BASE}/{slip['number']}/events")).json()["items"]
    assert [event["actor"] for event in events][-2:] == [f"{GUARD}甲", f"{DESK}甲"]
    return [event["name"] for event in events]


async def test_in_two_companies_at_once(yunqi: Company, cuihu: Company) -> None:
    first, second = await asyncio.gather(journey(yunqi), journey(cuihu))
    assert first == second
    assert first == [
        *("create", "record_consent", "sign_applicant", "sign_duty", "stamp", "issue", "release", "file"),
    ]
    mine, theirs = await yunqi.signed_in(DESK), await cuihu.signed_in(DESK)
    one, other = (await mine.get(BASE)).json()["items"], (await theirs.get(BASE)).json()["items"]
    assert len(one) == len(other) == 1
    assert one[0]["number"] == other[0]["number"]
    assert one[0]["id"] != other[0]["id"]
    assert refusal(await mine.get(f"{BASE}/{other[0]['id']}")) == (404, "not_found")


async def test_one_companys_switch_stops_only_its_own(yunqi: Company, cuihu: Company) -> None:
    admin = await yunqi.signed_in("tenant_admin")
    assert (await admin.put("/api/v1/plugins/property_desk", {"enabled": False})).status_code == 200
    assert (await journey(cuihu))[-1] == "file"
    desk = await yunqi.signed_in(DESK)
    assert refusal(await desk.post(BASE, new_slip(yunqi))) == (404, "not_found")
    await admin.put("/api/v1/plugins/property_desk", {"enabled": True})
    assert (await journey(yunqi))[-1] == "file"
