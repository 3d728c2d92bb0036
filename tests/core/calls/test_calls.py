"""A call is reported, shown at the desk with its household, and taken once."""

import re

import pytest

from core.calls import queries
from core.kit import sql
from tests.admin_ui.pages import HTMX, attribute, send
from tests.factories import Browser, Company

pytestmark = pytest.mark.anyio


async def ring(who: Browser, phone: str = "139 0000 0002", line: str = "热线 1") -> str:
    answer = await who.post("/api/v1/calls", {"phone": phone, "line": line})
    assert answer.status_code == 201, answer.text
    identity: str = answer.json()["id"]
    return identity


async def test_who_may_report_and_take(yunqi: Company, cuihu: Company) -> None:
    assert (await yunqi.client().post("/api/v1/calls", {"phone": "13900000002"})).status_code in {401, 403}
    engineer = await yunqi.signed_in("engineer")
    assert (await engineer.post("/api/v1/calls", {"phone": "13900000002"})).status_code == 403
    desk = await yunqi.signed_in("front_desk_agent")
    call = await ring(desk)
    assert (await send(engineer, f"/desk/calls/{call}/take")).status_code == 403
    stranger = await cuihu.signed_in("front_desk_agent")
    assert (await send(stranger, f"/desk/calls/{call}/take")).status_code == 404
    assert "call__n" not in (await stranger.get("/desk?part=calls", headers=HTMX)).text


async def test_what_is_no_phone_is_refused(yunqi: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    for body, key in (({"phone": "12"}, "phone_invalid"), ({}, "required")):
        answer = await desk.post("/api/v1/calls", body)
        assert (answer.status_code, answer.json()["type"]) == (422, key)


@pytest.mark.spec("TK-08")
async def test_it_rings_with_its_household_until_it_is_taken(yunqi: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    call = await ring(desk)
    await ring(desk, phone="13811112222")
    ringing = (await desk.get("/desk?part=calls", headers=HTMX)).text
    assert re.findall(r'call__n">([^<]+)', ringing) == ["139****0002", "138****2222"]
    assert "3-2-1802" in ringing
    assert "没有登记过这个号码" in ringing
    assert "热线 1" in ringing
    taken = await send(desk, f"/desk/calls/{call}/take")
    assert taken.status_code == 200
    assert "139 0000 0002" in taken.text
    assert attribute(taken.text, "household_id") == str(yunqi.households["3-2-1802"])
    assert "139****0002" not in taken.text.split('id="calls"')[1]
    second = await yunqi.signed_in("cs_supervisor")
    late = await send(second, f"/desk/calls/{call}/take")
    assert late.status_code == 409
    assert "front_desk_agent甲" in late.text
    other = re.search(r"/desk/calls/([0-9a-f-]+)/take", taken.text)
    assert other is not None
    plain = await send(desk, f"/desk/calls/{other.group(1)}/take", htmx=False)
    assert (plain.status_code, plain.headers["location"]) == (303, "/desk?phone=138+1111+2222")


async def test_it_stops_ringing_and_is_forgotten(yunqi: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    for age in ("2 days", "3 minutes"):
        await ring(desk)
        async with yunqi.inside():
            await sql.execute(
                f"update core.calls_call set rang_at = rang_at - interval '{age}' where tenant_id = $1"
            )
    async with yunqi.inside():
        assert await queries.ringing() == []
        assert await sql.value("select count(*) from core.calls_call where tenant_id = $1") == 1
