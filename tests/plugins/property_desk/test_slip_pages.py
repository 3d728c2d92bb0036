"""The pages of goods slips, as a browser without scripts uses them, and as htmx does."""

import re
from html import unescape
from typing import Any

import pytest

from core.kit import clock
from tests.factories import Browser, Company
from tests.plugins.property_desk.making import (
    BASE,
    DESK,
    DIRECTOR,
    DRAWN,
    DUTY,
    GUARD,
    ID_NUMBER,
    ISSUED,
    opened,
    taken,
)
from tests.plugins.property_desk.pictures import png

pytestmark = [pytest.mark.anyio, pytest.mark.spec("PD-01", "FORM-20")]
LIST = "/property_desk/goods_slips"


async def send(browser: Browser, path: str, fields: dict[str, Any], **more: Any) -> Any:
    return await browser.http.post(path, data={**fields, "_csrf_token": browser.token}, **more)


def filled(company: Company, **more: str) -> dict[str, str]:
    return {
        "applicant": "owner",
        "q": "3栋2单元1801",
        "unit_id": "",
        "mover_name": "吴建平",
        "mover_id": ID_NUMBER,
        "items.0.name": "旧三人沙发",
        "items.0.n": "1",
        "items.0.measure": "张",
        "items.1.name": "",
        "items.1.n": "1",
        "valid_on": str(clock.today()),
        **more,
    }


class TestForm:
    async def test_a_room_that_was_only_typed_is_found(self, yunqi: Company) -> None:
        desk = await yunqi.signed_in(DESK)
        answer = await send(desk, LIST, filled(yunqi))
        assert answer.status_code == 303, answer.text
        page = await desk.get(answer.headers["location"])
        assert "3-2-1801 · 物品放行条" in page.text
        assert "旧三人沙发" in page.text
        assert ID_NUMBER not in page.text

    async def test_rows_are_added_and_taken_away_without_scripts(self, yunqi: Company) -> None:
        desk = await yunqi.signed_in(DESK)
        more = await send(desk, LIST, filled(yunqi, add="1"))
        assert more.status_code == 200
        assert 'name="items.2.name"' in more.text
        assert 'value="旧三人沙发"' in more.text
        less = await send(desk, LIST, filled(yunqi, remove="0"))
        assert 'name="items.0.name"' in less.text
        assert 'name="items.1.name"' not in less.text
        assert "旧三人沙发" not in less.text.replace('placeholder="旧三人沙发"', "")

    async def test_what_was_typed_is_kept_with_the_refusal_beside_it(self, yunqi: Company) -> None:
        desk = await yunqi.signed_in(DESK)
        answer = await send(
            desk,
            LIST,
            filled(yunqi, mover_id="1101051949123100", **{"items.0.name": "", "items.0.measure": ""}),
        )
        assert answer.status_code == 422
        assert "身份证号不对" in answer.text
        assert 'value="1101051949123100"' in answer.text
        assert answer.text.count("请至少写一件要搬出的物品") == 2
        assert "<title>有误：" in answer.text

    async def test_htmx_gets_the_form_alone(self, yunqi: Company) -> None:
        desk = await yunqi.signed_in(DESK)
        answer = await send(desk, LIST, filled(yunqi, mover_id="1"), headers={"HX-Request": "true"})
        assert answer.status_code == 422
        assert answer.text.lstrip().startswith("<form")
        done = await send(desk, LIST, filled(yunqi), headers={"HX-Request": "true"})
        assert done.headers["hx-redirect"].startswith(f"{LIST}/FT-")

    @pytest.mark.parametrize("who", ["owner", "renter", "renovation_lead", "staff", "nobody"])
    async def test_each_applicant_has_a_form(self, yunqi: Company, who: str) -> None:
        desk = await yunqi.signed_in(DESK)
        page = await desk.get(f"{LIST}/new", params={"applicant": who})
        assert page.status_code == 200
        assert ('id="staff_id"' in page.text) == (who == "staff")

    async def test_another_applicant_keeps_what_was_typed(self, yunqi: Company) -> None:
        desk = await yunqi.signed_in(DESK)
        typed = filled(yunqi, mover_id="1101", applicant_name="何晓东", **{"as": "staff"})
        staff = await send(desk, LIST, typed)
        assert staff.status_code == 200
        assert 'id="staff_id"' in staff.text
        assert 'name="mover_name" type="text" value="吴建平"' in staff.text
        assert 'value="1101"' in staff.text
        assert 'value="旧三人沙发"' in staff.text
        assert 'type="hidden" name="applicant_name" value="何晓东"' in staff.text
        back = await send(desk, LIST, {**typed, "applicant": "staff", "as": "renter"})
        assert 'name="applicant_name" type="text" value="何晓东"' in back.text
        assert "租户搬出物品须业主同意" in back.text
        assert (await desk.get(BASE)).json()["items"] == []

    async def test_what_another_applicant_was_asked_does_not_count(self, yunqi: Company) -> None:
        desk = await yunqi.signed_in(DESK)
        employee = str(yunqi.people[DESK])
        typed = filled(yunqi, applicant="staff", staff_id=employee, project_id=str(yunqi.project))
        answer = await send(desk, LIST, typed)
        assert answer.status_code == 303, answer.text
        slip = (await desk.get(BASE)).json()["items"][0]
        assert (slip["room"], slip["applicant_name"]) == ("", "front_desk_agent甲")

    async def test_a_draft_is_drawn_with_its_rows(self, yunqi: Company) -> None:
        desk = await yunqi.signed_in(DESK)
        draft = {**filled(yunqi, applicant="renter", redraw="1"), "items.1.name": "木门扇"}
        answer = await send(desk, LIST, draft, headers={"HX-Request": "true"})
        assert answer.status_code == 200
        assert answer.text.lstrip().startswith("<form")
        assert 'value="木门扇"' in answer.text
        assert "租户搬出物品须业主同意" in answer.text

    async def test_rooms_are_offered_as_they_are_typed(self, yunqi: Company) -> None:
        desk = await yunqi.signed_in(DESK)
        answer = await desk.get(f"{LIST}/rooms", params={"q": "1801"})
        assert 'data-label="3-2-1801"' in answer.text
        assert f'data-value="{yunqi.units["3-2-1801"]}"' in answer.text

    async def test_forged_posts_are_refused(self, yunqi: Company) -> None:
        desk = await yunqi.signed_in(DESK)
        answer = await desk.http.post(LIST, data=filled(yunqi))
        assert answer.status_code == 403


class TestRecord:
    async def test_each_sees_the_step_that_is_theirs(self, yunqi: Company) -> None:
        slip = await taken(yunqi, await opened(yunqi), "sign_applicant")
        address = f"{LIST}/{slip['number']}"
        for role, mine in ((DUTY, True), (DIRECTOR, False), (DESK, False)):
            page = await (await yunqi.signed_in(role)).get(address)
            assert (f"{address}/take/sign_duty" in page.text) == mine, role
            assert mine or "等值班主任签字" in page.text

    async def test_the_whole_way_on_pages(self, yunqi: Company) -> None:
        desk = await yunqi.signed_in(DESK)
        slip = await opened(yunqi, applicant="renter", applicant_name="何晓东")
        address = f"{LIST}/{slip['number']}/take"
        consent = {"form.means": "written", "form.by": "陈志远", "version": "1"}
        refused = await send(desk, f"{address}/record_consent", consent)
        assert refused.status_code == 422
        assert "请附上书面证明" in refused.text
        letter = {"attachments": ("letter.png", png(), "image/png")}
        await send(desk, f"{address}/record_consent", consent, files=letter)
        assert "letter.png" in (await desk.get(f"{LIST}/{slip['number']}")).text
        refused = await send(desk, f"{address}/sign_applicant", {"form.signature": ""})
        assert refused.status_code == 422
        for role, arrow, form in (
            (DESK, "sign_applicant", {"form.signature": DRAWN}),
            (DUTY, "sign_duty", {}),
            (DIRECTOR, "stamp", {}),
            (DESK, "issue", {}),
        ):
            answer = await send(await yunqi.signed_in(role), f"{address}/{arrow}", form)
            assert answer.status_code == 303, answer.text
        assert (await desk.get(f"{BASE}/{slip['id']}")).json()["state"] == "issued"
        page = await desk.get(f"{LIST}/{slip['number']}")
        assert "duty_supervisor甲" in page.text

    async def test_a_stale_page_is_told_so(self, yunqi: Company) -> None:
        slip = await opened(yunqi)
        desk = await yunqi.signed_in(DESK)
        address = f"{LIST}/{slip['number']}/take/void"
        answer = await send(desk, address, {"form.reason": "改天再搬", "version": "99"})
        assert answer.status_code == 409
        assert "刚被" in answer.text
        assert "改天再搬" in answer.text

    async def test_rows_of_an_amended_draft(self, yunqi: Company) -> None:
        slip = await opened(yunqi)
        desk = await yunqi.signed_in(DESK)
        address = f"{LIST}/{slip['number']}/take/amend"
        rows = {"form.items.0.name": "冰箱", "form.items.0.n": "2", "form.items.0.measure": "台"}
        more = await send(desk, address, {**rows, "form.valid_on": slip["valid_on"], "add": "1"})
        assert 'name="form.items.1.name"' in more.text
        answer = await send(desk, address, {**rows, "form.valid_on": slip["valid_on"], "version": "1"})
        assert answer.status_code == 303, answer.text
        assert "冰箱 2 台" in (await desk.get(f"{LIST}/{slip['number']}")).text

    async def test_the_id_number_is_shown_on_asking(self, yunqi: Company) -> None:
        slip = await opened(yunqi)
        desk = await yunqi.signed_in(DESK)
        page = await send(desk, f"{LIST}/{slip['number']}/identity", {})
        assert ID_NUMBER in page.text
        part = await send(desk, f"{LIST}/{slip['number']}/identity", {}, headers={"HX-Request": "true"})
        assert part.text.strip() == f'<span class="mono nw">{ID_NUMBER}</span>'

    async def test_lists_by_progress_and_words(self, yunqi: Company) -> None:
        slip = await taken(yunqi, await opened(yunqi), "sign_applicant")
        desk = await yunqi.signed_in(DESK)
        for query, found in (
            ("", True),
            ("?tab=sign", True),
            ("?tab=gate", False),
            ("?q=3-2-1801", True),
            ("?q=吴建平", True),
            (f"?q={slip['number']}", True),
            ("?q=3-2-1802", False),
        ):
            assert (slip["number"] in (await desk.get(LIST + query)).text) == found, query


class TestPaper:
    async def test_two_parts_with_a_code_and_no_personal_data_in_it(self, yunqi: Company) -> None:
        slip = await taken(yunqi, await opened(yunqi), *ISSUED)
        desk = await yunqi.signed_in(DESK)
        page = (await desk.get(f"{LIST}/{slip['number']}/print")).text
        assert page.count("<h1>物品放行条</h1>") == 2
        assert page.count('class="qrline"') == 2
        assert "第二联 放行联" in page
        assert ID_NUMBER not in page
        assert "1101**********002X" in page
        assert not re.search(r"\sstyle=|<style", page)

    async def test_in_the_companys_language(self, cuihu: Company) -> None:
        slip = await opened(cuihu)
        desk = await cuihu.signed_in(DESK)
        page = await desk.get(f"{LIST}/{slip['number']}/print")
        assert "物品放行條" in page.text
        assert "裝修負責人" in page.text

    async def test_the_guard_may_not_print(self, yunqi: Company) -> None:
        slip = await opened(yunqi)
        guard = await yunqi.signed_in(GUARD)
        assert (await guard.get(f"{LIST}/{slip['number']}/print")).status_code == 403


class TestGate:
    async def test_scan_check_release(self, yunqi: Company) -> None:
        slip = await taken(yunqi, await opened(yunqi), *ISSUED)
        guard = await yunqi.signed_in(GUARD)
        gate = await guard.get("/m/property_desk/gate")
        assert slip["number"] in gate.text
        page = await guard.get("/m/property_desk/gate", params={"code": slip["number"]})
        assert "旧三人沙发" in page.text
        address = f"/m/property_desk/gate/{slip['number']}"
        half = await send(guard, f"{address}/release", {"form.checked": "0"})
        assert half.status_code == 422
        assert "还有 1 项没有核对" in half.text
        done = await guard.http.post(
            f"{address}/release", data={"form.checked": ["0", "1"], "_csrf_token": guard.token}
        )
        assert done.status_code == 303, done.text
        after = await guard.get(unescape(done.headers["location"]))
        assert "不能再用" in after.text
        assert slip["number"] not in (await guard.get("/m/property_desk/gate?part=list")).text

    async def test_what_differs_is_stopped(self, yunqi: Company) -> None:
        slip = await taken(yunqi, await opened(yunqi), *ISSUED)
        guard = await yunqi.signed_in(GUARD)
        address = f"/m/property_desk/gate/{slip['number']}/mismatch"
        assert (await send(guard, address, {"form.difference": ""})).status_code == 422
        done = await send(guard, address, {"form.difference": "多了一台电视机"})
        assert "已拦下：多了一台电视机" in (await guard.get(done.headers["location"])).text
        desk = await yunqi.signed_in(DESK)
        assert "门岗拦下：" in (await desk.get(f"{LIST}/{slip['number']}")).text

    async def test_a_code_of_nothing(self, yunqi: Company) -> None:
        guard = await yunqi.signed_in(GUARD)
        page = await guard.get("/m/property_desk/gate", params={"code": "FT-20200101-0001"})
        assert page.status_code == 422
        assert "没有这张放行条" in page.text

    async def test_the_desk_has_no_gate(self, yunqi: Company) -> None:
        desk = await yunqi.signed_in(DESK)
        assert (await desk.get("/m/property_desk/gate")).status_code == 403
