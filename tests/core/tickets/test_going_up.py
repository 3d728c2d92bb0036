"""What goes up and who hears of it: escalations, major events, breaches, refused orders (TK-02 to TK-05)."""

from datetime import timedelta
from typing import Any

import pytest

from auth.actions import give_role
from core.households.actions import create_project
from core.policies.actions import publish
from core.staff.roles import ladder
from tests.core.tickets.moves import Crew, ok, refused
from tests.core.tickets.test_clocks import MONDAY, again, at, clocks, local, notices
from tests.factories import Browser, Company
from tests.working_off import sweep, work_off

pytestmark = pytest.mark.anyio
HELP = {"kind": "help", "content": "请帮忙搬一下轮椅", "immediate": False}


@pytest.fixture
async def crew(yunqi: Company) -> Crew:
    return await Crew(yunqi).gather()


async def story(who: Browser, ticket: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await who.get(f"/api/v1/tickets/{ticket['id']}/events")).json()["items"]
    return found


async def events_told(company: Company, username: str, event: str) -> list[str]:
    await work_off(company)
    who = await company.signed_in(username)
    return [n["text"] for n in await notices(who) if n["event"] == event]


@pytest.mark.spec("TK-05")
def test_chain_of_the_management_office() -> None:
    assert ladder("building_keeper", "M")[:2] == ["cs_supervisor", "office_director"]
    assert ladder("cs_supervisor", "M")[0] == "office_director"


@pytest.mark.spec("TK-05")
async def test_each_escalation_reaches_one_level_more(crew: Crew, yunqi: Company) -> None:
    for role in ("cs_administrator", "cs_manager"):
        await yunqi.person(role)
    ticket = await crew.registered()
    for count, role in enumerate(("cs_administrator", "cs_supervisor", "cs_manager"), 1):
        ticket = await ok(crew.desk, ticket, "escalate", reason="超出权限")
        assert ticket["escalation"] == count
        assert (await story(crew.desk, ticket))[-1]["form"]["told"] == [f"{role}甲"]
        assert len([t for t in await events_told(yunqi, role, "ticket.moved") if "上报" in t]) == 1


@pytest.mark.spec("TK-05", "CB-03")
async def test_a_major_event_is_told_at_once_and_the_ticket_says_to_whom(crew: Crew, yunqi: Company) -> None:
    await yunqi.person("cs_manager")
    ticket = await crew.registered(major=True)
    assert ticket["major"]
    assert "mark_major" not in {t["name"] for t in ticket["transitions"]}
    assert len([t for t in await events_told(yunqi, "cs_manager", "ticket.registered") if "重大" in t]) == 1
    told = [e for e in await story(crew.desk, ticket) if e["name"] == "major_told"]
    assert [set(e["form"]["told"]) for e in told] == [{"cs_manager甲", "engineering_dispatcher甲"}]
    assert told[0]["at"] >= ticket["created_at"]
    later = await crew.registered()
    later = await ok(crew.desk, later, "mark_major", reason="水漫两户")
    assert (later["major"], later["escalation"]) == (True, 0)
    await work_off(yunqi)
    later = await ok(crew.desk, later, "escalate", reason="请经理到场", major=True)
    await work_off(yunqi)
    assert len([e for e in await story(crew.desk, later) if e["name"] == "major_told"]) == 1


@pytest.mark.spec("TK-02", "TK-05", "JOB-24")
async def test_a_second_breach_raises_priority_once(yunqi: Company) -> None:
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        for role in ("cs_administrator", "cs_manager"):
            await yunqi.person(role)
        ticket = await crew.registered(urgency="normal")
        assert ticket["priority"] == "P4"
    for minutes, priority in ((4, "P4"), (16, "P3"), (600, "P3")):
        with at(MONDAY + timedelta(minutes=minutes)):
            await sweep(yunqi)
            await work_off(yunqi)
            await work_off(yunqi)
            desk = await yunqi.signed_in("front_desk_agent")
            ticket = await again(desk, ticket)
            assert ticket["priority"] == priority, minutes
    with at(MONDAY + timedelta(minutes=601)):
        found = await story(await yunqi.signed_in("front_desk_agent"), ticket)
    raised = [e for e in found if e["name"] == "priority_raised"]
    assert [e["note"] for e in raised] == ["P4 → P3"]
    assert ticket["escalation"] == len([e for e in found if e["name"] == "clock_escalated"]) > 0


@pytest.mark.spec("TK-04")
async def test_a_refused_order_is_redirected_in_the_companys_minutes(yunqi: Company) -> None:
    with at(MONDAY - timedelta(days=1)):
        async with yunqi.inside():
            await publish(None, None, {"ticket": {"redirect_minutes": 20}})
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        ticket = await ok(crew.dispatcher, await crew.dispatched(), "decline", reason="不属工程部")
        assert local(clocks(ticket)["SLA-60"]["due_at"]) == "11-23 10:20:20"
        [told] = [t for t in await events_told(yunqi, "front_desk_agent", "ticket.moved") if "退单" in t]
        assert "20 分钟" in told
    with at(MONDAY + timedelta(minutes=21)):
        await sweep(yunqi)
        crew = await Crew(yunqi).gather()
        ticket = await ok(crew.desk, ticket, "dispatch", department="cleaning")
    assert clocks(ticket)["SLA-60"]["outcome"] == "late"


@pytest.mark.spec("TK-04")
async def test_the_instruction_is_waited_for_by_the_work(crew: Crew, yunqi: Company) -> None:
    """T1 and T2 never wait for the director; T4 does."""
    async with yunqi.inside():
        await publish(None, None, {"ticket": {"instruction_required_kinds": ["repair", "help"]}})
    director = await yunqi.signed_in("office_director")
    repair = await crew.assigned()
    assert await refused(crew.engineer, repair, "start", consent="resident") == (422, "instruction_required")
    repair = await ok(director, repair, "instruct", instruction="先关总阀")
    assert (await ok(crew.engineer, repair, "start", consent="resident"))["state"] == "in_progress"
    ticket = await ok(crew.desk, await crew.registered(**HELP), "dispatch")
    ticket = await ok(director, ticket, "accept")
    assert await refused(director, ticket, "start") == (422, "instruction_required")
    ticket = await ok(director, ticket, "instruct", instruction="派大堂助理")
    assert (await ok(director, ticket, "start"))["state"] == "in_progress"


@pytest.mark.spec("TK-04", "TK-03")
async def test_only_the_department_moves_what_was_given_to_it(crew: Crew, yunqi: Company) -> None:
    cleaning, greening = await yunqi.signed_in("cleaning_lead"), await yunqi.signed_in("greening_lead")
    ticket = await ok(crew.desk, await crew.registered(**HELP), "dispatch", department="cleaning")
    for name, form in (("accept", {}), ("decline", {"reason": "不归我们"})):
        assert await refused(greening, ticket, name, **form) == (403, "other_department")
    ticket = await ok(cleaning, ticket, "accept")
    assert ticket["specialist_owner"]["id"] == str(yunqi.people["cleaning_lead"])
    assert ticket["number"] in (await cleaning.get("/m/jobs")).text
    assert await refused(greening, ticket, "start") == (403, "other_department")
    ticket = await ok(cleaning, ticket, "start")
    assert await refused(greening, ticket, "wait_customer", reason="无人") == (403, "other_department")
    ticket = await ok(cleaning, ticket, "wait_customer", reason="无人")
    assert await refused(greening, ticket, "resume") == (403, "other_department")
    ticket = await ok(crew.desk, ticket, "resume")
    assert await refused(greening, ticket, "complete", result="做好了") == (403, "other_department")
    assert (await ok(cleaning, ticket, "complete", result="做好了"))["state"] == "done"


async def test_the_role_kept_is_the_one_that_gives_the_right_here(crew: Crew, yunqi: Company) -> None:
    """0.7: somebody is a desk agent elsewhere and a dispatcher here."""
    async with yunqi.inside():
        elsewhere = await create_project(name="别处", code="BC")
    await yunqi.person("front_desk_agent", project=elsewhere, username="two")
    async with yunqi.inside():
        await give_role(yunqi.people["two"], "engineering_dispatcher", yunqi.project)
    two = await yunqi.signed_in("two")
    ticket = await ok(two, await crew.dispatched(), "accept")
    last = (await story(crew.desk, ticket))[-1]
    assert (last["name"], last["role"]) == ("accept", "engineering_dispatcher")
