"""What counts as telling the customer, and who reports (SLA-05, SLA-20, SLA-35, SLA-22)."""

from typing import Any

import pytest

from core.households.actions import set_butler
from tests.core.tickets.moves import Crew, ok
from tests.core.tickets.test_clocks import MONDAY, again, at, clocks, local
from tests.factories import Browser, Company, company

pytestmark = pytest.mark.anyio
CLEAN = {"kind": "home_service", "content": "约一次全屋清洁", "immediate": False}


@pytest.fixture
async def crew(yunqi: Company) -> Crew:
    return await Crew(yunqi).gather()


async def note(who: Browser, ticket: dict[str, Any], **said: Any) -> tuple[int, str]:
    answer = await who.post(f"/api/v1/tickets/{ticket['id']}/notes", said)
    return answer.status_code, answer.json().get("type", "")


@pytest.mark.spec("SLA-20", "TK-06")
@pytest.mark.parametrize(
    ("said", "stops"),
    [
        ({"type": "progress"}, False),
        ({"type": "remark", "told_customer": True}, False),
        ({"type": "progress", "told_customer": True}, True),
        ({"type": "customer_contact"}, True),
        ({"type": "first_reply"}, True),
    ],
)
async def test_only_what_was_told_is_the_days_message(crew: Crew, said: dict[str, Any], stops: bool) -> None:
    ticket = await crew.registered()
    assert (await note(crew.desk, ticket, note="配件明天到", **said))[0] == 201
    ticket = await again(crew.desk, ticket)
    assert (clocks(ticket)["SLA-20"]["stopped_at"] is not None) == stops
    last = (await crew.desk.get(f"/api/v1/tickets/{ticket['id']}/events")).json()["items"][-1]
    assert last["form"].get("customer_told", False) == stops


@pytest.mark.spec("SLA-05", "RP-01")
async def test_only_the_butler_of_the_building_reports(app: Any) -> None:
    cuihu = await company(app, preset="butler_4h")
    with at(MONDAY):
        crew = await Crew(cuihu).gather()
        butler = await cuihu.person("butler")
        async with cuihu.inside():
            await set_butler(list(cuihu.units.values()), butler)
        await cuihu.person("butler", username="another")
        other = await cuihu.signed_in("another")
        ticket = await crew.accepted()
        said = {"type": "butler_report", "note": "师傅已到"}
        assert ticket["butler"]["id"] == str(butler)
        assert await note(crew.desk, ticket, **said) == (403, "permission_missing")
        assert await note(other, ticket, **said) == (403, "not_your_building")
        assert local(clocks(await again(crew.desk, ticket))["SLA-05"]["due_at"]) == "11-23 14:00:20"
    with at(MONDAY.replace(hour=11)):
        mine = await cuihu.signed_in("butler")
        assert await note(mine, ticket, **said) == (201, "")
        running = [c for c in (await again(mine, ticket))["clocks"] if c["code"] == "SLA-05"]
    assert local(running[-1]["due_at"]) == "11-23 15:00:20"


@pytest.mark.spec("HK-05", "SLA-35", "SLA-22", "SLA-20")
async def test_home_cleaning_is_called_back_for_a_time_and_afterwards(yunqi: Company) -> None:
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        lead = await yunqi.signed_in("cleaning_lead")
        ticket = await crew.registered(**CLEAN)
        assert local(clocks(ticket)["SLA-35"]["due_at"]) == "11-23 12:00:20"
        assert local(clocks(ticket)["SLA-20"]["due_at"]) == "11-23 21:00:00"
        await note(crew.desk, ticket, type="customer_contact", note="约好明天上午")
        ticket = await ok(crew.desk, await again(crew.desk, ticket), "dispatch")
        assert clocks(ticket)["SLA-35"]["outcome"] == "met"
        for name, form in (("accept", {}), ("start", {}), ("complete", {"result": "全屋清洁完毕"})):
            ticket = await ok(lead, ticket, name, **form)
    assert local(clocks(ticket)["SLA-22"]["due_at"]) == "11-23 21:00:00"


@pytest.mark.spec("EQ-01", "SLA-20")
async def test_an_enquiry_not_answered_today_is_kept_informed(crew: Crew) -> None:
    ticket = await crew.registered(kind="enquiry", content="房产证什么时候办下来", immediate=False)
    assert clocks(ticket)["SLA-20"]["stopped_at"] is None
    ticket = await ok(crew.desk, ticket, "answer", answer="已在办理")
    assert clocks(ticket)["SLA-20"]["outcome"] == "met"
