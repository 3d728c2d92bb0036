"""CB-01 and CB-03: nobody's ticket closes unasked, and who may ask."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest
import time_machine

from auth.actions import give_role
from core.callbacks import queries
from core.kit import clock, sql
from tests.core.tickets.moves import Crew, ok
from tests.factories import Browser, Company

pytestmark = pytest.mark.anyio


@pytest.fixture
async def crew(yunqi: Company) -> Crew:
    return await Crew(yunqi).gather()


async def post(who: Browser, ticket: dict[str, Any], **said: Any) -> tuple[int, Any]:
    answer = await who.post(f"/api/v1/tickets/{ticket['id']}/call-backs", said)
    body = answer.json()
    return answer.status_code, body.get("type", body.get("state"))


@pytest.mark.spec("CB-01", "TK-07")
async def test_satisfied_closes(crew: Crew) -> None:
    ticket = await crew.returned()
    assert await post(crew.desk, ticket, result="reached", satisfaction="satisfied") == (201, "closed")
    made = (await crew.desk.get(f"/api/v1/tickets/{ticket['id']}/call-backs")).json()["items"]
    assert [(c["attempt"], c["result"], c["satisfaction"]) for c in made] == [(1, "reached", "satisfied")]
    assert await post(crew.desk, ticket, result="reached", satisfaction="satisfied") == (
        409,
        "call_back_not_due",
    )


@pytest.mark.spec("CB-01", "TK-04")
async def test_dissatisfied_reopens_one_step_more_urgent(crew: Crew) -> None:
    ticket = await crew.returned()
    said = {"result": "reached", "satisfaction": "dissatisfied"}
    assert await post(crew.desk, ticket, **said) == (422, "dissatisfaction_reason_required")
    assert await post(crew.desk, ticket, **said, note="还在漏") == (201, "dispatched")
    again = (await crew.desk.get(f"/api/v1/tickets/{ticket['id']}")).json()
    assert (again["reopened"], again["priority"], again["closed_at"]) == (1, "P1", None)
    for name, form in (("accept", {}), ("assign", {"engineer": crew.engineer_id})):
        again = await ok(crew.dispatcher, again, name, **form)
    assert again["stage"] == "assigned"


@pytest.mark.spec("CB-01")
async def test_three_tries_on_two_days_make_it_unreachable(crew: Crew, yunqi: Company) -> None:
    ticket = await crew.returned()
    assert await post(crew.desk, ticket, result="attempted") == (201, "pending_call_back")
    assert await post(crew.desk, ticket, result="attempted") == (201, "pending_call_back")
    assert await post(crew.desk, ticket, result="attempted") == (201, "pending_call_back")
    with time_machine.travel(clock.now() + timedelta(days=1), tick=True):
        desk = await yunqi.signed_in("front_desk_agent")
        assert await post(desk, ticket, result="attempted") == (201, "closed")
        async with yunqi.inside():
            rate = await queries.rate(clock.today() - timedelta(days=7), clock.today() + timedelta(days=1))
    assert (rate.owed, rate.reached, rate.unreachable, rate.percent) == (1, 0, 1, 0.0)


@pytest.mark.spec("CB-01", "TK-07")
async def test_the_worker_does_not_call_back(crew: Crew, yunqi: Company) -> None:
    async with yunqi.inside():
        await give_role(yunqi.people["engineer"], "front_desk_agent", None)
    ticket = await crew.returned()
    assert await post(crew.engineer, ticket, result="reached", satisfaction="satisfied") == (
        422,
        "conflict_of_interest",
    )


@pytest.mark.spec("CB-03")
async def test_major_events_are_called_back_by_those_who_lead(crew: Crew) -> None:
    ticket = await crew.registered()
    ticket = await ok(crew.desk, ticket, "escalate", reason="水漫两户", major=True)
    ticket = await ok(crew.desk, ticket, "dispatch")
    ticket = await ok(crew.dispatcher, ticket, "accept")
    ticket = await ok(crew.dispatcher, ticket, "assign", engineer=crew.engineer_id, size="minor")
    ticket = await ok(crew.engineer, ticket, "start", consent="resident")
    ticket = await ok(crew.engineer, ticket, "complete", work="抽水更换", signature_exemption="refused")
    ticket = await ok(crew.desk, ticket, "return_sheet")
    assert await post(crew.desk, ticket, result="reached", satisfaction="satisfied") == (403, "lead_required")
    assert await post(crew.supervisor, ticket, result="reached", satisfaction="satisfied") == (201, "closed")


@pytest.mark.spec("CB-01")
async def test_what_is_said_must_fit(crew: Crew) -> None:
    ticket = await crew.returned()
    assert await post(crew.desk, ticket, result="reached") == (422, "satisfaction_required")
    assert await post(crew.desk, ticket, result="attempted", satisfaction="satisfied") == (
        422,
        "satisfaction_not_reached",
    )
    assert await post(crew.desk, ticket, result="maybe") == (422, "not_a_choice")
    assert await post(crew.desk, ticket) == (422, "required")
    assert await post(crew.engineer, ticket, result="attempted") == (403, "permission_missing")
    path = f"/api/v1/tickets/{ticket['id']}/call-backs"
    answer = await crew.desk.post(path, {"method": "drum", "satisfaction": "dissatisfied"})
    assert {(e["field"], e["key"]) for e in answer.json()["errors"]} == {
        ("method", "not_a_choice"),
        ("result", "required"),
        ("note", "dissatisfaction_reason_required"),
    }


@pytest.mark.spec("CB-01")
async def test_only_a_supervisor_exempts_and_says_why(crew: Crew) -> None:
    ticket = await crew.returned()
    path = f"/api/v1/tickets/{ticket['id']}/call-backs/exempt"
    assert (await crew.desk.post(path, {"reason": "业主撤回"})).status_code == 403
    assert (await crew.supervisor.post(path, {})).json()["type"] == "required"
    answer = await crew.supervisor.post(path, {"version": ticket["version"], "reason": "业主撤回"})
    assert (answer.status_code, answer.json()["call_back_exemption"]) == (201, "业主撤回")


@pytest.mark.spec("EX-87", "CB-01")
async def test_nobody_to_call_is_not_in_the_denominator(crew: Crew, yunqi: Company) -> None:
    ticket = await crew.registered(kind="help", household_id=None, place="2栋电梯厅", immediate=False)
    ticket = await ok(crew.desk, ticket, "answer", answer="已请大堂助理协助")
    assert (ticket["state"], ticket["call_back_exemption"]) == ("closed", "no_contact")
    async with yunqi.inside():
        rate = await queries.rate(clock.today(), clock.today() + timedelta(days=1))
    assert (rate.owed, rate.exempt, rate.percent) == (0, 1, None)


@pytest.mark.spec("CB-01", "TK-07")
async def test_the_database_refuses_too(crew: Crew, yunqi: Company) -> None:
    """No code path at all closes a ticket that owes a call-back, nor changes who received it."""
    ticket = await crew.returned()
    for change in ("state = 'closed'", "state = 'closed', call_back_owed = true"):
        with pytest.raises(asyncpg.CheckViolationError):
            async with yunqi.inside():
                await sql.execute(
                    f"update core.tickets_ticket set {change} where tenant_id = $1 and id = $2", ticket["id"]
                )
    for column in ("first_responsible = null", "number = 'X'"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with yunqi.inside():
                await sql.execute(
                    f"update core.tickets_ticket set {column} where tenant_id = $1 and id = $2", ticket["id"]
                )
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with yunqi.inside():
            await sql.execute(
                "update core.flows_event set note = 'x' where tenant_id = $1 and record_id = $2", ticket["id"]
            )


async def test_the_queue(crew: Crew, cuihu: Company) -> None:
    first = await crew.returned()
    await crew.done()
    waiting = (await crew.desk.get("/api/v1/call-backs")).json()["items"]
    assert [w["number"] for w in waiting] == [first["number"]]
    stranger = await cuihu.signed_in("front_desk_agent")
    assert (await stranger.get("/api/v1/call-backs")).json()["items"] == []
