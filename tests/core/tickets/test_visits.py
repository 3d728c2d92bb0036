"""Appointments and who is sent (RP-01, RP-02, 3.Q): made again, moved, given to somebody else."""

from datetime import timedelta

import pytest

from tests.core.tickets.moves import DONE, Crew, ok, refused
from tests.core.tickets.test_clocks import MONDAY, at, clocks, local
from tests.factories import Company, tomorrow_at

pytestmark = pytest.mark.anyio


@pytest.fixture
async def crew(yunqi: Company) -> Crew:
    return await Crew(yunqi).gather()


@pytest.mark.spec("RP-01", "SLA-04", "SLA-07")
async def test_what_cannot_be_completed_is_attended_again(yunqi: Company) -> None:
    """3.Q: on_site → cannot_complete, next appointment, back to assigned; the work's limit stands still."""
    tuesday = MONDAY.replace(day=24, hour=9, minute=0, second=0)
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        ticket = await crew.on_site()
        said = {"reason": "等业主买龙头", "next_at": tuesday.isoformat()}
        ticket = await ok(crew.engineer, ticket, "wait_customer", **said)
    assert (ticket["state"], ticket["stage"], ticket["engineer"]["id"]) == (
        "accepted", "assigned", crew.engineer_id,
    )  # fmt: skip
    assert local(clocks(ticket)["SLA-04"]["due_at"]) == "11-24 09:00:00"
    assert clocks(ticket)["SLA-07"]["paused"]
    with at(tuesday):
        crew = await Crew(yunqi).gather()
        ticket = await ok(crew.engineer, ticket, "start", consent="resident")
        assert clocks(ticket)["SLA-04"]["outcome"] == "met"
        assert not clocks(ticket)["SLA-07"]["paused"]
        ticket = await ok(crew.engineer, ticket, "complete", **DONE)
    assert clocks(ticket)["SLA-07"]["outcome"] == "met"


@pytest.mark.spec("RP-01")
async def test_waiting_without_a_time_until_one_is_agreed(crew: Crew) -> None:
    ticket = await crew.on_site(immediate=False, appointment_at=tomorrow_at(9))
    ticket = await ok(crew.engineer, ticket, "wait_third_party", party="配件商")
    assert ticket["state"] == "waiting_third_party"
    assert [c for c in ticket["clocks"] if c["code"] == "SLA-04" and c["stopped_at"] is None] == []
    ticket = await ok(crew.desk, ticket, "rebook", appointment_at=tomorrow_at(15), reason="配件明天到")
    assert (ticket["state"], ticket["stage"]) == ("accepted", "assigned")
    assert [c["outcome"] for c in ticket["clocks"] if c["code"] == "SLA-04"] == ["met", None]


@pytest.mark.spec("RP-02", "SLA-04")
async def test_another_time_before_the_visit(crew: Crew) -> None:
    ticket = await crew.assigned(immediate=False, appointment_at=tomorrow_at(9))
    past = (MONDAY - timedelta(days=300)).isoformat()
    assert await refused(crew.desk, ticket, "rebook", appointment_at=past, reason="改期") == (
        422, "appointment_in_past",
    )  # fmt: skip
    assert await refused(crew.desk, ticket, "rebook", appointment_at=tomorrow_at(15)) == (422, "required")
    assert await refused(crew.engineer, ticket, "rebook", appointment_at=tomorrow_at(15), reason="改期") == (
        403, "permission_missing",
    )  # fmt: skip
    ticket = await ok(crew.dispatcher, ticket, "rebook", appointment_at=tomorrow_at(15), reason="业主改期")
    found = [c for c in ticket["clocks"] if c["code"] == "SLA-04"]
    assert [c["outcome"] for c in found] == ["withdrawn", None]
    assert found[1]["due_at"] == ticket["appointment_at"]


@pytest.mark.spec("RP-01")
async def test_another_engineer_goes_on(crew: Crew, yunqi: Company) -> None:
    other = str(await yunqi.person("engineer", username="majun"))
    ticket = await crew.on_site()
    ticket = await ok(crew.dispatcher, ticket, "assign", engineer=other)
    assert (ticket["state"], ticket["engineer"]["id"], ticket["specialist_owner"]["id"]) == (
        "accepted", other, other,
    )  # fmt: skip
    assert await refused(crew.engineer, ticket, "start", consent="resident") == (403, "not_your_job")
    majun = await yunqi.signed_in("majun")
    assert (await ok(majun, ticket, "start", consent="resident"))["state"] == "in_progress"


@pytest.mark.spec("RP-01")
async def test_the_size_is_said_when_the_first_is_sent(crew: Crew) -> None:
    ticket = await crew.accepted()
    assert await refused(crew.dispatcher, ticket, "assign", engineer=crew.engineer_id) == (422, "required")
    taken = await ok(crew.engineer, ticket, "take", size="medium")
    assert taken["size"] == "medium"


@pytest.mark.spec("RP-01", "TK-07")
async def test_reopened_it_is_assigned_anew(crew: Crew) -> None:
    ticket = await ok(crew.desk, await crew.closed(), "reopen", reason="又漏了")
    assert (ticket["engineer"], ticket["specialist_owner"]) == (None, None)
    ticket = await ok(crew.dispatcher, ticket, "accept")
    assert await refused(crew.engineer, ticket, "start", consent="resident") == (409, "nobody_assigned")
    ticket = await ok(crew.dispatcher, ticket, "assign", engineer=crew.engineer_id)
    assert ticket["size"] == "minor"


@pytest.mark.spec("TK-04", "SLA-02")
async def test_solved_by_telephone(crew: Crew) -> None:
    """T13: no order goes out, and it is called back like any other."""
    ticket = await ok(crew.desk, await crew.registered(), "answer", answer="指导业主合上空气开关")
    assert (ticket["state"], ticket["result"]) == ("pending_call_back", "指导业主合上空气开关")
    running = {c["code"] for c in ticket["clocks"] if c["stopped_at"] is None}
    assert running == {"SLA-22"}


@pytest.mark.spec("TK-04", "RP-01")
async def test_only_the_engineer_or_the_desk_puts_a_job_aside(crew: Crew, yunqi: Company) -> None:
    await yunqi.person("engineer", username="majun")
    other = await yunqi.signed_in("majun")
    ticket = await crew.on_site(paid=True)
    assert await refused(other, ticket, "wait_customer", reason="无人") == (403, "not_your_job")
    ticket = await ok(crew.engineer, ticket, "quote", item="角阀", amount="58")
    said = {"accepted_by": "陈志远", "how": "phone"}
    assert await refused(other, ticket, "accept_price", **said) == (403, "not_your_job")
    ticket = await ok(crew.desk, ticket, "accept_price", **said)
    ticket = await ok(crew.engineer, ticket, "wait_customer", reason="无人")
    assert await refused(other, ticket, "resume") == (403, "not_your_job")
