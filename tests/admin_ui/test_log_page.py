"""`/m/log` over HTTP: whoever is asked first registers it from the phone (TK-01)."""

import re
from typing import Any
from uuid import uuid4

import pytest

from tests.admin_ui import jobs
from tests.admin_ui.pages import HTMX, refusals, send
from tests.factories import Browser, Company

pytestmark = [pytest.mark.anyio, pytest.mark.spec("TK-01")]
PATH = "/m/log"


@pytest.fixture
async def butler(yunqi: Company) -> Browser:
    return await yunqi.signed_in("butler")


def found(company: Company, **more: Any) -> dict[str, Any]:
    """A broken lamp seen on a round, which nothing refuses."""
    return {"kind": "repair", "place": "3 栋大堂", "content": "大堂灯不亮", "channel": "patrol", **more}


async def registered(who: Browser, answer: Any) -> dict[str, Any]:
    """The ticket the answer leads to."""
    assert answer.status_code == 200, answer.text
    number = answer.headers["hx-redirect"].partition("done=")[2]
    body: dict[str, Any] = (await who.get(f"/api/v1/tickets/{number}")).json()
    return body


async def test_who_may_come_here(yunqi: Company) -> None:
    answer = await yunqi.client().get(PATH)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/login?next={PATH}")
    viewer = await yunqi.signed_in("viewer")
    assert (await viewer.get(PATH)).status_code == 403
    assert (await send(viewer, PATH, **found(yunqi))).status_code == 403


EVERYBODY = (
    "butler",
    "engineer",
    "engineering_dispatcher",
    "cleaning_lead",
    "greening_lead",
    "public_order_lead",
    "security_guard",
    "lobby_assistant",
    "cleaner",
    "finance",
    "collector",
    "duty_manager",
    "duty_supervisor",
    "cs_team_lead",
    "office_director",
)


@pytest.mark.parametrize("role", EVERYBODY)
async def test_every_employee_who_is_asked_first(yunqi: Company, role: str) -> None:
    who = await yunqi.signed_in(role)
    page = await who.get(PATH)
    assert page.status_code == 200
    answer = await send(who, PATH, **found(yunqi))
    assert answer.status_code == 200, answer.text
    number = answer.headers["hx-redirect"].partition("done=")[2]
    assert number in (await who.get(answer.headers["hx-redirect"])).text
    desk = await yunqi.signed_in("front_desk_agent")
    seen = (await desk.get(f"/api/v1/tickets/{number}")).json()
    assert (seen["state"], seen["channel"], seen["place"]) == ("registered", "patrol", "3 栋大堂")
    assert seen["first_responsible"]["id"] == str(yunqi.people[role])


async def test_a_room_says_where_and_who(yunqi: Company, butler: Browser) -> None:
    room = next(iter(yunqi.units.values()))
    options = (await butler.get("/search?part=pick&kind=room&q=3-2-1801", headers=HTMX)).text
    assert str(room) in options
    form = {"kind": "help", "unit_id": str(room), "content": "忘带钥匙了", "channel": "in_person"}
    seen = await registered(butler, await send(butler, PATH, q="3-2-1801", **form))
    assert (seen["household"]["room"], seen["requester"], seen["department"]) == (
        "3-2-1801",
        "陈志远",
        "management_office",
    )


async def test_the_desk_leads_those_here_who_do_not_work_at_it(yunqi: Company, butler: Browser) -> None:
    home = next(iter(yunqi.households.values()))
    answer = await butler.get(f"/desk?household={home}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PATH}?household={home}")
    page = (await butler.get(answer.headers["location"])).text
    assert 'value="3-2-1801"' in page
    assert f'name="unit_id" value="{next(iter(yunqi.units.values()))}"' in page
    assert (await butler.get(f"{PATH}?household={uuid4()}")).status_code == 404


async def test_without_the_right_it_stays_with_the_desk(yunqi: Company, butler: Browser) -> None:
    assert 'name="dispatch_to"' not in (await butler.get(PATH)).text
    seen = await registered(butler, await send(butler, PATH, **found(yunqi, dispatch_to="engineering")))
    assert seen["state"] == "registered"
    keeper = await yunqi.signed_in("building_keeper")
    assert 'name="dispatch_to"' in (await keeper.get(PATH)).text
    seen = await registered(keeper, await send(keeper, PATH, **found(yunqi, dispatch_to="engineering")))
    assert seen["state"] == "dispatched"


async def test_what_is_missing_is_asked_for_and_the_photo_kept(yunqi: Company, butler: Browser) -> None:
    form = {"_csrf_token": butler.token, "kind": "repair", "content": "", "channel": "patrol"}
    files = {"photos": ("lamp.jpg", jobs.photo(), "image/jpeg")}
    answer = await butler.http.post(PATH, data=form, files=files, headers=HTMX)
    assert answer.status_code == 422
    assert "<html" not in answer.text
    assert len(refusals(answer.text)) == 1
    kept = re.findall(r'name="attachments" value="([^"]+)"', answer.text)
    assert len(kept) == 1
    seen = await registered(butler, await send(butler, PATH, **found(yunqi, attachments=kept[0])))
    events = (await butler.get(f"/api/v1/tickets/{seen['id']}/events")).json()["items"]
    assert events[0]["attachments"] == kept
    assert (await butler.get(f"/api/v1/files/{kept[0]}")).status_code == 200


async def test_nowhere_is_refused(yunqi: Company, butler: Browser) -> None:
    answer = await send(butler, PATH, htmx=False, **found(yunqi, place=""))
    assert answer.status_code == 422
    assert refusals(answer.text) == ["请选择房号，或写明公共区域的位置"]


async def test_a_round_brings_no_enquiry(yunqi: Company, butler: Browser) -> None:
    """3.P: what is found on a round is a repair or a suggestion."""
    answer = await send(butler, PATH, **found(yunqi, kind="enquiry"))
    assert answer.status_code == 422
    assert 'id="channel-e"' in answer.text
    assert refusals(answer.text) == ["「咨询」不从「巡楼」受理，请改选来源"]


async def test_a_room_of_another_company_is_not_there(
    yunqi: Company, cuihu: Company, butler: Browser
) -> None:
    theirs = next(iter(cuihu.units.values()))
    for unit in (theirs, uuid4()):
        answer = await send(butler, PATH, **found(yunqi, unit_id=str(unit)))
        assert answer.status_code == 404
    answer = await send(butler, PATH, **found(yunqi, project_id=str(cuihu.project)))
    assert answer.status_code in {403, 404}


async def test_it_stands_in_the_bar(butler: Browser) -> None:
    page = (await butler.get("/m/butler")).text
    bar = page[page.index('class="tabbar"') :]
    assert f'href="{PATH}"' in bar.partition("</nav>")[0]
