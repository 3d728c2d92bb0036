"""Clocks of real repairs over HTTP, in two companies with different presets."""

from typing import Any

import pytest
import time_machine

from core.kit import forms, sql
from core.kit.context import SYSTEM, Actor
from core.kit.database import DB
from core.plugin.host import catalogue
from core.policies.actions import choose_preset
from core.sla.limits import DEFINITIONS
from core.tickets import actions
from core.tickets.schemas import NewTicket
from tests.core.sla.cases import swept, told
from tests.core.sla.oracle import at
from tests.factories import Browser, Company, new_repair

pytestmark = pytest.mark.anyio


async def registered(company: Company, desk: Browser, when: str, **more: Any) -> Any:
    with time_machine.travel(at(when), tick=False):
        answer = await desk.post("/api/v1/tickets", new_repair(company, **more))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def moved(browser: Browser, ticket: Any, name: str, when: str, **form: Any) -> Any:
    with time_machine.travel(at(when), tick=False):
        path = f"/api/v1/tickets/{ticket['id']}"
        seen = {"If-Match": (await browser.get(path)).headers["etag"]}
        answer = await browser.post(f"{path}/transitions/{name}", {"form": form}, headers=seen)
    assert answer.status_code == 200, answer.text
    return answer.json()


def by_code(ticket: Any) -> dict[str, Any]:
    return {clock["code"]: clock for clock in ticket["clocks"]}


async def at_work(company: Company, preset: str) -> tuple[Browser, Browser]:
    """Desk and dispatcher, signed in at a moment of the story: sessions do not outlive a jump of days."""
    async with company.inside():
        await choose_preset(preset)
    with time_machine.travel(at("2026-11-23 09:50"), tick=False):
        return await company.signed_in("front_desk_agent"), await company.signed_in("engineering_dispatcher")


@pytest.mark.spec("EX-01", "SLA-02", "SLA-03", "SLA-05", "SLA-07", "SLA-08", "SLA-10", "SLA-20")
async def test_two_presets_side_by_side(yunqi: Company, cuihu: Company) -> None:
    """product_default has neither butler reports nor sheets back the same day; butler_4h has both."""
    seen: dict[str, set[str]] = {}
    for company, preset in ((yunqi, "product_default"), (cuihu, "butler_4h")):
        desk, dispatcher = await at_work(company, preset)
        ticket = await registered(company, desk, "2026-11-23 10:00:20", dispatch_to="engineering")
        clocks = by_code(ticket)
        assert clocks["SLA-02"]["due_at"] == "2026-11-23T02:03:20Z"
        seen[preset] = set(clocks)
        ticket = await moved(dispatcher, ticket, "accept", "2026-11-23 10:03:20")
        clocks = by_code(ticket)
        assert clocks["SLA-02"]["stopped_at"] == "2026-11-23T02:03:20Z"
        assert clocks["SLA-02"]["breached_at"] is None
        seen[preset] |= set(clocks)
    assert seen["product_default"] == {"SLA-02", "SLA-03", "SLA-07", "SLA-08", "SLA-20"}
    assert seen["butler_4h"] == seen["product_default"] | {"SLA-05", "SLA-10"}


@pytest.mark.spec("TK-05", "JOB-24")
async def test_a_breach_turns_the_ticket_red_without_a_new_version(yunqi: Company) -> None:
    desk, dispatcher = await at_work(yunqi, "product_default")
    ticket = await registered(yunqi, desk, "2026-11-23 10:00", dispatch_to="engineering")
    await swept(yunqi, "2026-11-23 10:03:01")
    with time_machine.travel(at("2026-11-23 10:04"), tick=False):
        shown = (await desk.get(f"/api/v1/tickets/{ticket['id']}")).json()
        overdue = (await desk.get("/api/v1/tickets?overdue=true")).json()["items"]
    assert by_code(shown)["SLA-02"]["breached_at"] is not None
    assert shown["version"] == ticket["version"]
    assert [row["id"] for row in overdue] == [ticket["id"]]
    assert ("clock.breached", "SLA-02", 0) in await told(yunqi)
    await moved(dispatcher, ticket, "accept", "2026-11-23 10:05")
    async with yunqi.inside():
        row = (await sql.records("select due_at, breached from core.tickets_ticket where tenant_id = $1"))[0]
    assert (row["due_at"], row["breached"]) == (at("2026-11-23 10:15"), False)


@pytest.mark.spec("SLA-20", "SLA-03", "SLA-02")
async def test_what_is_cancelled_has_no_clock_left(yunqi: Company) -> None:
    desk, _dispatcher = await at_work(yunqi, "product_default")
    ticket = await registered(yunqi, desk, "2026-11-23 10:00")
    ticket = await moved(
        desk, ticket, "cancel", "2026-11-23 10:01", reason="业主取消", confirmed_by="业主陈先生"
    )
    assert {clock["stopped_at"] for clock in ticket["clocks"]} == {"2026-11-23T02:01:00Z"}
    assert await swept(yunqi, "2026-11-24 10:00") == 0


async def test_every_clock_of_every_flow_has_a_limit(app: object) -> None:
    codes = {clock.code for flow in catalogue().of("flows") for clock in flow.clocks}
    assert codes
    assert codes <= DEFINITIONS.keys()


@pytest.mark.spec("TK-01")
async def test_registering_stays_frugal(yunqi: Company) -> None:
    """Twenty-five statements for a registration, of which the clocks take four."""
    async with yunqi.inside():
        await choose_preset("butler_4h")
    rights = dict.fromkeys(catalogue().permissions())
    for _warmed in range(2):
        async with yunqi.inside(Actor(SYSTEM.id, "甲", "somebody", rights=rights)):
            await actions.register(forms.bind(NewTicket, new_repair(yunqi, duplicate="new")))
            statements = DB.unit().statements
    assert statements <= 25
