"""The daily repair register (FORM-02) and that of call-backs (FORM-06): pages, paper, API."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine

from core.households.actions import create_project
from core.kit import clock
from tests.core.tickets.moves import Crew, ok
from tests.factories import Browser, Company

pytestmark = pytest.mark.anyio
REPAIRS, CALLS = "/tickets/register", "/callbacks/register"
API = {REPAIRS: "/api/v1/tickets/register", CALLS: "/api/v1/call-backs/register"}


@pytest.fixture
async def crew(yunqi: Company) -> Crew:
    return await Crew(yunqi).gather()


async def numbers(who: Browser, path: str) -> list[str]:
    """The tickets of the page, top to bottom."""
    answer = await who.get(path)
    assert answer.status_code == 200, answer.text
    return re.findall(r'class="mono" href="/tickets/([A-Z]{2}-[^"]+)"', answer.text)


async def listed(who: Browser, path: str, **query: str) -> list[dict[str, Any]]:
    answer = await who.get(API[path], params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


@pytest.mark.parametrize("path", [REPAIRS, CALLS, f"{REPAIRS}/print", f"{CALLS}/print", *API.values()])
async def test_who_may_read_them(yunqi: Company, path: str) -> None:
    stranger = await yunqi.client().get(path)
    assert stranger.status_code == (401 if path.startswith("/api") else 303)
    may = ["front_desk_agent", "cs_supervisor", "office_director", "company_mgmt_dept", "duty_manager"]
    may = may if "tickets" in path else may[:-1]
    for role in (*may, "engineer", "butler", "viewer", "tenant_admin", "security_guard"):
        answer = await (await yunqi.signed_in(role)).get(path)
        assert answer.status_code == (200 if role in may else 403), role


@pytest.mark.spec("FORM-02")
async def test_repairs_of_the_day_in_their_order(yunqi: Company, crew: Crew) -> None:
    yesterday = await crew.registered(content="昨天的")
    with time_machine.travel(clock.now() + timedelta(days=1), tick=True):
        await _of_the_day(yunqi, yesterday["number"])


async def _of_the_day(yunqi: Company, yesterday: str) -> None:
    crew = await Crew(yunqi).gather()
    returned = await crew.returned(content="灯不亮")
    out = await crew.dispatched(
        content="水管漏", paid=True, price_item="换角阀", price="58", price_accepted=True
    )
    bare = await crew.registered(content="门打不开")
    await ok(crew.desk, bare, "cancel", reason="自己修好了", confirmed_by="陈志远")
    await crew.registered(kind="enquiry", content="问停车费", immediate=False)
    every = [returned["number"], out["number"], bare["number"]]
    before, today = (clock.today() - timedelta(days=1)).isoformat(), clock.today().isoformat()
    for query, expected in {
        "": every,
        "?result=returned": every[:1],
        "?result=out": every[1:2],
        "?result=withdrawn": every[2:],
        f"?first={before}": [yesterday],
        f"?first={before}&last={today}": [yesterday, *every],
        f"?project={yunqi.project}": every,
        "?first=nonsense&project=nonsense&result=nonsense&after=nonsense": every,
    }.items():
        assert await numbers(crew.desk, REPAIRS + query) == expected, query
    assert [row["number"] for row in await listed(crew.desk, REPAIRS)] == every
    assert [row["number"] for row in await listed(crew.desk, REPAIRS, result="out")] == every[1:2]
    first, second, _third = await listed(crew.desk, REPAIRS, first=today, last=today)
    assert (first["requester"], first["phone_masked"], first["immediate"]) == ("陈志远", "139****0001", True)
    assert first["returned_at"] is not None
    assert (second["paid"], second["returned_at"]) == (True, None)
    assert second["order_number"].startswith("WX-")
    page = unescape((await crew.desk.get(REPAIRS)).text)
    assert "特约" in page
    assert second["order_number"] in page
    assert "13900000001" not in page


@pytest.mark.spec("FORM-06")
async def test_call_backs_with_what_was_said(crew: Crew) -> None:
    tried, closed, unhappy = [await crew.returned(content=f"第 {n} 件", duplicate="new") for n in (1, 2, 3)]
    await crew.called_back(tried, result="attempted")
    await crew.called_back(closed, satisfaction="satisfied", note="师傅很守时")
    await crew.called_back(unhappy, satisfaction="dissatisfied", note="又漏了")
    every = [tried["number"], closed["number"], unhappy["number"]]
    for query, expected in {
        "": every,
        "?result=reached": every[1:],
        "?result=attempted": every[:1],
        "?result=dissatisfied": every[2:],
        "?result=unreachable": [],
    }.items():
        assert await numbers(crew.desk, CALLS + query) == expected, query
    page = (await crew.desk.get(CALLS)).text
    assert "师傅很守时" in page
    assert "front_desk_agent甲" in page
    lines = await listed(crew.desk, CALLS, result="satisfied")
    assert [(line["number"], line["note"], line["person"]) for line in lines] == [
        (every[1], "师傅很守时", "陈志远")
    ]


@pytest.mark.parametrize("path", [REPAIRS, CALLS])
async def test_pages_lead_there_and_back(crew: Crew, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr("admin_ui.pages.registers.SIZE", 2)
    made = [await crew.returned(content=f"第 {n} 件", duplicate="new") for n in range(5)]
    for ticket in made:
        await crew.called_back(ticket, satisfaction="satisfied")
    every = [ticket["number"] for ticket in made]
    seen, here, page = [], path, ""
    while here:
        page = (await crew.desk.get(here)).text
        seen.append(re.findall(r'class="mono" href="/tickets/([A-Z]{2}-[^"]+)"', page))
        following = re.search(r'rel="next" href="([^"]+)"', page)
        here = unescape(following[1]) if following else ""
    assert seen == [every[:2], every[2:4], every[4:]]
    back = []
    while before := re.search(r'rel="prev" href="([^"]+)"', page):
        page = (await crew.desk.get(unescape(before[1]))).text
        back.append(re.findall(r'class="mono" href="/tickets/([A-Z]{2}-[^"]+)"', page))
    assert back == seen[-2::-1]
    first = (await crew.desk.get(API[path], params={"limit": 2})).json()
    second = (await crew.desk.get(API[path], params={"limit": 3, "cursor": first["next"]})).json()
    assert [row["number"] for row in (*first["items"], *second["items"])] == every
    assert second["next"] is None


@pytest.mark.parametrize("path", [REPAIRS, CALLS])
async def test_days_that_make_no_period(crew: Crew, path: str) -> None:
    today = clock.today()
    for query, key, words in (
        (f"first={today}&last={today - timedelta(days=1)}", "period_upside_down", "结束日期不能早于开始日期"),
        (f"first={today - timedelta(days=400)}&last={today}", "period_too_long", "一次最多查 366 天"),
    ):
        page = await crew.desk.get(f"{path}?{query}")
        assert page.status_code == 422
        assert 'id="last-e"' in page.text
        assert words in page.text
        answer = await crew.desk.get(f"{API[path]}?{query}")
        assert (answer.status_code, answer.json()["type"]) == (422, key)
        assert answer.json()["errors"][0]["field"] == "last"


async def test_only_of_ones_own_projects(yunqi: Company, cuihu: Company, crew: Crew) -> None:
    ticket = await crew.closed()
    async with yunqi.inside():
        elsewhere = await create_project(name="别处", code="BC")
    await yunqi.person("front_desk_agent", project=elsewhere, username="bieqiu")
    other = await yunqi.signed_in("bieqiu")
    stranger = await cuihu.signed_in("front_desk_agent")
    for path in (REPAIRS, CALLS):
        assert await numbers(crew.desk, path) == [ticket["number"]]
        for who in (other, stranger):
            assert await numbers(who, path) == []
            assert await numbers(who, f"{path}?project={yunqi.project}") == []
            assert await listed(who, path, project=str(yunqi.project)) == []
            assert ticket["number"] not in (await who.get(f"{path}/print")).text


@pytest.mark.parametrize(
    ("path", "form", "title"), [(REPAIRS, "FORM-02", "维修登记本"), (CALLS, "FORM-06", "回访记录")]
)
async def test_on_paper(crew: Crew, path: str, form: str, title: str) -> None:
    ticket = await crew.closed(content="厨房水管爆了，水漫到客厅")
    await crew.closed(content="另一件", duplicate="new")
    page = (await crew.desk.get(path)).text
    link = re.search(rf'href="({path}/print[^"]*)"', page)
    assert link
    paper = unescape((await crew.desk.get(unescape(link[1]))).text)
    for words in (title, form, "打印：front_desk_agent甲", "共 2 条", "3-2-1801"):
        assert words in paper, words
    assert paper.count("<tr>") == 3
    assert ("厨房水管爆了" if form == "FORM-02" else ticket["number"]) in paper
