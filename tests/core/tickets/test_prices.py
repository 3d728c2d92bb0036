"""RP-03: a price is told and agreed before the work, refused without harm, and kept to."""

from datetime import timedelta
from typing import Any

import pytest

from tests.core.tickets.moves import CHARGED, DONE, Crew, ok, refused
from tests.core.tickets.test_clocks import MONDAY, at, clocks
from tests.factories import Company

pytestmark = pytest.mark.anyio
NO = {"reason": "业主嫌贵", "confirmed_by": "陈志远"}


@pytest.fixture
async def crew(yunqi: Company) -> Crew:
    return await Crew(yunqi).gather()


async def events(crew: Crew, ticket: dict[str, Any]) -> list[dict[str, Any]]:
    path = f"/api/v1/tickets/{ticket['id']}/events"
    found: list[dict[str, Any]] = (await crew.desk.get(path)).json()["items"]
    return found


def offered(ticket: dict[str, Any]) -> set[str]:
    return {arrow["name"] for arrow in ticket["transitions"]}


@pytest.mark.spec("RP-03", "TK-04")
async def test_a_price_refused_on_site_ends_the_order(crew: Crew) -> None:
    ticket = await crew.on_site(paid=True)
    assert await refused(crew.engineer, ticket, "refuse_price", **NO) == (409, "transition_not_allowed")
    ticket = await ok(crew.engineer, ticket, "quote", item="更换角阀", amount="58")
    assert "refuse_price" in offered(ticket)
    assert not {"resume", "drop_quote", "assign"} & offered(ticket)
    assert await refused(crew.engineer, ticket, "refuse_price", reason="业主嫌贵") == (422, "required")
    ticket = await ok(crew.engineer, ticket, "refuse_price", **NO)
    assert (ticket["state"], ticket["stage"], ticket["result"]) == ("cancelled", "void", "业主嫌贵")
    assert all(c["stopped_at"] for c in ticket["clocks"])


@pytest.mark.spec("RP-03")
async def test_a_price_refused_after_dispatch_by_telephone(crew: Crew) -> None:
    ticket = await ok(crew.desk, await crew.dispatched(paid=True), "quote", item="换锁", amount="200")
    ticket = await ok(crew.desk, ticket, "refuse_price", **NO)
    assert ticket["state"] == "cancelled"


@pytest.mark.spec("RP-03", "SLA-02")
async def test_a_quote_before_dispatch_goes_back_to_the_desk(yunqi: Company) -> None:
    """The three minutes of the hand-over stand still while the household thinks."""
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        ticket = await crew.registered(paid=True)
        ticket = await ok(crew.desk, ticket, "quote", item="换锁", amount="200")
        assert clocks(ticket)["SLA-02"]["paused"]
        assert await refused(crew.desk, ticket, "refuse_price", **NO) == (409, "transition_not_offered")
    with at(MONDAY + timedelta(minutes=10)):
        crew = await Crew(yunqi).gather()
        ticket = await ok(crew.desk, ticket, "drop_quote", reason="业主嫌贵")
        assert (ticket["state"], ticket["stage"]) == ("registered", None)
        ticket = await ok(crew.desk, ticket, "dispatch")
        ticket = await ok(crew.dispatcher, ticket, "accept")
    stopped = clocks(ticket)["SLA-02"]
    assert (stopped["outcome"], stopped["breached_at"]) == ("met", None)


@pytest.mark.spec("RP-03", "TK-04")
async def test_quoted_work_does_not_start_without_consent(crew: Crew) -> None:
    ticket = await crew.on_site(paid=True)
    waiting = await ok(crew.engineer, ticket, "quote", item="更换角阀", amount="58")
    assert await refused(crew.engineer, waiting, "resume") == (422, "price_consent_required")
    ticket = await crew.on_site(paid=True)
    ticket = await ok(crew.engineer, ticket, "wait_customer", reason="等业主买龙头")
    said = {"accepted_by": "陈志远", "how": "on_site"}
    assert await refused(crew.engineer, ticket, "accept_price", **said) == (409, "transition_not_offered")


@pytest.mark.spec("RP-01")
async def test_nobody_arrives_before_somebody_is_assigned(crew: Crew) -> None:
    ticket = await crew.accepted()
    said = {"consent": "resident"}
    assert await refused(crew.dispatcher, ticket, "start", **said) == (409, "nobody_assigned")
    assert await refused(crew.engineer, ticket, "start", **said) == (409, "nobody_assigned")


@pytest.mark.spec("RP-03", "FEE-20")
async def test_no_more_than_agreed(crew: Crew) -> None:
    ticket = await crew.on_site(paid=True)
    ticket = await ok(crew.engineer, ticket, "quote", item="更换角阀", amount="58")
    ticket = await ok(crew.engineer, ticket, "accept_price", accepted_by="陈志远", how="on_site")
    part = {"material": [{"name": "角阀", "quantity": "1", "amount": "28.01"}]}
    assert await refused(crew.engineer, ticket, "complete", **DONE) == (422, "amount_required")
    assert await refused(crew.engineer, ticket, "complete", **CHARGED, **part) == (422, "amount_over_quote")
    ticket = await ok(crew.engineer, ticket, "quote", item="角阀和软管", amount="80")
    dearer = await ok(crew.engineer, ticket, "drop_quote", reason="软管不要了")
    assert (dearer["state"], dearer["stage"]) == ("in_progress", "price_accepted")
    assert await refused(crew.engineer, dearer, "complete", **CHARGED, **part) == (422, "amount_over_quote")
    part["material"][0]["amount"] = "28"
    assert (await ok(crew.engineer, dearer, "complete", **CHARGED, **part))["state"] == "done"


@pytest.mark.spec("RP-03", "RP-04")
async def test_free_work_that_turns_out_to_be_charged(crew: Crew) -> None:
    ticket = await crew.on_site()
    part = [{"name": "角阀", "quantity": "1", "amount": "28"}]
    assert await refused(crew.engineer, ticket, "complete", **CHARGED) == (422, "free_of_charge")
    assert await refused(crew.engineer, ticket, "complete", **DONE, material=part) == (422, "free_of_charge")
    ticket = await ok(crew.engineer, ticket, "quote", item="更换角阀", amount="58")
    assert ticket["paid"]
    ticket = await ok(crew.engineer, ticket, "accept_price", accepted_by="陈志远", how="on_site")
    ticket = await ok(crew.engineer, ticket, "complete", **CHARGED)
    assert {"SLA-11"} <= {c["code"] for c in ticket["clocks"] if c["stopped_at"] is None}


@pytest.mark.spec("RP-03")
async def test_who_agreed_how_and_when_is_kept(crew: Crew) -> None:
    """Said at registration, or before dispatch: the timeline and the sheet have it."""
    price = {"price_item": "换锁", "price": "200", "price_accepted": True}
    ticket = await crew.registered(paid=True, **price)
    said = (await events(crew, ticket))[0]["form"]
    assert (said["price_accepted_by"], said["price_accepted_how"]) == (ticket["requester"], "phone")
    assert said["price_accepted_at"]
    other = await crew.registered(paid=True)
    other = await ok(crew.desk, other, "quote", item="换锁", amount="200")
    other = await ok(crew.desk, other, "accept_price", accepted_by="陈太太", how="phone")
    accepted = (await events(crew, other))[-1]
    assert (accepted["form"]["accepted_by"], accepted["form"]["how"]) == ("陈太太", "phone")
    await ok(crew.desk, other, "dispatch")
    async with crew.company.inside():
        from core.tickets import orders  # noqa: PLC0415

        [sheet] = await orders.of_ticket(other["id"])
    assert (sheet.price_accepted_by, sheet.price_accepted_how) == ("陈太太", "phone")
