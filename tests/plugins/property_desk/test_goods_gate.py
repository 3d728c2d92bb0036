"""PD-01 at the gate: found by code, ticked off, released on its day only, or stopped and written anew."""

from datetime import timedelta
from typing import Any

import pytest

from core.kit import clock
from tests.factories import Company
from tests.plugins.property_desk.making import (
    BASE,
    DESK,
    DRAWN,
    GUARD,
    ID_NUMBER,
    ISSUED,
    fields,
    opened,
    refusal,
    take,
    taken,
)

pytestmark = [pytest.mark.anyio, pytest.mark.spec("PD-01", "FORM-20")]
UPLOAD = "/api/v1/files"
PHONE = {"means": "phone", "by": "陈志远"}


def moment(**ago: Any) -> str:
    return (clock.now() - timedelta(**ago)).isoformat()


class TestGate:
    async def test_the_guard_finds_it_by_code_and_by_number(self, yunqi: Company) -> None:
        slip = await taken(yunqi, await opened(yunqi), *ISSUED)
        desk, guard = await yunqi.signed_in(DESK), await yunqi.signed_in(GUARD)
        code = (await desk.get(f"{BASE}/{slip['number']}")).json()["code"]
        assert not any(text in code for text in ("吴建平", ID_NUMBER, slip["number"]))
        for sent in (code, slip["number"], f"http://x/m/property_desk/gate?code={code}"):
            assert (await guard.get(f"{BASE}/by-code", params={"code": sent})).json()["id"] == slip["id"]
        for wrong in (code[:-2], "B" + code[1:], "FT-20200101-0001", "沙发"):
            answer = await guard.get(f"{BASE}/by-code", params={"code": wrong})
            assert refusal(answer) == (422, "slip_code_invalid")

    async def test_only_the_gate_releases(self, yunqi: Company) -> None:
        slip = await taken(yunqi, await opened(yunqi), *ISSUED)
        answer = await take(await yunqi.signed_in(DESK), slip, "release", checked=[0, 1])
        assert refusal(answer) == (403, "permission_missing")

    async def test_nothing_leaves_before_the_slip_is_issued(self, yunqi: Company) -> None:
        slip = await taken(yunqi, await opened(yunqi), "sign_applicant", "sign_duty", "stamp")
        answer = await take(await yunqi.signed_in(GUARD), slip, "release", checked=[0, 1])
        assert refusal(answer) == (409, "transition_not_allowed")

    async def test_every_item_is_ticked_off(self, yunqi: Company) -> None:
        slip = await taken(yunqi, await opened(yunqi), *ISSUED)
        guard = await yunqi.signed_in(GUARD)
        answer = await take(guard, slip, "release", checked=[0])
        assert refusal(answer) == (422, "goods_unchecked")
        assert "1" in answer.json()["detail"]
        answer = await take(guard, slip, "release", checked=[0, 1])
        assert answer.json()["state"] == "used"
        assert answer.json()["released"]["name"] == f"{GUARD}甲"

    async def test_a_slip_is_good_on_its_day_only(self, yunqi: Company) -> None:
        tomorrow = clock.today() + timedelta(days=1)
        slip = await taken(yunqi, await opened(yunqi, valid_on=str(tomorrow)), *ISSUED)
        answer = await take(await yunqi.signed_in(GUARD), slip, "release", checked=[0, 1])
        assert refusal(answer) == (422, "slip_not_today")

    async def test_what_differs_is_stopped_and_written_anew(self, yunqi: Company) -> None:
        slip = await taken(yunqi, await opened(yunqi), *ISSUED)
        desk, guard = await yunqi.signed_in(DESK), await yunqi.signed_in(GUARD)
        old = (await desk.get(f"{BASE}/{slip['id']}")).json()["code"]
        assert ("form.difference", "required") in fields(await take(guard, slip, "mismatch"))
        stopped = (await take(guard, slip, "mismatch", difference="多了一台电视机")).json()
        assert (stopped["state"], stopped["difference"]) == ("mismatch", "多了一台电视机")
        assert refusal(await take(guard, slip, "release", checked=[0, 1]))[0] == 409
        items = [{"name": "旧三人沙发", "n": 1}, {"name": "电视机", "n": 1}]
        again = await take(desk, slip, "redo", items=items, valid_on=str(clock.today()))
        assert again.json()["state"] == "draft", again.text
        assert (again.json()["duty_signed"], again.json()["stamped"], again.json()["issued"]) == (
            None,
            None,
            None,
        )
        assert refusal(await guard.get(f"{BASE}/by-code", params={"code": old})) == (422, "slip_code_invalid")
        assert (await taken(yunqi, again.json(), *ISSUED, "release", "file"))["state"] == "filed"

    async def test_a_renters_goods_need_consent_again(self, yunqi: Company) -> None:
        slip = await opened(yunqi, applicant="renter", applicant_name="何晓东")
        desk, guard = await yunqi.signed_in(DESK), await yunqi.signed_in(GUARD)
        await take(desk, slip, "record_consent", **PHONE, at=moment(minutes=5))
        slip = await taken(yunqi, slip, *ISSUED)
        await take(guard, slip, "mismatch", difference="多了一台电视机")
        again = await take(desk, slip, "redo", items=[{"name": "电视机"}], valid_on=str(clock.today()))
        assert again.json()["consent"] is None
        answer = await take(desk, slip, "sign_applicant", signature=DRAWN)
        assert refusal(answer) == (422, "owner_authorisation_required")
