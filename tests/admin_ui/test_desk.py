"""`/desk` over HTTP: who it may be, logging a request, everything refused there, and the queue."""

import json
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from core.kit import clock
from tests import homes
from tests.admin_ui.pages import HTMX, attribute, call, refusals, send
from tests.core.tickets.moves import Crew
from tests.factories import Company, company

pytestmark = pytest.mark.anyio


async def newest(company: Company) -> dict[str, Any]:
    """The ticket registered last, whole."""
    desk = await company.signed_in("front_desk_agent")
    rows = (await desk.get("/api/v1/tickets?limit=1")).json()["items"]
    ticket: dict[str, Any] = (await desk.get(f"/api/v1/tickets/{rows[0]['id']}")).json()
    return ticket


async def test_nobody_is_asked_to_sign_in(yunqi: Company) -> None:
    answer = await yunqi.client().get("/desk")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/desk")


async def test_without_the_right(yunqi: Company) -> None:
    viewer = await yunqi.signed_in("viewer")
    assert (await viewer.get("/desk")).status_code == 403
    assert (await send(viewer, "/desk", **call(yunqi))).status_code == 403


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("front_desk_agent", "/desk"),
        ("butler", "/m/butler"),
        ("engineer", "/m/jobs"),
        ("cs_manager", "/dash"),
        ("finance", "/tickets"),
    ],
)
async def test_everybody_lands_where_their_work_is(yunqi: Company, role: str, path: str) -> None:
    somebody = await yunqi.signed_in(role)
    answer = await somebody.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, path)


@pytest.mark.parametrize(
    "asked",
    ["phone=13900000002", "q=139 0000 0002", "q=0002", "q=3栋2单元1802", "q=3-2-1802", "q=单然", "q=sr"],
)
async def test_the_household_is_found(yunqi: Company, asked: str) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    page = (await desk.get(f"/desk?{asked}")).text
    assert "3 栋 2 单元 1802" in page
    assert attribute(page, "household_id") == str(yunqi.households["3-2-1802"])
    assert "139****0002" in page
    assert "13900000002" not in page


async def test_several_are_offered_and_one_is_chosen(yunqi: Company) -> None:
    async with yunqi.inside():
        await homes.add(yunqi, yunqi.project, "3-2-1601", "陈志远", "13900000001")
    desk = await yunqi.signed_in("front_desk_agent")
    page = (await desk.get("/desk?phone=13900000001")).text
    assert "找到 2 户" in page
    assert 'name="household_id"' not in page
    chosen = await desk.get(
        f"/desk?part=found&phone=13900000001&household={yunqi.households['3-2-1601']}", headers=HTMX
    )
    assert attribute(chosen.text, "household_id") == str(yunqi.households["3-2-1601"])
    assert 'hx-target="#reg-where"' in chosen.text
    assert "<html" not in chosen.text


async def test_an_unknown_number_can_still_be_logged(yunqi: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    page = (await desk.get("/desk?phone=13811112222")).text
    assert "没有登记过这个号码" in page
    assert attribute(page, "contact_phone") == "138 1111 2222"
    answer = await send(
        desk,
        "/desk",
        **call(yunqi, household_id="", place="3 栋大堂", contact_phone="138 1111 2222", requester="过路人"),
    )
    assert answer.status_code == 200
    assert (await newest(yunqi))["place"] == "3 栋大堂"


async def test_another_companys_household_is_not_there(yunqi: Company, cuihu: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    foreign = next(iter(cuihu.households.values()))
    assert (await desk.get(f"/desk?household={foreign}")).status_code == 404


@pytest.mark.spec("TK-01", "TK-04", "RP-01", "RP-02")
async def test_a_call_is_logged_and_dispatched(yunqi: Company) -> None:
    """The clean form comes back in place, a toast says the number, the sheet is out."""
    desk = await yunqi.signed_in("front_desk_agent")
    answer = await send(desk, "/desk", **call(yunqi))
    assert answer.status_code == 200, refusals(answer.text)
    ticket = await newest(yunqi)
    said = json.loads(answer.headers["hx-trigger"])["gj:toast"]["text"]
    assert said == f"{ticket['number']} 已登记，已派单"
    assert (ticket["state"], ticket["department"], ticket["immediate"]) == ("dispatched", "engineering", True)
    assert "厨房水管爆了" not in answer.text
    page = (await desk.get(f"/tickets/{ticket['number']}")).text
    assert "报修 · 水管漏水" in page


async def test_without_scripts_it_goes_on_by_redirect(yunqi: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    answer = await send(desk, "/desk", htmx=False, **call(yunqi))
    number = (await newest(yunqi))["number"]
    assert (answer.status_code, answer.headers["location"]) == (303, f"/desk?done={number}")
    assert f"{number} 已登记" in (await desk.get(answer.headers["location"])).text
    assert "&lt;b&gt;" not in (await desk.get("/desk?done=<b>x")).text


async def test_log_and_print_leads_to_the_paper(yunqi: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    answer = await send(desk, "/desk", **call(yunqi, print="1"))
    paper = answer.headers["hx-redirect"]
    assert paper == f"/tickets/{(await newest(yunqi))['number']}/print"
    assert (await desk.get(paper)).status_code == 200


@pytest.mark.spec("RP-02")
async def test_a_booked_visit(yunqi: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    at = clock.now() + timedelta(days=1)
    booked = call(yunqi, visit="booked", appointment_at=f"{at:%Y-%m-%dT15:30}")
    assert (await send(desk, "/desk", **booked)).status_code == 200
    assert (await newest(yunqi))["appointment_at"].startswith(f"{at:%Y-%m-%d}T07:30")


@pytest.mark.spec("RP-03")
async def test_a_price_told_and_accepted(yunqi: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    paid = call(yunqi, paid="on", price_item="换角阀", price="58", price_accepted="on")
    assert (await send(desk, "/desk", **paid)).status_code == 200
    page = (await desk.get(f"/tickets/{(await newest(yunqi))['number']}")).text
    assert "¥58.00" in page
    assert "业主已同意" in page


REFUSED: list[tuple[str, dict[str, str], str]] = [
    ("content", {"content": "漏"}, "请填写诉求内容，至少 2 个字"),
    ("nothing", {"content": ""}, "请填写诉求内容，至少 2 个字"),
    ("place", {"household_id": ""}, "请选择房号，或写明公共区域的位置"),
    ("price", {"paid": "on", "price": "30", "price_item": "换角阀"}, "有偿服务请先向业主讲明费用并勾选"),
    ("when", {"visit": "booked"}, "请填写预约时间"),
    ("past", {"visit": "booked", "appointment_at": "2020-01-01T10:00"}, "预约时间已过，请与业主另约"),
    ("department", {"dispatch_to": "moon"}, "没有这个部门"),
]


@pytest.mark.spec("TK-01", "RP-03")
@pytest.mark.parametrize(("what", "change", "sentence"), REFUSED, ids=[row[0] for row in REFUSED])
@pytest.mark.parametrize("htmx", [True, False])
async def test_a_refusal_keeps_what_was_typed(
    yunqi: Company, what: str, change: dict[str, str], sentence: str, htmx: bool
) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    typed = call(yunqi, requester="陈先生的女儿", contact_phone="138 0000 1111") | change
    answer = await send(desk, "/desk", htmx=htmx, **typed)
    assert answer.status_code == 422
    assert sentence in refusals(answer.text), what
    assert attribute(answer.text, "requester") == "陈先生的女儿"
    assert attribute(answer.text, "contact_phone") == "138 0000 1111"
    assert typed["content"] in answer.text
    assert ("<html" in answer.text) is not htmx
    assert (await desk.get("/api/v1/tickets")).json()["items"] == []


@pytest.mark.spec("TK-01", "RP-01", "RP-03")
@pytest.mark.parametrize("htmx", [True, False])
async def test_everything_refused_is_said_at_once(yunqi: Company, htmx: bool) -> None:
    """What is missing or no number, what the rules say of the rest, and the earlier call of the day."""
    desk = await yunqi.signed_in("front_desk_agent")
    await send(desk, "/desk", **call(yunqi))
    wrong = {
        "content": "",
        "contact_phone": "12",
        "visit": "booked",
        "appointment_at": "2020-01-01T10:00",
        "paid": "on",
        "price": "很多",
        "dispatch_to": "moon",
    }
    answer = await send(desk, "/desk", htmx=htmx, **call(yunqi, **wrong))
    assert answer.status_code == 422
    assert refusals(answer.text) == [
        "请填写诉求内容，至少 2 个字",
        "请填写数字",
        "“12”不是有效的电话：请填手机号、区号加号码或 400 电话",
        "预约时间已过，请与业主另约",
        "没有这个部门",
        f"{(await newest(yunqi))['number']} 是同一房号 24 小时内的同类诉求，请选择关联或新建",
    ]
    assert "还差 6 项才能登记" in answer.text
    assert 'name="duplicate" value="link"' in answer.text


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("zh-Hans", ["诉求类型：请填写此项", "请填写诉求内容，至少 2 个字", "报价：请填写数字"]),
        ("zh-Hant", ["訴求類型：請填寫此項", "請填寫訴求內容，至少 2 個字", "報價：請填寫數字"]),
        (
            "en",
            [
                "Kind of request: Please fill this in",
                "Describe the request in at least 2 characters",
                "Quote: Enter a number",
            ],
        ),
    ],
)
async def test_the_summary_names_the_field(app: object, locale: str, said: list[str]) -> None:
    made = await company(app, locale=locale)
    desk = await made.signed_in("front_desk_agent")
    answer = await send(desk, "/desk", **call(made, kind="", content="", price="x"))
    summary = answer.text.split('class="errsum"')[1].split("</ul>")[0]
    assert re.findall(r"<a [^>]*>([^<]+)", summary) == said


@pytest.mark.spec("TK-01")
async def test_a_second_call_of_the_day_asks_whether_it_is_the_same(yunqi: Company) -> None:
    """409 with the earlier ticket; linked or new as chosen."""
    desk = await yunqi.signed_in("front_desk_agent")
    await send(desk, "/desk", **call(yunqi))
    first = await newest(yunqi)
    answer = await send(desk, "/desk", **call(yunqi, content="水又漏了"))
    assert answer.status_code == 409
    assert first["number"] in answer.text
    assert "水又漏了" in answer.text
    linked = await send(desk, "/desk", **call(yunqi, content="水又漏了", duplicate="link"))
    assert linked.status_code == 200
    assert (await newest(yunqi))["linked_to"] == first["id"]
    fresh = await send(desk, "/desk", **call(yunqi, content="阳台灯坏了", duplicate="new"))
    assert fresh.status_code == 200
    assert (await newest(yunqi))["linked_to"] is None


async def test_a_draft_is_drawn_with_its_household_and_kind(yunqi: Company, cuihu: Company) -> None:
    """Nothing is registered; what was typed for a household out of reach stays without it."""
    desk = await yunqi.signed_in("front_desk_agent")
    left = call(yunqi, kind="help", item="lost", content="", dispatch_to="management_office", redraw="1")
    part = await send(desk, "/desk", **left)
    assert part.status_code == 200
    assert refusals(part.text) == []
    assert attribute(part.text, "household_id") == left["household_id"]
    assert re.search(r'value="lost"[^>]* checked', part.text)
    assert "匹配住户" in part.text.split('hx-target="#found"')[1]
    foreign = str(next(iter(cuihu.households.values())))
    alone = await send(desk, "/desk", **(left | {"household_id": foreign, "content": "说到一半"}))
    assert (alone.status_code, 'name="household_id"' in alone.text) == (200, False)
    assert "说到一半" in alone.text
    assert (await desk.get("/api/v1/tickets")).json()["items"] == []


async def test_the_same_form_twice_makes_one_ticket(yunqi: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    key = attribute((await desk.get("/desk")).text, "_idempotency_key")
    for _ in range(2):
        answer = await send(desk, "/desk", _idempotency_key=key, **call(yunqi))
        assert answer.status_code == 200
        assert "gj:toast" in answer.headers["hx-trigger"]
    assert answer.headers["idempotent-replayed"] == "true"
    assert len((await desk.get("/api/v1/tickets")).json()["items"]) == 1


async def test_a_draft_is_drawn_with_its_household_and_items(yunqi: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    room = str(yunqi.households["3-2-1802"])
    draft = call(yunqi, kind="help", household_id=room, item="", content="钥匙忘在家里")
    answer = await send(desk, "/desk", redraw="1", **draft)
    assert answer.status_code == 200
    assert attribute(answer.text, "household_id") == room
    assert "忘带钥匙" in answer.text
    assert "钥匙忘在家里" in answer.text
    assert "匹配住户" in answer.text
    gone = await send(desk, "/desk", redraw="1", **(draft | {"household_id": str(UUID(int=7))}))
    assert gone.status_code == 200
    assert "钥匙忘在家里" in gone.text
    assert (await desk.get("/api/v1/tickets")).json()["items"] == []


async def test_another_kind_has_its_own_items(yunqi: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    part = (await desk.get("/desk?part=kind&kind=help", headers=HTMX)).text
    assert "忘带钥匙" in part
    assert "水管漏水" not in part
    assert '<option value="management_office" selected>' in part
    assert "停车" in (await desk.get("/desk?kind=enquiry")).text


async def test_the_queue_by_tab(yunqi: Company) -> None:
    crew = await Crew(yunqi).gather()
    await crew.registered(content="还没派的")
    await crew.returned(content="等回访的")
    await crew.done(content="等返单的")
    queue = {
        tab: (await crew.desk.get(f"/desk?part=queue&tab={tab}", headers=HTMX)).text
        for tab in ("due", "registered", "pending_call_back", "done", "nonsense")
    }
    assert all(text in queue["due"] for text in ("还没派的", "等回访的", "等返单的"))
    assert "等回访的" in queue["pending_call_back"]
    assert "还没派的" not in queue["pending_call_back"]
    assert "还没派的" in queue["registered"]
    assert "等返单的" in queue["done"]
    assert "还没派的" in queue["nonsense"]
    assert 'data-live="tickets"' in queue["due"]
    assert '待返单<span class="count">1</span>' in queue["due"]


async def test_the_queue_shows_the_most_urgent(yunqi: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first to be due, who are not the newest; a link leads to all of them."""
    monkeypatch.setattr("admin_ui.pages.desk.views.QUEUE", 2)
    crew = await Crew(yunqi).gather()
    every = ["第一件", "第二件", "第三件"]
    for content in every:
        await crew.registered(content=content, duplicate="new")
    for tab, link in (("due", "state=open&amp;sort=due"), ("registered", "state=registered")):
        part = (await crew.desk.get(f"/desk?part=queue&tab={tab}", headers=HTMX)).text
        assert re.findall(r'<span class="ell text-2">([^<]+)', part) == every[:2], tab
        assert f'<a href="/tickets?{link}">全部 3 张</a>' in part
        others = (await crew.desk.get(f"/tickets?{link.replace('&amp;', '&')}")).text
        assert all(text in others for text in every)
    monkeypatch.setattr("admin_ui.pages.desk.views.QUEUE", 3)
    assert "全部 3 张" not in (await crew.desk.get("/desk?part=queue", headers=HTMX)).text


async def test_a_phone_read_in_full_is_recorded(yunqi: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    page = (await desk.get("/desk?q=3-2-1801")).text
    address = page.split('hx-get="/desk/phones/')[1].split('"')[0]
    shown = await desk.get(f"/desk/phones/{address}", headers=HTMX)
    assert "139 0000 0001" in shown.text
    assert 'href="tel:13900000001"' in shown.text
    assert "139 0000 0001" in (await desk.get(f"/desk/phones/{address}")).text
    engineer = await yunqi.signed_in("engineer")
    assert (await engineer.get(f"/desk/phones/{address}")).status_code == 403


async def test_queries(yunqi: Company, queries: list[int]) -> None:
    """The page 8 without and 12 with a caller, logging and dispatching 25 at the most, however long the
    queue.
    """
    desk = await yunqi.signed_in("front_desk_agent")
    for number, room in enumerate(yunqi.households.values()):
        queries.clear()
        answer = await send(desk, "/desk", **call(yunqi, household_id=str(room), content=f"第 {number} 件"))
        assert answer.status_code == 200
        assert queries[0] <= 25
    queries.clear()
    await desk.get("/desk")
    await desk.get("/desk?phone=13900000001")
    await desk.get("/desk?part=queue", headers=HTMX)
    assert queries[0] <= 8
    assert queries[1] <= 12
    assert queries[2] <= 6
