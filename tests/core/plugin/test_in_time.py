"""A plugin that hangs is cut off: whoever waits is answered, nothing of it is kept, the rest goes on."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from core.kit import sql
from core.plugin import host
from core.plugin.host import catalogue
from guanjia import app as composition
from plugins.property_desk import rules
from tenants import actions
from tests.core.plugin import sleepy
from tests.factories import Browser, Company
from tests.plugins.property_desk.making import BASE, DESK, DUTY, opened, take, taken

pytestmark = pytest.mark.anyio
IN_TIME = 3.0
SWITCH = "/api/v1/plugins/sleepy"
ON = "select enabled from core.tenants_plugin where tenant_id = $1 and name = 'sleepy'"


@pytest.fixture
async def company(yunqi: Company) -> AsyncIterator[Company]:
    """With the sleepy plugin installed and granted beside the product's own, and off."""
    before = list(host._built)
    host.build([*composition.BUILTINS, sleepy])
    async with yunqi.inside(role="sys"):
        await actions.grant("sleepy", granted=True)
    yield yunqi
    host._built[:] = before


async def put(company: Company, *, on: bool) -> None:
    async with company.inside(role="sys"):
        await actions._put("sleepy", granted=True, enabled=on)


async def is_on(company: Company) -> bool:
    async with company.inside():
        return bool(await sql.value(ON))


@asynccontextmanager
async def in_time() -> AsyncIterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < IN_TIME


def cut_off(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.json()["type"]) == (503, "plugin_too_slow"), answer.text
    assert int(answer.headers["retry-after"]) > 0


async def test_it_cannot_say_what_it_hides_and_is_switched_off_all_the_same(company: Company) -> None:
    await put(company, on=True)
    admin = await company.signed_in("tenant_admin")
    async with in_time():
        page = await admin.get("/admin/plugins")
    assert "午睡" in page.text
    async with in_time():
        asked = await admin.post("/admin/plugins/sleepy", data={"enabled": "false"})
    assert asked.status_code == 200, asked.text
    async with in_time():
        assert (await admin.put(SWITCH, {"enabled": False})).status_code == 200
    assert not await is_on(company)


async def test_it_cannot_begin_and_stays_off(company: Company) -> None:
    """Its seed hangs in the database, which is told to stop, too."""
    admin = await company.signed_in("tenant_admin")
    async with in_time():
        answer = await admin.put(SWITCH, {"enabled": True})
    cut_off(answer)
    assert "午睡" in answer.json()["detail"]
    assert not await is_on(company)
    async with in_time():
        page = await admin.post("/admin/plugins/sleepy", data={"enabled": "true"})
    assert (page.status_code, "没有及时响应" in page.text) == (503, True)
    async with company.inside(role="sys"):
        running = "select count(*) from pg_stat_activity where query like $1 and state = 'active'"
        assert (await sql.across(running, f"{sleepy.SLEEP[:20]}%"))[0][0] == 0


async def test_its_card_is_left_out_of_the_households_page(company: Company) -> None:
    desk = await company.signed_in(DESK)
    await put(company, on=True)
    household = next(iter(company.households.values()))
    async with in_time():
        page = await desk.get(f"/households/{household}")
    assert page.status_code == 200
    assert "物品放行条" in page.text


@pytest.mark.parametrize("nap", [sleepy.nap, sleepy.nap_in_the_database])
async def test_its_rule_refuses_the_arrow_and_lets_go_of_the_record(
    company: Company, monkeypatch: pytest.MonkeyPatch, nap: object
) -> None:
    slip = await taken(company, await opened(company), "sign_applicant")
    duty: Browser = await company.signed_in(DUTY)
    with monkeypatch.context() as patch:
        patch.setattr(rules.queries, "has_written", nap)
        async with in_time():
            answer = await take(duty, slip, "sign_duty")
    cut_off(answer)
    assert (await duty.get(f"{BASE}/{slip['number']}")).json()["version"] == slip["version"]
    assert (await take(duty, slip, "sign_duty")).status_code == 200


async def test_nobody_hurries_it_where_nobody_waits(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commands and jobs take the time they need."""
    monkeypatch.setattr(host, "LIMIT", 0.05)
    monkeypatch.setattr(sleepy, "NAP", 0.2)
    async with company.inside():
        assert await catalogue().call_one("sleepy", "hidden_when_off") == []
