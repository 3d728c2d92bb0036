"""`/tickets` and each ticket's page over HTTP: what is shown to whom, every step, and what is refused."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from core.kit import clock, sql
from tests.admin_ui import jobs
from tests.admin_ui.pages import HTMX, attribute, refusals, send
from tests.core.tickets.moves import SIGNATURE, Crew
from tests.factories import Browser, Company

pytestmark = pytest.mark.anyio


@pytest.fixture
async def crew(yunqi: Company) -> Crew:
    return await Crew(yunqi).gather()


async def move(who: Browser, ticket: dict[str, Any], name: str, **form: Any) -> httpx.Response:
    """Open the page, fill in the arrow's form, send it."""
    page = (await who.get(f"/tickets/{ticket['number']}")).text
    part = page.split(f'id="form-{name}"')
    version = attribute(part[1], "version") if len(part) > 1 else ""
    path = f"/tickets/{ticket['number']}/moves/{name}"
    return await send(who, path, **({"version": version} | form))


async def state(who: Browser, ticket: dict[str, Any]) -> str:
    return str((await who.get(f"/api/v1/tickets/{ticket['id']}")).json()["state"])


def shown(html: str) -> list[str]:
    """The rooms of the list, top to bottom."""
    return re.findall(r'<a class="strong nw" href="/tickets/[^"]+">([^<]+)</a>', html)


@pytest.mark.parametrize("path", ["/tickets", "/tickets/BX-20260101-0001"])
async def test_nobody_is_asked_to_sign_in(yunqi: Company, path: str) -> None:
    answer = await yunqi.client().get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/login?next={path}")


async def test_without_the_right(yunqi: Company, crew: Crew) -> None:
    ticket = await crew.registered()
    path = f"/tickets/{ticket['number']}"
    guard = await yunqi.signed_in("security_guard")
    assert (await guard.get("/tickets")).status_code == 403
    assert (await guard.get(path)).status_code == 403
    viewer = await yunqi.signed_in("viewer")
    assert (await viewer.get(path)).status_code == 200
    assert (await send(viewer, f"{path}/moves/dispatch", department="engineering")).status_code == 403
    assert (await send(viewer, f"{path}/notes", type="remark", note="看过")).status_code == 403
    assert (await send(viewer, f"{path}/call-back", result="attempted")).status_code == 403
    assert (await send(crew.desk, f"{path}/call-back/exempt", reason="不用了")).status_code == 403
    assert (await viewer.get(f"{path}/phone")).status_code == 403
    assert await state(crew.desk, ticket) == "registered"


async def test_another_companys_ticket_is_not_there(yunqi: Company, cuihu: Company, crew: Crew) -> None:
    ticket = await crew.registered()
    stranger = await cuihu.signed_in("front_desk_agent")
    for path in (
        f"/tickets/{ticket['number']}",
        f"/tickets/{ticket['id']}",
        f"/tickets/{ticket['id']}/phone",
    ):
        assert (await stranger.get(path)).status_code == 404
    assert (await send(stranger, f"/tickets/{ticket['id']}/moves/dispatch")).status_code == 404


async def test_the_list_is_filtered_by_its_address(yunqi: Company, crew: Crew) -> None:
    rooms = [str(room) for room in yunqi.households.values()]
    await crew.registered(household_id=rooms[0], content="厨房水管爆了")
    await crew.registered(household_id=rooms[1], content="客厅灯不亮", paid=True)
    await crew.closed(household_id=rooms[2], content="门锁坏了")
    every = ["3-2-1803", "3-2-1802", "3-2-1801"]
    for asked, rows in {
        "": every,
        "?state=open": every[1:],
        "?state=closed": every[:1],
        "?state=closed&sort=due": every[:1],
        "?paid=1": ["3-2-1802"],
        "?mine=1": every,
        "?reopened=1": [],
        "?overdue=1": [],
        "?kind=enquiry": [],
        "?kind=repair&department=engineering&state=open": every[1:],
        "?q=门锁": ["3-2-1803"],
        "?q=3栋2单元1801": ["3-2-1801"],
        "?q=13900000002": ["3-2-1802"],
        f"?household={rooms[0]}": ["3-2-1801"],
        f"?project={yunqi.project}": every,
        "?project=nonsense&after=nonsense&state=nonsense": every,
    }.items():
        page = (await crew.desk.get(f"/tickets{asked}")).text
        assert shown(page) == rows, asked
    page = (await crew.desk.get("/tickets?state=open&sort=due&q=3-2-1801")).text
    assert 'aria-sort="ascending"' in page
    assert 'href="/tickets?q=3-2-1801&amp;state=open&amp;overdue=1&amp;sort=due"' in page
    assert "没有符合这些条件的工单" in (await crew.desk.get("/tickets?kind=enquiry")).text
    assert "没有超时的工单" in (await crew.desk.get("/tickets?overdue=1")).text


async def test_pages_lead_there_and_back(crew: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("admin_ui.pages.tickets.board.SIZE", 2)
    numbers = [(await crew.registered(content=f"第 {n} 件", duplicate="new"))["number"] for n in range(5)]
    seen, path = [], "/tickets"
    while path:
        page = (await crew.desk.get(path)).text
        seen.append(re.findall(r'id="row-([^"]+)"', page))
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = following.group(1).replace("&amp;", "&") if following else ""
    assert [number for rows in seen for number in rows] == numbers[::-1]
    back = []
    while before := re.search(r'rel="prev" href="([^"]+)"', page):
        page = (await crew.desk.get(before.group(1).replace("&amp;", "&"))).text
        back.append(re.findall(r'id="row-([^"]+)"', page))
    assert back == seen[-2::-1]
    assert "共 5 条" in page


async def test_the_page_of_a_ticket(yunqi: Company, crew: Crew) -> None:
    ticket = await crew.done()
    page = (await crew.desk.get(f"/tickets/{ticket['number']}")).text
    assert "<h1>3 栋 2 单元 1801 · 厨房水管爆了，水漫到客厅</h1>" in page
    steps = re.findall(r'<li class="is-(\w+)"[^>]*><span class="d">.*?<b>([^<]+)</b>', page)
    assert steps == [
        *[("done", label) for label in ("受理", "派单", "接单", "到场", "完工")],
        ("now", "返单"),
        *[("todo", label) for label in ("回访", "关闭")],
    ]
    assert "更换角阀一只" in page
    assert "业主已签名" in page
    assert "139****0001" in page
    assert "13900000001" not in page
    assert "engineer甲" in page
    assert "上门维修与家庭清洁完工当日回访" in page
    assert 'data-due="' in page
    number = re.search(r"WX-\d{8}-\d{4}", page)
    assert number is not None
    assert f"/tickets/{ticket['number']}/print?order={number.group()}" in page
    paper = await crew.desk.get(f"/tickets/{ticket['number']}/print?order={number.group()}")
    assert paper.status_code == 200


@pytest.mark.spec("TK-04", "RP-01")
async def test_a_repair_from_desk_to_call_back_by_its_page(yunqi: Company, crew: Crew) -> None:
    """Each step is offered to whom it belongs, taken on the page, and leads to the next."""
    ticket = await crew.registered()
    supervisor = await yunqi.signed_in("engineering_supervisor")
    steps: list[tuple[Browser, str, dict[str, str], str]] = [
        (crew.desk, "dispatch", {"department": "engineering"}, "dispatched"),
        (crew.dispatcher, "accept", {}, "accepted"),
        (crew.dispatcher, "assign", {"engineer": crew.engineer_id, "size": "minor"}, "accepted"),
        (supervisor, "resize", {"size": "medium", "reason": "要换主管"}, "accepted"),
        (crew.engineer, "start", {"consent": "resident"}, "in_progress"),
        (crew.engineer, "wait_third_party", {"party": "自来水公司", "asked_at": "2026-11-24T09:00"},
         "waiting_third_party"),
        (crew.engineer, "resume", {}, "in_progress"),
        (crew.engineer, "complete", {
            "work": "更换角阀", "signature": SIGNATURE, "satisfied": "on",
            "material.0.name": "DN15 铜角阀", "material.0.quantity": "1",
        }, "done"),
        (crew.desk, "return_sheet", {"sheet_no": "S-1"}, "pending_call_back"),
    ]  # fmt: skip
    for who, name, form, after in steps:
        answer = await move(who, ticket, name, **form)
        assert answer.status_code == 200, (name, refusals(answer.text))
        assert answer.headers["hx-redirect"] == f"/tickets/{ticket['number']}"
        assert await state(who, ticket) == after
    page = (await crew.desk.get(f"/tickets/{ticket['number']}")).text
    assert "DN15 铜角阀 × 1" in page
    assert "自来水公司" in page
    assert "中修" in page


async def test_the_next_step_stands_first_for_whom_it_concerns(crew: Crew) -> None:
    ticket = await crew.accepted()
    dispatcher = (await crew.dispatcher.get(f"/tickets/{ticket['number']}")).text
    task = dispatcher.split('id="task"')[1].split("record__main")[0]
    assert 'id="form-assign"' in task
    assert f'<option value="{crew.engineer_id}">engineer甲</option>' in task
    assert 'id="form-cannot_attend"' not in task
    assert 'id="form-cannot_attend"' in dispatcher
    desk = (await crew.desk.get(f"/tickets/{ticket['number']}")).text
    assert "工程部已接单，等待上门。" in desk
    assert 'id="form-assign"' not in desk


async def test_engineers_on_duty_come_first(yunqi: Company, crew: Crew) -> None:
    ticket = await crew.accepted()
    other = await yunqi.person("engineer", username="engineer2")
    async with yunqi.inside():
        await sql.insert(
            "staff_duty",
            {
                "id": UUID(int=7),
                "person_id": other,
                "project_id": yunqi.project,
                "from_at": clock.now() - timedelta(hours=1),
                "until_at": clock.now() + timedelta(hours=1),
            },
        )
    page = (await crew.dispatcher.get(f"/tickets/{ticket['number']}")).text
    chosen = page.split('id="assign-engineer"')[1].split("</select>")[0]
    assert re.findall(r'value="([^"]+)"', chosen) == [str(other), crew.engineer_id]
    assert "engineer甲（不在岗）" in chosen


REFUSED: list[tuple[str, dict[str, str], str, str]] = [
    ("complete", {"work": "修"}, "work", "至少 2 个字"),
    ("complete", {"work": "换了角阀", "signature": ""}, "signature", "请业主签名，或选择无法签名的原因"),
    ("complete", {"work": "换了角阀", "satisfied": "off", "signature": SIGNATURE}, "follow_up",
     "业主不满意时须登记后续工单，才能完工"),
    ("complete", {"work": "换了角阀", "amount": "三十"}, "amount", "请填写数字"),
    ("wait_customer", {"reason": ""}, "reason", "请填写此项"),
    ("merge", {"into": "BX-20200101-0001"}, "into", "请选择另一张未关闭的工单"),
]  # fmt: skip


@pytest.mark.spec("RP-01", "RP-06")
@pytest.mark.parametrize(("name", "form", "field", "sentence"), REFUSED)
@pytest.mark.parametrize("htmx", [True, False])
async def test_a_refusal_stands_at_its_field(  # noqa: PLR0917 - one per parameter
    crew: Crew, name: str, form: dict[str, str], field: str, sentence: str, htmx: bool
) -> None:
    ticket = await crew.on_site(**(jobs.AGREED if field == "amount" else {}))
    who = crew.supervisor if name == "merge" else crew.engineer
    path = f"/tickets/{ticket['number']}/moves/{name}"
    typed = {"version": str(ticket["version"]), "signed_by": "老陈", **form}
    answer = await send(who, path, htmx=htmx, **typed)
    assert answer.status_code == 422
    assert any(said.endswith(sentence) for said in refusals(answer.text))
    own = answer.text.split(f'id="form-{name}"')[1]
    assert f'id="{name}-{field}-e"' in own
    assert ("<html" in answer.text) is not htmx
    for value in form.values():
        assert value.replace('"', "&#34;") in own
    if name == "complete":
        assert attribute(own, "signed_by") == "老陈"
    assert await state(crew.desk, ticket) == "in_progress"


@pytest.mark.spec("TK-04")
async def test_who_comes_second_is_told_who_was_first(crew: Crew) -> None:
    """409, nothing typed lost, and the form may be sent again."""
    ticket = await crew.registered()
    path = f"/tickets/{ticket['number']}/moves/cancel"
    typed = {"reason": "业主说不用来了", "confirmed_by": "陈先生", "version": str(ticket["version"])}
    first = await send(
        crew.supervisor, f"/tickets/{ticket['number']}/moves/escalate", reason="业主情绪激动", version="1"
    )
    assert first.status_code == 200
    second = await send(crew.desk, path, **typed)
    assert second.status_code == 409
    assert "刚被cs_supervisor甲修改" in second.text
    assert "业主说不用来了" in second.text
    version = attribute(second.text, "version")
    assert (await send(crew.desk, path, **(typed | {"version": version}))).status_code == 200
    assert await state(crew.desk, ticket) == "cancelled"
    late = await send(crew.desk, path, **(typed | {"version": version}))
    assert late.status_code == 409
    assert "业主说不用来了" in late.text


async def test_what_is_not_an_arrow(crew: Crew) -> None:
    ticket = await crew.registered()
    for name in ("close", "fly"):
        assert (await send(crew.desk, f"/tickets/{ticket['number']}/moves/{name}")).status_code == 422


async def test_photos_come_with_the_sheet_and_survive_a_refusal(crew: Crew) -> None:
    ticket = await crew.on_site()
    path = f"/tickets/{ticket['number']}/moves/complete"
    files = {"photos": ("前.jpg", jobs.photo(), "image/jpeg")}
    data = {"_csrf_token": crew.engineer.token, "version": str(ticket["version"]), "work": "换了角阀"}
    refused = await crew.engineer.http.post(path, data=data, files=files, headers=HTMX)
    assert refused.status_code == 422
    kept = attribute(refused.text, "attachments")
    answer = await send(
        crew.engineer,
        path,
        version=data["version"],
        work="换了角阀",
        signature=SIGNATURE,
        satisfied="on",
        attachments=kept,
    )
    assert answer.status_code == 200, refusals(answer.text)
    page = (await crew.desk.get(f"/tickets/{ticket['number']}")).text
    assert f'src="/api/v1/files/{kept}"' in page
    assert (await crew.desk.get(f"/api/v1/files/{kept}")).status_code == 200


async def test_a_note_is_written_in_place(yunqi: Company, crew: Crew) -> None:
    ticket = await crew.assigned()
    path = f"/tickets/{ticket['number']}/notes"
    answer = await send(crew.desk, path, type="customer_contact", note="已告知业主\n<b>明早</b>上门")
    assert answer.status_code == 200
    assert "&lt;b&gt;明早&lt;/b&gt;上门" in answer.text
    assert 'hx-target="#log"' in answer.text
    assert "联系业主" in answer.text
    empty = await send(crew.desk, path, type="progress", note=" ")
    assert (empty.status_code, refusals(empty.text)) == (422, ["请填写此项"])
    plain = await send(crew.desk, path, htmx=False, type="remark", note="无脚本也行")
    assert plain.status_code == 303
    assert "管家回复" not in (await crew.desk.get(f"/tickets/{ticket['number']}")).text.split('id="log"')[0]
    whole = await send(crew.desk, path, htmx=False, type="progress", note="")
    assert whole.status_code == 422
    assert "<html" in whole.text


@pytest.mark.spec("HA-03")
async def test_the_contact_phone_is_read_under_record(yunqi: Company, crew: Crew) -> None:
    ticket = await crew.registered(contact_phone="138 1111 2222")
    path = f"/tickets/{ticket['number']}/phone"
    assert "138 1111 2222" in (await crew.desk.get(path, headers=HTMX)).text
    assert "138 1111 2222" in (await crew.desk.get(path)).text
    async with yunqi.inside(role="sys"):
        lines = await sql.records(
            "select 1 from core.kit_audit where tenant_id = $1 and action = 'ticket.phone_revealed'"
        )
    assert len(lines) == 2


async def test_what_is_live_says_that_somebody_was_at_it(crew: Crew) -> None:
    ticket = await crew.registered()
    path = f"/tickets/{ticket['number']}"
    page = (await crew.desk.get(path)).text
    assert f'data-only="{ticket["id"]}"' in page
    source = re.search(r'id="top"[^>]*data-src="([^"]+)"', page)
    assert source is not None
    address = source.group(1).replace("&amp;", "&")
    assert "刚更新了这张工单" not in (await crew.desk.get(address, headers=HTMX)).text
    await move(crew.desk, ticket, "dispatch", department="engineering")
    top = (await crew.desk.get(address, headers=HTMX)).text
    assert "front_desk_agent甲刚更新了这张工单" in top
    assert "<html" not in top
    assert "派给部门" in (await crew.desk.get(f"{path}?part=log", headers=HTMX)).text


async def test_an_enquiry_is_answered_first(yunqi: Company, crew: Crew) -> None:
    ticket = await crew.registered(kind="enquiry", content="物业费怎么交", immediate=False)
    page = (await crew.desk.get(f"/tickets/{ticket['number']}")).text
    assert 'id="form-answer"' in page.split("record__main")[0]
    answer = await move(crew.desk, ticket, "answer", answer="微信公众号或前台都可以交")
    assert answer.status_code == 200
    page = (await crew.desk.get(f"/tickets/{ticket['number']}")).text
    assert re.findall(r'<li class="is-done"[^>]*><span class="d">.*?<b>([^<]+)</b>', page) == [
        "受理",
        "答复",
        "关闭",
    ]
    assert "结果：微信公众号或前台都可以交" in page


async def test_a_withdrawn_request_shows_how_it_ended(crew: Crew) -> None:
    ticket = await crew.dispatched()
    await move(crew.desk, ticket, "cancel", reason="业主自己修好了", confirmed_by="陈先生")
    page = (await crew.desk.get(f"/tickets/{ticket['number']}")).text
    assert re.findall(r'<li class="is-done"[^>]*><span class="d">.*?<b>([^<]+)</b>', page) == [
        "受理",
        "派单",
        "已取消",
    ]


async def test_queries(yunqi: Company, crew: Crew, queries: list[int]) -> None:
    """A list 6, a ticket 10 in every state, an arrow 25 at the most."""
    first = await crew.registered()
    number = first["number"]
    steps: list[tuple[Browser, str, dict[str, str]]] = [
        (crew.desk, "dispatch", {"department": "engineering"}),
        (crew.dispatcher, "accept", {}),
        (crew.dispatcher, "assign", {"engineer": crew.engineer_id, "size": "minor"}),
        (crew.engineer, "start", {"consent": "resident"}),
        (crew.engineer, "complete", {"work": "换了角阀", "signature": SIGNATURE, "satisfied": "on"}),
        (crew.desk, "return_sheet", {}),
    ]
    for who, name, form in steps:
        queries.clear()
        await who.get(f"/tickets/{number}")
        assert queries[0] <= 10, name
        queries.clear()
        answer = await send(who, f"/tickets/{number}/moves/{name}", **form)
        assert answer.status_code == 200, refusals(answer.text)
        assert queries[0] <= 25, name
    queries.clear()
    await crew.desk.get(f"/tickets/{number}")
    assert queries[0] <= 10
    for room in yunqi.households.values():
        await crew.registered(household_id=str(room), content="厨房水管漏水")
    for path in ("/tickets", "/tickets?q=水管&sort=due", "/tickets?mine=1&state=open"):
        queries.clear()
        await crew.desk.get(path)
        assert queries[0] <= 6, path
