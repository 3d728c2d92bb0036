"""The manager's page: every figure against what was made by hand over HTTP, for those who may see it."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from core.kit import clock
from core.kit.database import Unit
from tests import homes
from tests.core.tickets.moves import Crew, ok
from tests.factories import Browser, Company, new_repair
from tests.working_off import work_off

pytestmark = [pytest.mark.anyio, pytest.mark.spec("CB-01"), pytest.mark.usefixtures("while_open")]
HX = {"HX-Request": "true"}


@pytest.fixture
async def crew(yunqi: Company) -> Crew:
    """People who have been there for two months, signed in now."""
    with clock.pretending(clock.now() - timedelta(days=60)):
        for role in ("front_desk_agent", "engineering_dispatcher", "engineer", "cs_supervisor", "cs_manager"):
            await yunqi.person(role)
    return await Crew(yunqi).gather()


async def manager(company: Company) -> Browser:
    return await company.signed_in("cs_manager")


async def seen(browser: Browser, path: str = "/dash", **more: Any) -> str:
    page = await browser.get(path, **more)
    assert page.status_code == 200, page.text
    return unescape(page.text)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html)).strip()


def kpi(html: str, label: str) -> str:
    """The card of that name in words: `回访率 目标 100% 75 % 应回访 4 · …`."""
    cards = [words(part.split("</div></div>")[0]) for part in html.split('<div class="card kpi')[1:]]
    return next(card.split("> ", 1)[-1] for card in cards if label in card)


def table(html: str, caption: str) -> dict[str, list[str]]:
    """The figures beside a chart: cells by the row's head."""
    body = next(part for part in html.split("<table")[1:] if f">{caption}</caption>" in part)
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', body.split("</table>")[0], re.DOTALL)
    return {
        words(head): [words(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", cells)]
        for head, cells in rows
    }


async def test_call_back_rate_is_reached_over_owed(crew: Crew) -> None:
    for satisfaction in ("satisfied", "satisfied", "acceptable"):
        await crew.called_back(await crew.returned(), satisfaction=satisfaction)
    await crew.returned()
    exempt = await crew.returned()
    said = await crew.supervisor.post(
        f"/api/v1/tickets/{exempt['id']}/call-backs/exempt",
        {"version": exempt["version"], "reason": "业主来电撤回"},
    )
    assert said.status_code in {200, 201}, said.text
    html = await seen(await manager(crew.company))
    assert "75 %" in kpi(html, "回访率")
    assert "应回访 4 · 已接通 3 · 联系不上 0 · 免回访 1" in kpi(html, "回访率")
    rates = table(html, "应回访、已接通、联系不上、待回访、免回访与回访率")
    assert rates["应回访"] == ["4", "4", "4"]
    assert rates["待回访"] == ["1", "1", "1"]
    assert rates["回访率"] == ["75%", "75%", "75%"]
    assert "66.7 %" in kpi(html, "满意率")
    assert "3 份回答，不满意 0 份" in kpi(html, "满意率")


async def test_who_cannot_be_reached_is_not_counted_as_reached(crew: Crew) -> None:
    ticket = await crew.returned()
    for day in (0, 0, 1):
        with clock.pretending(clock.now() + timedelta(days=day)):
            browser = await crew.company.signed_in("front_desk_agent")
            body = {"method": "phone", "result": "attempted"}
            answer = await browser.post(f"/api/v1/tickets/{ticket['id']}/call-backs", body)
            assert answer.status_code == 201, answer.text
    html = await seen(await manager(crew.company))
    assert "0 %" in kpi(html, "回访率")
    assert "应回访 1 · 已接通 0 · 联系不上 1 · 免回访 0" in kpi(html, "回访率")


async def test_periods_count_only_their_days(crew: Crew) -> None:
    with clock.pretending(clock.now() - timedelta(days=10)):
        old = await Crew(crew.company).gather()
        await old.closed()
    boss = await manager(crew.company)
    await crew.returned()
    rates = table(await seen(boss), "应回访、已接通、联系不上、待回访、免回访与回访率")
    assert rates["应回访"] == ["1", "1", "2"]
    assert rates["回访率"] == ["0%", "0%", "50%"]
    week = await seen(boss, "/dash?days=7")
    assert "应回访 1 · 已接通 0" in kpi(week, "回访率")
    assert "本期还没有回答" in kpi(week, "满意率")
    assert 'href="/dash?days=7" aria-current="true"' in week


async def test_what_is_late_now_comes_first_with_who_answers_for_it(crew: Crew) -> None:
    with clock.pretending(clock.now() - timedelta(minutes=40)):
        early = await Crew(crew.company).gather()
        ticket = await early.registered(immediate=True)
        await early.accepted(immediate=False, next_free=True)
    html = await seen(await manager(crew.company))
    assert 'data-late="2"' in html
    rows = [words(row) for row in re.findall(r'<tr class="is-over".*?</tr>', html, re.DOTALL)]
    assert [("报修单交工程签收" in row, "即时维修到场" in row) for row in rows] == [
        (True, False),
        (False, True),
    ]
    assert all("3-2-1801" in row and "厨房水管爆了" in row and "front_desk_agent甲" in row for row in rows)
    assert "超时 37:" in rows[0]
    assert "超时 25:" in rows[1]
    assert f'href="/tickets/{ticket["number"]}"' in html
    assert "2 个时限" in kpi(html, "正在超时")
    assert "最久 37 分" in kpi(html, "正在超时")
    assert re.search(r"front_desk_agent甲.*?<b>2</b>", html.split('class="shares"')[1], re.DOTALL)
    by_department = await seen(await manager(crew.company), "/dash?by=department")
    shares = by_department.split('class="shares"')[1].split("</ul>")[0]
    assert 'href="/tickets?overdue=1&department=engineering">工程部</a>' in shares
    assert "<b>2</b>" in shares


async def test_answering_takes_it_off_the_list(crew: Crew) -> None:
    with clock.pretending(clock.now() - timedelta(minutes=10)):
        early = await Crew(crew.company).gather()
        ticket = await early.dispatched(immediate=False, next_free=True)
    boss = await manager(crew.company)
    assert 'data-late="1"' in await seen(boss)
    await ok(crew.dispatcher, ticket, "accept")
    html = await seen(boss)
    assert 'data-late="0"' in html
    assert "现在没有超时的时限" in html
    assert table(html, "各时限按时率")["报修单交工程签收"] == ["0", "1", "0%"]


async def test_rates_are_met_over_ended_and_withdrawn_ones_count_for_neither(crew: Crew) -> None:
    with clock.pretending(clock.now() - timedelta(minutes=10)):
        early = await Crew(crew.company).gather()
        late = await early.dispatched(immediate=False, next_free=True)
        gone = await early.registered(immediate=False, next_free=True)
        for _ in range(3):
            await early.accepted(immediate=False, next_free=True)
    await ok(crew.dispatcher, late, "accept")
    await ok(crew.desk, gone, "cancel", reason="业主自己修好了", confirmed_by="陈志远")
    html = await seen(await manager(crew.company))
    assert table(html, "各时限按时率")["报修单交工程签收"] == ["3", "4", "75%"]
    assert "75 %" in kpi(html, "按时率")
    assert "4 个时限中 3 个按时" in kpi(html, "按时率")


async def test_load_course_and_heat(crew: Crew) -> None:
    monday = clock.now() - timedelta(days=clock.today().weekday() + 7)
    with clock.pretending(monday.replace(hour=9, minute=30)):
        early = await Crew(crew.company).gather()
        await early.closed(immediate=False, next_free=True)
        await early.registered(immediate=False, next_free=True)
    await crew.on_site()
    html = await seen(await manager(crew.company))
    assert table(html, "工程师负荷") == {"engineer甲": ["1", "1", "0", "2"]}
    assert table(html, "部门负荷")["工程部"][:2] == ["1", "1"]
    days = table(html, "登记与关闭走势")
    assert len(days) == 30
    assert days[f"{monday:%m-%d}"] == ["2", "1"]
    assert days[f"{clock.today():%m-%d}"] == ["1", "0"]
    hours = re.findall(r"<title>周一 9 (\d+)</title>", html)
    assert set(hours) == {"2" if clock.now().hour != 9 or clock.today().weekday() else "3"}
    assert "2 张" in kpi(html, "未关闭")


async def test_other_estates_and_companies_are_invisible(crew: Crew, cuihu: Company) -> None:
    company = crew.company
    async with company.inside():
        other = await homes.actions.create_project(name="云栖苑", code="YX")
        await homes.add(company, other, "9-1-0101", "林淑芬", "13700000009")
    with clock.pretending(clock.now() - timedelta(hours=1)):
        early = await Crew(company).gather()
        await early.registered()
        theirs = new_repair(
            company,
            project_id=str(other),
            household_id=str(company.households["9-1-0101"]),
            content="别苑的水管",
        )
        assert (await early.desk.post("/api/v1/tickets", theirs)).status_code == 201
    await company.person("cs_manager", project=other, username="lin")
    lin = company.client()
    await lin.sign_in("lin")
    html = await seen(lin)
    assert "9-1-0101" in html
    assert "3-2-1801" not in html
    assert "1 张" in kpi(html, "未关闭")
    assert (await lin.get(f"/dash?project={company.project}")).status_code == 404
    boss = await manager(company)
    both = await seen(boss)
    assert "9-1-0101" in both
    assert "3-2-1801" in both
    assert "9-1-0101" not in await seen(boss, f"/dash?project={company.project}")
    assert "还没有登记过诉求" in await seen(await manager(cuihu)) or "登記" in await seen(
        await manager(cuihu)
    )


async def test_who_may_not_look(crew: Crew) -> None:
    assert (await crew.engineer.get("/dash")).status_code == 403
    assert (await crew.desk.get("/dash")).status_code == 403
    stranger = await crew.company.client().get("/dash")
    assert (stranger.status_code, stranger.headers["location"]) == (303, "/login?next=/dash")


async def test_before_the_first_registration_it_says_when_figures_begin(yunqi: Company) -> None:
    html = await seen(await manager(yunqi))
    assert "还没有登记过诉求" in html
    assert "第一张诉求登记后开始" in html
    assert '<svg class="chart' not in html


async def test_what_nobody_answered_yet_is_a_dash_and_not_a_hundred(crew: Crew) -> None:
    await crew.registered()
    html = await seen(await manager(crew.company))
    assert "—" in kpi(html, "回访率")
    assert "—" in kpi(html, "满意率")
    assert "—" in kpi(html, "按时率")


async def test_live_part_alone(crew: Crew) -> None:
    await crew.registered()
    boss = await manager(crew.company)
    page = await seen(boss, "/dash?days=7")
    assert 'data-live="tickets callbacks" data-src="/dash?days=7&part=now"' in page
    part = await seen(boss, "/dash?days=7&part=now", headers=HX)
    assert "<html" not in part
    assert "登记与关闭走势" not in part
    assert 'data-late="' in part


async def test_same_number_of_queries_however_much_there_is(
    crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[int] = []
    commit = Unit.commit

    async def counting(unit: Unit) -> None:
        counted.append(unit.statements)
        await commit(unit)

    boss = await manager(crew.company)
    await crew.closed()
    await seen(boss)
    monkeypatch.setattr(Unit, "commit", counting)
    await seen(boss)
    monkeypatch.undo()
    for _ in range(3):
        await crew.assigned()
    await crew.returned()
    monkeypatch.setattr(Unit, "commit", counting)
    await seen(boss)
    assert len(counted) == 2
    assert counted[0] == counted[1] <= 12


async def late_ticket(crew: Crew) -> dict[str, Any]:
    with clock.pretending(clock.now() - timedelta(minutes=40)):
        early = await Crew(crew.company).gather()
        return await early.registered(immediate=True)


async def press(browser: Browser, number: str, *, htmx: bool = True) -> Any:
    data = {"_csrf_token": browser.token}
    return await browser.http.post(f"/dash/reminders/{number}", data=data, headers=HX if htmx else {})


@pytest.mark.spec("TK-05")
async def test_pressing_tells_who_answers_and_who_stands_above(crew: Crew) -> None:
    ticket = await late_ticket(crew)
    boss = await manager(crew.company)
    await work_off(crew.company)
    assert f'action="/dash/reminders/{ticket["number"]}"' in await seen(boss)
    answer = await press(boss, ticket["number"])
    assert answer.status_code == 200, answer.text
    assert "已催办" in answer.text
    await work_off(crew.company)
    for role, told in (("front_desk_agent", True), ("cs_supervisor", True), ("engineer", False)):
        notices = await (await crew.company.signed_in(role)).get("/notices")
        assert ("催办，请尽快处理" in notices.text) == told, role
    story = await seen(boss, f"/tickets/{ticket['number']}")
    lines = [words(line) for line in re.findall(r'<li id="event-.*?</li>', story, re.DOTALL)]
    assert any("催办" in line and "cs_manager甲" in line for line in lines), lines


async def test_nobody_is_pressed_twice_within_ten_minutes(crew: Crew) -> None:
    ticket = await late_ticket(crew)
    boss = await manager(crew.company)
    await press(boss, ticket["number"])
    again = await press(boss, ticket["number"])
    assert again.status_code == 422
    assert "10 分钟内不重复提醒" in again.text
    assert "已催办" in await seen(boss)
    assert "/dash/reminders/" not in await seen(boss)
    events = (await boss.get(f"/api/v1/tickets/{ticket['id']}/events")).json()["items"]
    assert [event["label"] for event in events].count("催办") == 1
    with clock.pretending(clock.now() + timedelta(minutes=11)):
        assert (await press(await manager(crew.company), ticket["number"], htmx=False)).status_code == 303


async def test_what_is_not_late_is_not_pressed_for(crew: Crew) -> None:
    ticket = await crew.registered()
    answer = await press(await manager(crew.company), ticket["number"])
    assert answer.status_code == 422
    assert "没有超时的时限" in answer.text


async def test_who_may_press(crew: Crew, cuihu: Company) -> None:
    ticket = await late_ticket(crew)
    assert (await press(crew.company.client(), ticket["number"])).status_code == 401
    assert (await press(crew.engineer, ticket["number"])).status_code == 403
    assert (await press(await manager(cuihu), ticket["number"])).status_code == 404
    viewer = await crew.company.signed_in("viewer")
    assert "/dash/reminders/" not in await seen(viewer)
