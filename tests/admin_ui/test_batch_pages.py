"""Batch actions on `/tickets`: each ticket by itself, a report line by line, one paper for all (UI 9)."""

import asyncio
import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pytest

from core.documents import pdf
from core.kit import sql
from core.tickets import batches
from tests.admin_ui.pages import refusals, send
from tests.core.tickets.moves import Crew
from tests.factories import Browser, Company
from tests.working_off import work_off

pytestmark = pytest.mark.anyio
PATH = "/tickets/batch"


@pytest.fixture
async def crew(yunqi: Company) -> Crew:
    return await Crew(yunqi).gather()


async def done(who: Browser, verb: str, tickets: list[dict[str, Any]], **form: Any) -> str:
    """Send the batch; the page of its report."""
    ids = [ticket["number"] for ticket in tickets]
    answer = await send(who, f"{PATH}/{verb}", htmx=False, ids=ids, **form)
    assert answer.status_code == 303, answer.text
    page = await who.get(answer.headers["location"])
    assert page.status_code == 200
    return page.text


def results(html: str) -> dict[str, str]:
    """What the report says of each ticket."""
    rows = re.findall(r'<tr[^>]*id="row-([^"]+)"[^>]*>(.*?)</tr>', html, re.DOTALL)
    return {
        number: re.sub(r"\s+|<[^>]+>", "", row.rpartition("<td")[2].partition(">")[2]) for number, row in rows
    }


async def state(crew: Crew, ticket: dict[str, Any]) -> str:
    return str((await crew.desk.get(f"/api/v1/tickets/{ticket['id']}")).json()["state"])


async def test_the_bar_offers_what_one_may_do(yunqi: Company, crew: Crew) -> None:
    ticket = await crew.registered()
    for role, verbs in {
        "front_desk_agent": ["dispatch", "print"],
        "cs_supervisor": ["dispatch", "accept", "reassign", "print"],
        "engineering_dispatcher": ["accept", "print"],
        "viewer": [],
    }.items():
        page = (await (await yunqi.signed_in(role)).get("/tickets")).text
        assert re.findall(r'name="verb" value="(\w+)"', page) == verbs, role
        assert (f'name="ids" value="{ticket["number"]}" form="batch"' in page) == bool(verbs), role


async def test_the_bar_leads_to_the_question(crew: Crew) -> None:
    tickets = [await crew.registered(duplicate="new") for _n in range(2)]
    ids = [ticket["number"] for ticket in tickets]
    answer = await send(crew.desk, PATH, htmx=False, ids=ids, verb="dispatch")
    assert answer.status_code == 303
    address = answer.headers["location"]
    assert parse_qsl(urlsplit(address).query) == [("verb", "dispatch"), *(("ids", one) for one in ids)]
    page = (await crew.desk.get(address)).text
    assert re.findall(r'type="hidden" name="ids" value="([^"]+)"', page) == ids
    assert "派单 2 条" in page
    one = await send(crew.desk, PATH, htmx=False, ids=ids[0], verb="print")
    assert one.headers["location"] == f"{PATH}?verb=print&ids={ids[0]}"
    assert "没有选中的工单" in (await crew.desk.get(PATH)).text
    assert (await crew.desk.get(f"{PATH}?verb=cancel")).status_code == 404
    assert (await send(crew.desk, f"{PATH}/cancel", ids=ids)).status_code == 404


async def test_one_refusal_does_not_undo_the_others(crew: Crew) -> None:
    before, gone, after = [await crew.registered(duplicate="new") for _n in range(3)]
    await crew.desk.post(
        f"/api/v1/tickets/{gone['id']}/transitions/cancel",
        {"version": gone["version"], "form": {"reason": "业主自己修好了", "confirmed_by": "陈志远"}},
    )
    page = await done(crew.desk, "dispatch", [before, gone, after])
    said = results(page)
    assert said[before["number"]] == said[after["number"]] == "已办"
    assert "已取消" in said[gone["number"]]
    assert "办好 2 条，1 条没有办" in page
    assert [await state(crew, one) for one in (before, gone, after)] == [
        "dispatched",
        "cancelled",
        "dispatched",
    ]


async def test_what_was_refused_leaves_nothing_behind(yunqi: Company, crew: Crew) -> None:
    """No event, no audit line, no notice to anybody of what did not happen."""
    first, second = [await crew.registered(duplicate="new") for _n in range(2)]
    await done(crew.desk, "dispatch", [first, second], department="nowhere")
    async with yunqi.inside():
        for table, column in (("flows_event", "record_id"), ("kit_audit", "subject_id")):
            number = await sql.value(
                f"select count(*) from core.{table} where tenant_id = $1 and {column} = $2", UUID(first["id"])
            )
            assert number == 1, table
        sent = await sql.value(
            "select count(*) from core.kit_outbox where tenant_id = $1 and name = 'ticket.moved'"
        )
    assert sent == 0


async def test_sent_twice_it_happens_once(yunqi: Company, crew: Crew) -> None:
    tickets = [await crew.registered(duplicate="new") for _n in range(3)]
    form = {"ids": [one["number"] for one in tickets], "_idempotency_key": "batch-1"}
    answers = await asyncio.gather(
        *(send(crew.desk, f"{PATH}/dispatch", htmx=False, **form) for _n in range(3))
    )
    assert {answer.status_code for answer in answers} <= {303, 409}
    reports = {answer.headers["location"] for answer in answers if answer.status_code == 303}
    assert len(reports) == 1
    assert set(results((await crew.desk.get(reports.pop())).text).values()) == {"已办"}
    async with yunqi.inside():
        sheets = await sql.value("select count(*) from core.tickets_work_order where tenant_id = $1")
    assert sheets == 3


async def test_the_right_is_asked_for_each_ticket(yunqi: Company, cuihu: Company, crew: Crew) -> None:
    ticket = await crew.registered()
    assert (
        await send(crew.engineer, f"{PATH}/dispatch", htmx=False, ids=ticket["number"])
    ).status_code == 303
    said = results(await done(crew.engineer, "dispatch", [ticket]))
    assert "没有此操作的权限" in said[ticket["number"]]
    stranger = await cuihu.signed_in("front_desk_agent")
    said = results(await done(stranger, "dispatch", [ticket]))
    assert len(said) == 1
    assert await state(crew, ticket) == "registered"


async def test_a_report_is_for_whoever_did_it(yunqi: Company, cuihu: Company, crew: Crew) -> None:
    ticket = await crew.registered()
    answer = await send(crew.desk, f"{PATH}/dispatch", htmx=False, ids=ticket["number"])
    address = answer.headers["location"]
    assert (await crew.dispatcher.get(address)).status_code == 404
    assert (await crew.dispatcher.get(f"{address}/print")).status_code == 404
    assert (await (await cuihu.signed_in("front_desk_agent")).get(address)).status_code == 404


async def test_given_to_a_specialist_with_a_reason(yunqi: Company, crew: Crew) -> None:
    tickets = [await crew.registered(duplicate="new") for _n in range(2)]
    ids = [one["number"] for one in tickets]
    refused = await send(crew.supervisor, f"{PATH}/reassign", htmx=False, ids=ids, reason="")
    assert refused.status_code == 422
    assert len(refusals(refused.text)) == 2
    assert re.findall(r'type="hidden" name="ids" value="([^"]+)"', refused.text) == ids
    await done(crew.supervisor, "reassign", tickets, specialist_owner=crew.engineer_id, reason="他熟悉这栋楼")
    for one in tickets:
        seen = (await crew.desk.get(f"/api/v1/tickets/{one['id']}")).json()
        assert seen["specialist_owner"]["id"] == crew.engineer_id


async def test_signed_for_together(crew: Crew) -> None:
    tickets = [await crew.dispatched(duplicate="new") for _n in range(2)]
    await done(crew.dispatcher, "accept", tickets)
    assert [await state(crew, one) for one in tickets] == ["accepted", "accepted"]


async def test_too_many_at_once(crew: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MOST", 1)
    tickets = [await crew.registered(duplicate="new") for _n in range(2)]
    ids = [one["number"] for one in tickets]
    answer = await send(crew.desk, f"{PATH}/dispatch", htmx=False, ids=ids)
    assert answer.status_code == 422
    assert "一次最多处理 1 条" in answer.text
    assert [await state(crew, one) for one in tickets] == ["registered", "registered"]


@pytest.mark.spec("FORM-03")
async def test_all_work_orders_in_one_document(crew: Crew) -> None:
    tickets = [await crew.dispatched(duplicate="new", content=f"第 {n} 件") for n in (1, 2)]
    bare = await crew.registered(duplicate="new")
    page = await done(crew.desk, "print", [*tickets, bare])
    said = results(page)
    assert [said[one["number"]] for one in tickets] == ["第1次打印", "第1次打印"]
    assert "还没有派工单" in said[bare["number"]]
    address = re.search(r'href="(/tickets/batch/[^"]+/print)"', page)
    assert address
    paper = (await crew.desk.get(address[1])).text
    assert paper.count("<section") == 6
    assert "第 1 件" in paper
    assert "第 2 件" in paper
    assert paper.count("第 1 次") == 6
    assert "data-print-now" in paper
    again = results(await done(crew.desk, "print", tickets[:1]))
    assert "请写明重打的原因" in again[tickets[0]["number"]]
    again = results(await done(crew.desk, "print", tickets[:1], reason="纸卡住了"))
    assert again[tickets[0]["number"]] == "第2次打印"


@pytest.mark.skipif(bool(pdf.missing()), reason="needs WeasyPrint and Pango")
@pytest.mark.spec("FORM-03")
async def test_one_pdf_of_them(yunqi: Company, crew: Crew, tmp_path: Path) -> None:
    tickets = [await crew.dispatched(duplicate="new") for _n in range(2)]
    page = await done(crew.desk, "print", tickets)
    address = re.search(r'href="(/tickets/batch/[^"]+)/print"', page)
    assert address
    made = await send(crew.desk, f"{address[1]}/print.pdf", htmx=False)
    assert made.status_code == 303
    await work_off(yunqi)
    waiting = await crew.desk.get(made.headers["location"])
    file = re.search(r'href="(/api/v1/files/[^"]+)"', waiting.text)
    assert file, waiting.text
    made_pdf = tmp_path / "sheets.pdf"
    made_pdf.write_bytes((await crew.desk.get(file[1])).content)
    text = await asyncio.to_thread(_text, made_pdf)
    assert text.count("\f") == 6, "a page for each copy of each sheet"
    assert text.count("FORM-03") == 6


def _text(path: Path) -> str:
    command = ["pdftotext", "-layout", str(path), "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
