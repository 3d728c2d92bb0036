"""How pages offer what may be done: a price refused, an appointment moved, an earlier ticket linked."""

import re
from typing import Any

import pytest

from tests.admin_ui import jobs
from tests.core.tickets.moves import Crew, ok
from tests.core.tickets.test_clocks import again
from tests.factories import Company

pytestmark = pytest.mark.anyio


@pytest.fixture
async def crew(yunqi: Company) -> Crew:
    return await Crew(yunqi).gather()


async def quoted(crew: Crew, ticket: dict[str, Any], amount: str) -> dict[str, Any]:
    return await ok(crew.engineer, ticket, "quote", item="更换角阀", amount=amount)


@pytest.mark.spec("RP-03")
async def test_a_price_refused_on_the_phone(crew: Crew) -> None:
    ticket = await quoted(crew, await crew.on_site(paid=True), "58")
    path = f"/m/jobs/{ticket['number']}"
    asked = (await crew.engineer.get(path)).text
    assert f'href="{path}?step=refuse_price"' in asked
    form = (await crew.engineer.get(f"{path}?step=refuse_price")).text
    assert f'action="{path}/refuse_price"' in form
    missing = await crew.engineer.post(f"{path}/refuse_price", data={"reason": ""}, headers=jobs.HTMX)
    assert (missing.status_code, 'href="#reason"' in missing.text) == (422, True)
    said = {"reason": "业主嫌贵", "confirmed_by": "陈志远"}
    done = await crew.engineer.post(f"{path}/refuse_price", data=said)
    assert (done.status_code, done.headers["location"]) == (303, "/m/jobs")
    assert (await again(crew.desk, ticket))["state"] == "cancelled"


@pytest.mark.spec("RP-03")
async def test_another_quote_on_the_phone_and_back(crew: Crew) -> None:
    ticket = await crew.on_site(**jobs.AGREED)
    path = f"/m/jobs/{ticket['number']}"
    page = (await crew.engineer.get(path)).text
    assert f'action="{path}/complete"' in page
    assert "合计不能超过" in page
    assert f'action="{path}/quote"' in (await crew.engineer.get(f"{path}?step=quote")).text
    await quoted(crew, ticket, "90")
    assert f'href="{path}?step=drop_quote"' in (await crew.engineer.get(path)).text
    done = await crew.engineer.post(f"{path}/drop_quote", data={"reason": "业主不换了"})
    assert (done.status_code, done.headers["location"]) == (303, path)
    assert f'action="{path}/complete"' in (await crew.engineer.get(path)).text
    free = await crew.on_site()
    page = (await crew.engineer.get(f"/m/jobs/{free['number']}")).text
    assert "无偿服务，不收费" in page
    assert 'name="amount"' not in page


@pytest.mark.spec("RP-01")
async def test_what_the_dispatcher_is_offered(crew: Crew) -> None:
    ticket = await crew.accepted()
    page = (await crew.dispatcher.get(f"/tickets/{ticket['number']}")).text
    sizes = page.split('id="form-assign"')[1].split("</form>")[0]
    assert 'type="radio" name="size"' in sizes
    assert 'id="form-rebook"' in page
    pool = (await crew.engineer.get("/m/pool")).text
    assert 'value="minor" selected' in pool
    taken = await crew.engineer.post(f"/m/pool/{ticket['number']}/take", data={"size": "medium"})
    assert taken.status_code == 303
    assert (await again(crew.desk, ticket))["size"] == "medium"
    begun = await ok(crew.engineer, ticket, "start", consent="resident")
    page = (await crew.dispatcher.get(f"/tickets/{begun['number']}")).text
    main = page.split('card--task" aria-label="')[1].split('"')[0]
    assert main == "完工"
    assert 'id="form-assign"' in page


@pytest.mark.spec("TK-07", "TK-01", "TK-05")
async def test_the_desk_links_and_marks(yunqi: Company, crew: Crew) -> None:
    ticket = await crew.closed()
    page = (await crew.desk.get(f"/tickets/{ticket['number']}")).text
    household = str(next(iter(yunqi.households.values())))
    address = f"/desk?household={household}&kind=repair&link={ticket['number']}"
    assert f'href="{address}"' in page
    form = (await crew.desk.get(address)).text
    assert f'name="duplicate_of" value="{ticket["id"]}"' in form
    assert 'name="major"' in form
    assert '<div data-when="nameless">' in form
    assert re.findall(r'value="(\w+)"[^>]* data-nameless', form) == ["complaint"]
    said = {
        "kind": "repair", "project_id": str(yunqi.project), "household_id": household, "content": "又漏水了",
        "duplicate": "link", "duplicate_of": ticket["id"], "major": "on", "visit": "now",
        "_csrf_token": crew.desk.token,
    }  # fmt: skip
    answer = await crew.desk.http.post("/desk", data=said)
    number = answer.headers["location"].split("done=")[1]
    made = (await crew.desk.get(f"/api/v1/tickets/{number}")).json()
    assert (made["linked_to"], made["major"]) == (ticket["id"], True)
    assert (await crew.desk.get("/desk?link=BX-20200101-0001")).status_code == 404
