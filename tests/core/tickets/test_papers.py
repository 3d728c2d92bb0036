"""FORM-03 and FORM-01: what stands on them, how prints are counted, and the PDF a worker makes."""

import asyncio
import re
import subprocess
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from auth.acting import person_at_work
from core.documents import pdf
from core.kit import sql
from jobs import acting, delivery
from tests.core.tickets.moves import Crew, ok
from tests.factories import Browser, Company, company

pytestmark = [pytest.mark.anyio, pytest.mark.spec("FORM-03", "RP-01")]
JOB = "select id from core.kit_outbox where tenant_id = $1 and name = 'documents.pdf' order by id desc"
AUDIT = "select action, detail from core.kit_audit where tenant_id = $1 and subject_id = $2 order by at, id"
PRINTED = "select id, printed from core.tickets_work_order where tenant_id = $1 and ticket_id = $2"
FEES = {"amount": "30", "material": [{"name": "DN15 铜角阀", "quantity": "1", "amount": "28.5"}]}


@pytest.fixture
async def crew(yunqi: Company) -> Crew:
    return await Crew(yunqi).gather()


async def finished(crew: Crew, **more: Any) -> dict[str, Any]:
    """A paid repair, priced, agreed, worked and signed."""
    ticket = await crew.on_site(paid=True, price_item="换角阀", price="60", price_accepted=True, **more)
    done = {
        "work": "更换主卫角阀一只，通水十分钟无渗漏",
        "signature": '{"w":300,"h":120,"strokes":[[[10,10,0],[60,40,16],[120,30,32]]]}',
        "signed_by": "陈志远",
    }
    return await ok(crew.engineer, ticket, "complete", **done, **FEES)


async def send(browser: Browser, path: str, **fields: str) -> Any:
    return await browser.http.post(path, data={**fields, "_csrf_token": browser.token})


def here(ticket: dict[str, Any]) -> str:
    return f"/tickets/{ticket['number']}/print"


async def seen(browser: Browser, path: str) -> str:
    page = await browser.get(path)
    assert page.status_code == 200, page.text
    return unescape(page.text)


async def sheet(company: Company, ticket: dict[str, Any]) -> Any:
    async with company.inside():
        return (await sql.records(PRINTED, UUID(ticket["id"])))[0]


def boxes(html: str) -> dict[str, bool]:
    """The words beside the boxes of the first copy, and whether they are ticked."""
    part = html.split("</section>", maxsplit=1)[0]
    found = re.findall(
        r'<span class="box">(.*?)</svg>(.*?)(?=<span class="box">|</td>|<br>)', part, re.DOTALL
    )
    return {
        re.sub(r"<[^>]*>|（已选）|（已選）", "", words).strip(): "<path" in drawn for drawn, words in found
    }


async def test_three_copies_carry_what_the_engineer_needs(crew: Crew) -> None:
    html = await seen(crew.desk, here(await finished(crew)))
    assert html.count("<section") == 3
    assert [copy in html for copy in ("第一联 前台存根", "第二联 工程", "第三联 业主")] == [True] * 3
    for words in (
        *("翠湖天地客户服务中心", "维修派工单", "3 栋 2 单元 1801", "陈志远", "139 0000 0001", "立即上门"),
        *("厨房水管爆了，水漫到客厅", "更换主卫角阀一只", "DN15 铜角阀 × 1", "工程部（小修）", "engineer甲"),
        *("人工 30.00　材料 28.50", "¥58.50（伍拾捌元伍角）", "陈志远的签名"),
    ):
        assert words in html, words
    assert crew.company.tenant.name in html
    ticked = boxes(html)
    assert {word for word, on in ticked.items() if on} == {"有偿", "紧急"}
    assert {"无偿", "一般", "满意", "不满意"} <= set(ticked)
    assert re.search(r'<path d="M10 10L60 40L120 30"', html)


async def test_code_leads_to_the_ticket(crew: Crew) -> None:
    """What is drawn is the code of that address and of no other."""
    from core.documents import marks  # noqa: PLC0415

    ticket = await crew.registered()
    url = f"{crew.company.url}/tickets/{ticket['number']}"
    html = (await crew.desk.get(here(ticket))).text
    assert str(marks.qr(url)) in html
    assert str(marks.qr(url + "0")) not in html


async def test_before_the_work_only_the_quote_is_known(crew: Crew) -> None:
    ticket = await crew.dispatched(paid=True, price_item="换角阀", price="58", price_accepted=True)
    html = await seen(crew.desk, here(ticket))
    assert "报价：换角阀 ¥58.00" in html
    assert "元整" not in html


async def test_sheet_in_traditional_chinese(cuihu: Company) -> None:
    crew = await Crew(cuihu).gather()
    html = await seen(crew.desk, here(await finished(crew)))
    assert '<html lang="zh-Hant">' in html
    for words in (
        "維修派工單",
        "第一聯 前臺存根",
        "房號",
        "報修內容",
        "人工 30.00　材料 28.50",
        "伍拾捌元伍角",
    ):
        assert words in html, words
    assert "维修派工单" not in html


async def test_sheet_in_english(app: Any) -> None:
    crew = await Crew(await company(app, locale="en")).gather()
    html = await seen(crew.desk, here(await finished(crew)))
    for words in ("Work Order", "Copy 3 owner", "Labour 30.00", "¥58.50 (伍拾捌元伍角)"):
        assert words in html, words


async def test_other_kinds_and_undispatched_ones_print_the_registration(crew: Crew) -> None:
    ticket = await crew.registered()
    html = await seen(crew.desk, here(ticket))
    assert "客户诉求登记表" in html
    assert "FORM-01" in html
    assert "第一联" not in html
    ticket = await crew.dispatched()
    assert "第一联" in await seen(crew.desk, here(ticket))
    both = await seen(crew.desk, f"{here(ticket)}?form=request")
    assert "FORM-01" in both
    assert "第一联" not in both


@pytest.mark.spec("RP-01")
async def test_each_print_is_counted_and_the_second_asks_why(crew: Crew) -> None:
    ticket = await finished(crew)
    path = here(ticket)
    assert "未计打印次数" in await seen(crew.desk, path)
    assert "未计打印次数" in await seen(crew.desk, f"{path}?print=1")
    assert (await sheet(crew.company, ticket))["printed"] == 0

    first = await send(crew.desk, path)
    assert (first.status_code, first.headers["location"]) == (303, f"{path}?print=1")
    paper = await seen(crew.desk, first.headers["location"])
    assert "第 1 次" in paper
    assert "打印：front_desk_agent甲" in paper
    assert "data-print-now" in paper

    refused = await send(crew.desk, path)
    assert refused.status_code == 422
    assert "请写明重打的原因" in refused.text
    assert (await sheet(crew.company, ticket))["printed"] == 1

    again = await send(crew.desk, path, reason="纸卡住了")
    assert again.status_code == 303
    assert "第 2 次" in await seen(crew.desk, f"{path}?print=1")
    row = await sheet(crew.company, ticket)
    assert row["printed"] == 2
    async with crew.company.inside():
        lines = [(line["action"], line["detail"]) for line in await sql.records(AUDIT, row["id"])]
    assert lines == [
        ("document.printed", {"times": 1, "reason": ""}),
        ("document.printed", {"times": 2, "reason": "纸卡住了"}),
    ]


async def test_what_somebody_else_printed_is_a_preview_for_me(crew: Crew) -> None:
    ticket = await finished(crew)
    await send(crew.desk, here(ticket))
    html = await seen(crew.supervisor, f"{here(ticket)}?print=1")
    assert "预览：cs_supervisor甲" in html
    assert "data-print-now" not in html
    assert 'name="reason"' in html


async def test_registrations_are_counted_too(crew: Crew) -> None:
    ticket = await crew.registered()
    await send(crew.desk, here(ticket))
    assert (await send(crew.desk, here(ticket))).status_code == 422
    await send(crew.desk, here(ticket), reason="业主要一份")
    assert "第 2 次" in await seen(crew.desk, f"{here(ticket)}?print=1")


async def test_phone_in_full_is_recorded_and_masked_without_the_right(crew: Crew) -> None:
    ticket = await finished(crew)
    lead = await crew.company.signed_in("engineering_supervisor")
    html = await seen(lead, here(ticket))
    assert "139****0001" in html
    assert "139 0000 0001" not in html
    await seen(crew.desk, here(ticket))
    async with crew.company.inside():
        lines = [line["action"] for line in await sql.records(AUDIT, UUID(ticket["id"]))]
    assert lines.count("ticket.phone_revealed") == 1


async def test_who_may_not_print(crew: Crew, cuihu: Company) -> None:
    ticket = await finished(crew)
    path = here(ticket)
    assert (await crew.engineer.get(path)).status_code == 403
    assert (await send(crew.engineer, path)).status_code == 403
    assert (await crew.company.client().get(path)).status_code == 303
    theirs = await cuihu.signed_in("front_desk_agent")
    assert (await theirs.get(path)).status_code == 404
    assert (await crew.desk.get(f"{path}?order=WX-20200101-0001")).status_code == 404


async def run_worker(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """The job as a worker process runs it, with the rights of whoever asked."""
    monkeypatch.setattr(acting, "_resolvers", [person_at_work])
    async with company.inside():
        message = await sql.value(JOB)
    await delivery.deliver(company.tenant.id, message)


async def pdf_of(crew: Crew, ticket: dict[str, Any], monkeypatch: pytest.MonkeyPatch, folder: Path) -> str:
    """The PDF's text, as somebody gets it who presses the button and waits."""
    started = await send(crew.desk, f"{here(ticket)}.pdf")
    assert started.status_code == 303, started.text
    waiting = started.headers["location"]
    assert re.search("排队中|排隊中", await seen(crew.desk, waiting))
    await run_worker(crew.company, monkeypatch)
    (task,) = parse_qs(urlsplit(waiting).query)["task"]
    state = (await crew.desk.get(f"/api/v1/tasks/{task}")).json()
    assert (state["state"], state["error"]) == ("done", None)
    page = await seen(crew.desk, waiting)
    (link,) = re.findall(r'href="(/api/v1/files/[^"]+)"', page)
    file = await crew.desk.get(link)
    assert file.headers["content-type"] == "application/pdf"
    path = folder / "paper.pdf"
    await asyncio.to_thread(path.write_bytes, file.content)
    return await asyncio.to_thread(_text, path)


def _text(path: Path) -> str:
    return subprocess.run(
        ["pdftotext", "-layout", str(path), "-"],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
    ).stdout


needs_pdf = pytest.mark.skipif(bool(pdf.missing()), reason="no Pango on this machine")


@needs_pdf
async def test_worker_makes_the_pdf(crew: Crew, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ticket = await finished(crew)
    text = await pdf_of(crew, ticket, monkeypatch, tmp_path)
    assert text.count("\f") == 3
    assert "3/3" in text.replace(" ", "")
    for words in ("3 栋 2 单元 1801", "伍拾捌元伍角", "139 0000 0001", "第 1 次", "第三联 业主", "FORM-03"):
        assert words in text, words
    assert (await sheet(crew.company, ticket))["printed"] == 1
    assert (await send(crew.desk, f"{here(ticket)}.pdf")).status_code == 422


@needs_pdf
async def test_worker_writes_in_the_language_of_who_asked(
    cuihu: Company, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    crew = await Crew(cuihu).gather()
    text = await pdf_of(crew, await finished(crew), monkeypatch, tmp_path)
    assert "伍拾捌元伍角" in text
    assert "第三聯 業主" in text
    assert "3 栋 2 单元 1801" in text


async def test_without_pango_the_button_says_why(crew: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "LIBRARIES", ("libnowhere.so.0",))
    ticket = await finished(crew)
    html = await seen(crew.desk, here(ticket))
    assert "libnowhere.so.0" in html
    assert "生成 PDF</button>" not in html
    refused = await send(crew.desk, f"{here(ticket)}.pdf")
    assert refused.status_code == 422
    assert (await sheet(crew.company, ticket))["printed"] == 0
