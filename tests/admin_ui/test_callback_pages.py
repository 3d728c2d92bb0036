"""`/callbacks` over HTTP: the queue, the record in place, unhappy households, exemptions."""

import json

import pytest

from tests.admin_ui.pages import HTMX, attribute, refusals, send
from tests.core.tickets.moves import Crew
from tests.factories import Company

pytestmark = pytest.mark.anyio


@pytest.fixture
async def crew(yunqi: Company) -> Crew:
    return await Crew(yunqi).gather()


async def test_nobody_is_asked_to_sign_in(yunqi: Company) -> None:
    answer = await yunqi.client().get("/callbacks")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/callbacks")


async def test_without_the_right(yunqi: Company) -> None:
    engineer = await yunqi.signed_in("engineer")
    assert (await engineer.get("/callbacks")).status_code == 403


async def test_an_empty_queue(crew: Crew) -> None:
    page = await crew.desk.get("/callbacks")
    assert page.status_code == 200
    assert "今天的回访都做完了" in page.text


@pytest.mark.spec("CB-01")
async def test_the_queue_and_the_call_at_hand(yunqi: Company, crew: Crew) -> None:
    rooms = [str(room) for room in yunqi.households.values()]
    first = await crew.returned(household_id=rooms[0])
    second = await crew.returned(household_id=rooms[1], content="客厅灯不亮")
    page = (await crew.desk.get("/callbacks")).text
    assert page.index("3-2-1801") < page.index("3-2-1802")
    assert f'action="/tickets/{first["number"]}/call-back"' in page
    assert "今日回访率 0%" in page
    part = (await crew.desk.get(f"/callbacks?part=card&ticket={second['number']}", headers=HTMX)).text
    assert f'action="/tickets/{second["number"]}/call-back"' in part
    assert "客厅灯不亮" in part
    assert attribute(part, "next") == "/callbacks"
    assert "<html" not in part
    queue = (await crew.desk.get("/callbacks?part=queue", headers=HTMX)).text
    assert 'data-live="tickets"' in queue


@pytest.mark.spec("CB-01")
async def test_a_content_household_closes_the_ticket(crew: Crew) -> None:
    ticket = await crew.returned()
    path = f"/tickets/{ticket['number']}/call-back"
    version = attribute((await crew.desk.get("/callbacks")).text, "version")
    answer = await send(
        crew.desk, path, result="reached", satisfaction="satisfied", next="/callbacks", version=version
    )
    assert (answer.status_code, answer.headers["hx-redirect"]) == (200, "/callbacks")
    assert "已回访" in json.loads(answer.headers["hx-trigger"])["gj:toast"]["text"]
    page = (await crew.desk.get("/callbacks")).text
    assert "今日回访率 100%" in page
    assert "满意" in (await crew.desk.get(f"/tickets/{ticket['number']}")).text.split('id="log"')[1]


@pytest.mark.spec("CB-01", "TK-07")
async def test_an_unhappy_household_reopens_it(crew: Crew) -> None:
    ticket = await crew.returned()
    path = f"/tickets/{ticket['number']}/call-back"
    refused = await send(crew.desk, path, result="reached", satisfaction="dissatisfied", note="")
    assert (refused.status_code, refusals(refused.text)) == (422, ["请记录业主不满意的原因，工单将重开"])
    answer = await send(crew.desk, path, result="reached", satisfaction="dissatisfied", note="还在滴水")
    assert answer.headers["hx-redirect"] == f"/tickets/{ticket['number']}"
    page = (await crew.desk.get(f"/tickets/{ticket['number']}")).text
    assert "重开 1" in page
    assert "还在滴水" in page
    assert "回访未接通" not in page
    assert "待接单" in page.split('id="top"')[1]


@pytest.mark.spec("CB-01")
async def test_tries_are_counted(crew: Crew) -> None:
    ticket = await crew.returned()
    path = f"/tickets/{ticket['number']}/call-back"
    answer = await send(crew.desk, path, result="attempted", note="响铃无人接", next="/callbacks")
    assert answer.status_code == 200
    page = (await crew.desk.get("/callbacks")).text
    assert "试过 1 次" in page
    assert "第 1 次未接通" in page
    assert "响铃无人接" in page
    assert "回访未接通" in (await crew.desk.get(f"/tickets/{ticket['number']}")).text


REFUSED = [
    ({"result": "reached"}, "已接通，请选择满意度"),
    ({"result": "attempted", "satisfaction": "satisfied"}, "未接通时不能填写满意度"),
    ({"result": ""}, "请填写此项"),
]


@pytest.mark.spec("CB-01")
@pytest.mark.parametrize(("said", "sentence"), REFUSED)
@pytest.mark.parametrize("htmx", [True, False])
async def test_a_refusal_keeps_what_was_typed(
    crew: Crew, said: dict[str, str], sentence: str, htmx: bool
) -> None:
    ticket = await crew.returned()
    path = f"/tickets/{ticket['number']}/call-back"
    answer = await send(crew.desk, path, htmx=htmx, note="业主说的话", person="陈太太", **said)
    assert answer.status_code == 422
    assert refusals(answer.text) == [sentence]
    assert "业主说的话" in answer.text
    assert attribute(answer.text, "person") == "陈太太"
    assert ("<html" in answer.text) is not htmx


@pytest.mark.spec("CB-01")
async def test_what_changed_meanwhile_is_told(crew: Crew) -> None:
    """409 with the words kept, for an old version and a closed ticket; nobody is led elsewhere."""
    ticket = await crew.returned()
    path = f"/tickets/{ticket['number']}/call-back"
    old = await send(crew.desk, path, result="attempted", version="1", note="没人接")
    assert old.status_code == 409
    assert "没人接" in old.text
    away = await send(crew.desk, path, result="attempted", next="https://elsewhere.example/")
    assert away.headers["hx-redirect"] == "/"
    closed = await crew.closed(content="另一件", duplicate="new")
    late = await send(crew.desk, f"/tickets/{closed['number']}/call-back", result="attempted")
    assert late.status_code == 409


@pytest.mark.spec("CB-01")
async def test_a_supervisor_decides_that_nobody_is_called(crew: Crew) -> None:
    ticket = await crew.returned()
    path = f"/tickets/{ticket['number']}/call-back/exempt"
    page = (await crew.supervisor.get("/callbacks")).text
    assert "免回访并关闭" in page
    assert "免回访并关闭" not in (await crew.desk.get("/callbacks")).text
    for htmx in (True, False):
        refused = await send(crew.supervisor, path, htmx=htmx, reason="x")
        assert (refused.status_code, refusals(refused.text)) == (422, ["至少 2 个字"])
    answer = await send(crew.supervisor, path, reason="业主已搬走")
    assert answer.status_code == 200
    assert (await crew.desk.get(f"/api/v1/tickets/{ticket['id']}")).json()["state"] == "closed"


async def test_queries(yunqi: Company, crew: Crew, queries: list[int]) -> None:
    """Six for the page however long the queue."""
    for room in yunqi.households.values():
        await crew.returned(household_id=str(room))
        queries.clear()
        await crew.desk.get("/callbacks")
        assert queries[0] <= 6
