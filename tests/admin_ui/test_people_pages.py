"""`/people`, owners, butlers and the desk's new contact over HTTP: forms kept, refusals at the field."""

from html import unescape
from typing import Any

import pytest

from core.kit import clock, sql
from tests.admin_ui.pages import HTMX, attribute, refusals, send
from tests.factories import Browser, Company

pytestmark = pytest.mark.anyio


@pytest.fixture
async def desk(yunqi: Company) -> Browser:
    return await yunqi.signed_in("front_desk_agent")


async def file_of(desk: Browser, company: Company, room: str = "3-2-1801") -> dict[str, Any]:
    found: dict[str, Any] = (await desk.get(f"/api/v1/households/{company.households[room]}")).json()
    return found


async def add(desk: Browser, company: Company, name: str = "赵敏", phones: str = "13800013671") -> str:
    """The id of a renter added by the page."""
    household = company.households["3-2-1801"]
    version = (await file_of(desk, company))["version"]
    form = {"version": version, "relation": "renter", "name": name, "add_phones": phones}
    answer = await send(desk, f"/households/{household}/people", **form)
    assert answer.headers["hx-redirect"] == f"/households/{household}"
    return str((await file_of(desk, company))["persons"][-1]["id"])


async def test_a_person_is_added_and_shown(yunqi: Company, desk: Browser) -> None:
    household = yunqi.households["3-2-1801"]
    page = (await desk.get(f"/households/{household}")).text
    assert f'href="/households/{household}/people"' in page
    form = (await desk.get(f"/households/{household}/people")).text
    assert attribute(form, "version") == "1"
    person = await add(desk, yunqi)
    page = (await desk.get(f"/households/{household}")).text
    assert "赵敏" in page
    assert "138****3671" in page
    assert f'href="/people/{person}"' in page
    assert "13800013671" not in page


async def test_what_is_refused_stands_at_its_field_and_is_kept(yunqi: Company, desk: Browser) -> None:
    household = yunqi.households["3-2-1801"]
    form = {"version": "1", "relation": "renter", "name": "<赵敏>", "add_phones": "12"}
    answer = await send(desk, f"/households/{household}/people", **form)
    assert (answer.status_code, len(refusals(answer.text))) == (422, 1)
    assert 'href="#add_phones"' in answer.text
    assert unescape(attribute(answer.text, "name")) == "<赵敏>"
    whole = await send(desk, f"/households/{household}/people", htmx=False, **form)
    assert (whole.status_code, "<html" in whole.text) == (422, True)
    for name in ("", "😀"):
        answer = await send(
            desk, f"/households/{household}/people", **(form | {"name": name, "add_phones": ""})
        )
        assert 'href="#name"' in answer.text


async def test_who_was_faster_is_named_and_the_form_may_be_sent_again(yunqi: Company, desk: Browser) -> None:
    person = await add(desk, yunqi)
    version = attribute((await desk.get(f"/people/{person}")).text, "version")
    await yunqi.person("building_keeper", username="liting")
    other = await yunqi.signed_in("liting")
    mine = {"version": version, "relation": "renter", "name": "赵敏敏", "add_phones": ""}
    assert (await send(other, f"/people/{person}", **(mine | {"name": "赵明"}))).status_code == 200
    answer = await send(desk, f"/people/{person}", **mine)
    assert answer.status_code == 409
    assert "刚被liting甲修改" in answer.text
    assert "现在是：赵明" in answer.text
    assert attribute(answer.text, "name") == "赵敏敏"
    again = mine | {"version": attribute(answer.text, "version")}
    assert (await send(desk, f"/people/{person}", **again)).status_code == 200
    assert (await file_of(desk, yunqi))["persons"][1]["name"] == "赵敏敏"


async def test_phones_are_kept_masked_and_changed_one_by_one(yunqi: Company, desk: Browser) -> None:
    person = await add(desk, yunqi, phones="13800013671、13700000007")
    page = (await desk.get(f"/people/{person}")).text
    assert "138****3671" in page
    assert "13800013671" not in page
    phones = (await desk.get(f"/api/v1/people/{person}")).json()["phones"]
    form = {
        "version": attribute(page, "version"), "relation": "renter", "name": "赵敏",
        "remove_phones": phones[0]["id"], "add_phones": "１３６００００６６６６", "preferred": "new",
    }  # fmt: skip
    assert (await send(desk, f"/people/{person}", **form)).status_code == 200
    phones = (await desk.get(f"/api/v1/people/{person}")).json()["phones"]
    assert [(p["masked"], p["preferred"]) for p in phones] == [("136****6666", True), ("137****0007", False)]


async def test_moving_out_with_its_date(yunqi: Company, desk: Browser) -> None:
    person = await add(desk, yunqi)
    version = (await file_of(desk, yunqi))["version"]
    wrong = await send(desk, f"/people/{person}/move-out", version=version, left_on="2999-01-01")
    assert (wrong.status_code, 'href="#left_on"' in wrong.text) == (422, True)
    today = clock.today().isoformat()
    answer = await send(desk, f"/people/{person}/move-out", version=version, left_on=today)
    page = (await desk.get(answer.headers["hx-redirect"])).text
    assert "已搬走 1 人" in page
    assert f"{today} 搬走" in page
    left = (await desk.get(f"/people/{person}")).text
    assert f'action="/people/{person}/move-in"' in left
    back = await send(desk, f"/people/{person}/move-in", htmx=False, version=version + 1)
    assert back.status_code == 303
    assert "已搬走" not in (await desk.get(back.headers["location"])).text


async def test_another_owner_and_the_old_file_stays_readable(yunqi: Company, desk: Browser) -> None:
    renter, household = await add(desk, yunqi), yunqi.households["3-2-1801"]
    page = (await desk.get(f"/households/{household}/title")).text
    today = clock.today().isoformat()
    assert (attribute(page, "version"), attribute(page, "moved_in")) == ("2", today)
    form = {"version": "2", "phones": "13700000007", "moved_in": today, "staying": renter}
    refused = await send(desk, f"/households/{household}/title", **form)
    assert (refused.status_code, 'href="#name"' in refused.text) == (422, True)
    answer = await send(desk, f"/households/{household}/title", name="周芷若", **form)
    opened = answer.headers["hx-redirect"]
    fresh = (await desk.get(opened)).text
    for words in ("周芷若", "赵敏", f'href="/households/{household}"'):
        assert words in fresh
    old = (await desk.get(f"/households/{household}")).text
    assert "陈志远" in old
    assert "这份档案已关闭" in old
    assert f'href="/households/{household}/people"' not in old
    history = (await desk.get(f"{opened}/title")).text
    assert history.index("周芷若") < history.index("陈志远")


async def test_the_butler_is_changed(yunqi: Company, desk: Browser) -> None:
    butler, household = await yunqi.person("butler"), yunqi.households["3-2-1801"]
    page = (await desk.get(f"/households/{household}")).text
    assert "butler甲" in page
    path = f"/households/{household}/butler"
    assert (await send(desk, path, version="1", butler_id=butler)).status_code == 200
    assert (await file_of(desk, yunqi))["unit"]["butler_name"] == "butler甲"
    stale = await send(desk, path, version="1", butler_id="")
    assert (stale.status_code, "刚被front_desk_agent甲修改" in stale.text) == (409, True)
    stranger = await send(desk, path, version="2", butler_id=yunqi.people["front_desk_agent"])
    assert stranger.status_code == 422


async def test_who_may_only_look(yunqi: Company, desk: Browser) -> None:
    person, household = await add(desk, yunqi), yunqi.households["3-2-1801"]
    guard = await yunqi.signed_in("security_guard")
    page = (await guard.get(f"/households/{household}")).text
    for words in ("添加人员", f"/people/{person}", "更换管家"):
        assert words not in page
    assert (await guard.get(f"/people/{person}")).status_code == 403
    title = await guard.get(f"/households/{household}/title")
    assert (title.status_code, "登记业主变更" in title.text) == (200, False)
    assert (await desk.get(f"/people/{person}/erase")).status_code == 403


async def test_another_companys_are_not_there(yunqi: Company, cuihu: Company, desk: Browser) -> None:
    theirs = await cuihu.signed_in("front_desk_agent")
    person, household = await add(theirs, cuihu), cuihu.households["3-2-1801"]
    form = {"version": "2", "relation": "renter", "name": "甲一", "left_on": "2026-01-01"}
    for path in (f"/people/{person}", f"/households/{household}/people", f"/households/{household}/title"):
        assert (await desk.get(path)).status_code == 404
        assert (await send(desk, path, **form)).status_code == 404
    for path in (
        f"/people/{person}/move-out",
        f"/people/{person}/move-in",
        f"/households/{household}/butler",
    ):
        assert (await send(desk, path, **form)).status_code == 404
    assert (await file_of(theirs, cuihu))["version"] == 2


async def test_erasing_needs_reason_and_room(yunqi: Company, desk: Browser) -> None:
    person = await add(desk, yunqi)
    admin = await yunqi.signed_in("tenant_admin")
    page = (await admin.get(f"/people/{person}/erase")).text
    for words in ("会删除", "会保留", "请输入房号 3-2-1801 以确认"):
        assert words in page
    path = f"/people/{person}/erase"
    wrong = await send(admin, path, reason="本人书面要求", confirm="3-2-1802")
    assert (wrong.status_code, 'href="#confirm"' in wrong.text) == (422, True)
    named = await send(admin, path, reason="赵敏要求", confirm="3-2-1801")
    assert (named.status_code, 'href="#reason"' in named.text) == (422, True)
    assert (await send(admin, path, reason="本人书面要求", confirm="3-2-1801")).status_code == 200
    page = (await admin.get(f"/households/{yunqi.households['3-2-1801']}")).text
    assert "赵敏" not in page
    assert (await admin.get(f"/people/{person}")).status_code == 404
    async with yunqi.inside():
        reason = await sql.value(
            "select detail->>'reason' from core.kit_audit where tenant_id = $1 and action = $2",
            "household.person_erased",
        )
    assert reason == "本人书面要求"


async def test_people_are_refreshed_alone(yunqi: Company, desk: Browser) -> None:
    household = yunqi.households["3-2-1801"]
    part = await desk.get(f"/households/{household}?part=people", headers=HTMX)
    assert 'data-live="households"' in part.text
    assert f'data-only="{household}"' in part.text
    assert "<html" not in part.text


class TestDesk:
    async def test_nobody_found_offers_a_new_contact(self, yunqi: Company, desk: Browser) -> None:
        page = (await desk.get("/desk", params={"phone": "13800013671"})).text
        assert 'href="/desk/contact?phone=13800013671"' in page
        card = (await desk.get("/desk/contact", params={"phone": "13800013671"}, headers=HTMX)).text
        assert attribute(card, "phones") == "13800013671"
        assert (
            attribute((await desk.get("/desk/contact", params={"q": "赵敏"}, headers=HTMX)).text, "name")
            == "赵敏"
        )
        form = {
            "unit_id": yunqi.units["3-2-1802"], "q": "3-2-1802", "name": "赵敏", "relation": "renter",
            "phones": "138 0001 3671",
        }  # fmt: skip
        answer = await send(desk, "/desk/contact", **form)
        assert answer.status_code == 200
        assert f'name="household_id" value="{yunqi.households["3-2-1802"]}"' in answer.text
        assert 'hx-target="#reg-where"' in answer.text
        assert "赵敏" in answer.text
        assert "gj:focus" in answer.headers["hx-trigger"]
        assert "3 栋 2 单元 1802" in (await desk.get("/desk", params={"phone": "13800013671"})).text

    async def test_a_room_that_was_typed_will_do(self, yunqi: Company, desk: Browser) -> None:
        form = {"unit_id": "", "q": "3栋1803", "name": "赵敏", "relation": "owner", "phones": "13800013671"}
        answer = await send(desk, "/desk/contact", htmx=False, **form)
        assert answer.headers["location"].startswith(f"/desk?household={yunqi.households['3-2-1803']}")

    async def test_refusals_stand_at_their_fields(self, desk: Browser) -> None:
        form = {"unit_id": "", "q": "99-9-9999", "name": "", "relation": "renter", "phones": "12"}
        answer = await send(desk, "/desk/contact", **form)
        assert answer.status_code == 422
        for name in ("unit_id", "name"):
            assert f'href="#contact-{name}"' in answer.text
        bad = await send(desk, "/desk/contact", **(form | {"q": "3-2-1801", "name": "赵敏"}))
        assert 'href="#contact-phones"' in bad.text

    async def test_another_companys_room(self, cuihu: Company, desk: Browser) -> None:
        form = {"unit_id": cuihu.units["3-2-1801"], "name": "赵敏", "relation": "renter", "phones": ""}
        answer = await send(desk, "/desk/contact", **form)
        assert (answer.status_code, 'href="#contact-unit_id"' in answer.text) == (422, True)
