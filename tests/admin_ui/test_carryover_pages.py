"""`/carryover` over HTTP: list, entry, corrections, the paper, the menu's figure, the desk's queue."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.admin_ui.pages import HTMX, attribute, refusals, send
from tests.core.carryover.test_closing_list import MONDAY, at, desk_at, enter
from tests.core.tickets.moves import Crew
from tests.factories import Company

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("while_open")]
PATH = "/carryover"


@pytest.fixture
async def crew(yunqi: Company) -> Crew:
    return await Crew(yunqi).gather()


def words(ticket: dict[str, Any], **more: str) -> dict[str, str]:
    return {"ticket": ticket["number"], "reason": "等配件到货", "next_step": "明早催仓库", **more}


async def test_nobody_is_asked_to_sign_in(yunqi: Company) -> None:
    answer = await yunqi.client().get(PATH)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/login?next={PATH}")


async def test_without_the_right(yunqi: Company, crew: Crew) -> None:
    ticket = await crew.registered()
    for path in (PATH, f"{PATH}/print"):
        assert (await crew.engineer.get(path)).status_code == 403
    assert (await send(crew.engineer, PATH, **words(ticket))).status_code == 403
    manager = await yunqi.signed_in("cs_manager")
    page = (await manager.get(PATH)).text
    assert "还没有写原因和下一步" in page
    assert 'id="form-carryover"' not in page
    assert (await send(manager, PATH, **words(ticket))).status_code == 403


async def test_another_companys_project_is_not_there(yunqi: Company, cuihu: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    assert (await desk.get(f"{PATH}?project={cuihu.project}")).status_code == 404
    assert (await desk.get(f"{PATH}?project=nonsense&day=nonsense")).status_code == 200


@pytest.mark.spec("TK-06")
async def test_an_empty_list(crew: Crew) -> None:
    page = await crew.desk.get(PATH)
    assert page.status_code == 200
    assert "没有未完的事项，可以安心收班" in page.text


@pytest.mark.spec("TK-06")
async def test_line_by_line(yunqi: Company) -> None:
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        first = await crew.registered()
        second = await crew.on_site(content="客厅插座跳闸")
        page = (await crew.desk.get(PATH)).text
        assert page.index("厨房水管爆了") < page.index("客厅插座跳闸")
        assert "2 条没写" in page
        assert "21:00 收班，收班前写完" in page
        assert attribute(page, "ticket") == first["number"]
        assert attribute(page, "next_on") == "2026-11-24"
        answer = await send(crew.desk, PATH, **words(first, day="2026-11-23"))
        assert answer.status_code == 200, refusals(answer.text)
        assert "已写入" in json.loads(answer.headers["hx-trigger"])["gj:toast"]["text"]
        on = (await crew.desk.get(answer.headers["hx-redirect"])).text
        assert attribute(on, "ticket") == second["number"]
        assert "autofocus" in on
        assert "1 条没写" in on
        await send(crew.desk, PATH, htmx=False, **words(second))
        part = (await crew.desk.get(f"{PATH}?part=list", headers=HTMX)).text
    assert "<html" not in part
    assert "都写了" in part
    assert 'data-live="carryover tickets"' in part


REFUSED = [
    ({"reason": ""}, 422, "请填写此项"),
    ({"reason": "忙"}, 422, "至少 2 个字"),
    ({"next_on": "2026-11-23"}, 422, "跟进日期须晚于清单当天"),
]


@pytest.mark.spec("TK-06")
@pytest.mark.parametrize(("change", "status", "sentence"), REFUSED)
@pytest.mark.parametrize("htmx", [True, False])
async def test_a_refusal_keeps_what_was_typed(
    yunqi: Company, change: dict[str, str], status: int, sentence: str, htmx: bool
) -> None:
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        ticket = await crew.registered()
        answer = await send(crew.desk, PATH, htmx=htmx, **(words(ticket) | change))
    assert answer.status_code == status
    assert any(sentence in said for said in refusals(answer.text))
    assert "明早催仓库" in answer.text
    assert ("<html" in answer.text) is not htmx


@pytest.mark.spec("TK-06")
async def test_who_comes_second_sees_what_the_first_wrote(yunqi: Company, crew: Crew) -> None:
    ticket = await crew.registered()
    other = await yunqi.signed_in("cs_assistant")
    assert (await send(other, PATH, **words(ticket, reason="业主不在家"))).status_code == 200
    late = await send(crew.desk, PATH, **words(ticket))
    assert late.status_code == 409
    assert "cs_assistant甲刚写过这一条" in late.text
    assert "业主不在家" in late.text
    assert "等配件到货" in late.text


@pytest.mark.spec("TK-06")
async def test_a_correction_asks_for_its_reason(crew: Crew) -> None:
    ticket = await crew.registered()
    first = await enter(crew.desk, ticket)
    page = (await crew.desk.get(PATH)).text
    assert attribute(page, "corrects") == first["id"]
    again = words(ticket, reason="业主出差", corrects=first["id"])
    refused = await send(crew.desk, PATH, **again)
    assert refused.status_code == 422
    assert any("请写明更正的原因" in said for said in refusals(refused.text))
    assert (await send(crew.desk, PATH, **again, correction="写错原因")).status_code == 200
    page = (await crew.desk.get(PATH)).text
    assert all(text in page for text in ("业主出差", "写错原因", "等配件到货"))


@pytest.mark.spec("TK-06")
async def test_yesterdays_list_is_read_and_not_filled_in(yunqi: Company) -> None:
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        await crew.registered()
    morning = MONDAY + timedelta(days=1)
    desk = await desk_at(yunqi, morning)
    with at(morning):
        today = (await desk.get(PATH)).text
        assert "day=2026-11-23" in today
        page = (await desk.get(f"{PATH}?day=2026-11-23")).text
        assert "已收班，只能查看和更正" in page
        assert "收班时没有写原因和下一步，不能补填" in page
        assert 'id="form-carryover"' not in page
        assert "day=2026-11-24" in page
        paper = (await desk.get(f"{PATH}/print?day=2026-11-23")).text
    assert "厨房水管爆了" in paper
    assert "没写 1 条" in paper
    assert "交班人" in paper


@pytest.mark.spec("TK-06")
async def test_the_menus_figure(yunqi: Company, crew: Crew) -> None:
    first = await crew.registered()
    await crew.registered(content="阳台灯不亮")
    part = await crew.desk.get(f"{PATH}?part=count", headers=HTMX)
    assert part.text.strip().endswith("2</span>")
    await enter(crew.desk, first)
    assert (await crew.desk.get(f"{PATH}?part=count", headers=HTMX)).text.strip().endswith("1</span>")
    page = (await crew.desk.get("/desk")).text
    assert page.count('hx-get="/carryover?part=count"') == 1


@pytest.mark.spec("TK-06")
async def test_the_desk_has_what_yesterday_left_first(yunqi: Company) -> None:
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        old = await crew.registered(kind="home_service", content="昨天没约好的保洁", immediate=False)
        await enter(crew.desk, old, reason="业主关机", next_step="上午再打")
    morning = MONDAY + timedelta(days=1)
    desk = await desk_at(yunqi, morning)
    with at(morning):
        crew.desk = desk
        await crew.registered(content="刚报的漏水")
        queue = (await desk.get("/desk?part=queue&tab=due", headers=HTMX)).text
        assert queue.index("昨天没约好的保洁") < queue.index("刚报的漏水")
        assert queue.count("遗留") == 1
        ticket = (await desk.get(f"/tickets/{old['number']}")).text
    assert "业主关机；上午再打" in ticket
    assert "收班结转" in ticket
    assert '<dd class="pre">上午再打</dd>' in ticket


@pytest.mark.spec("RP-01", "TK-06")
async def test_the_phone_asks_for_the_next_appointment(yunqi: Company) -> None:
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        ticket = await crew.on_site()
        assert 'name="next_at"' in (await crew.engineer.get(f"/m/jobs/{ticket['number']}")).text
        answer = await crew.engineer.post(
            f"/m/jobs/{ticket['number']}/wait",
            data={"whom": "customer", "reason": "无人在家", "next_at": "2026-11-25T09:30"},
        )
        assert answer.status_code == 303
        page = (await crew.desk.get(PATH)).text
    assert "自动登记" in page
    assert "2026-11-25 09:30" in page


async def test_queries(yunqi: Company, queries: list[int]) -> None:
    """Nine for the page however long the list."""
    with at(MONDAY):
        crew = await Crew(yunqi).gather()
        for number, room in enumerate(yunqi.households.values()):
            await crew.registered(household_id=str(room), content=f"第 {number} 件")
            queries.clear()
            await crew.desk.get(PATH)
            assert queries[0] <= 9
