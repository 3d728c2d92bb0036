"""The mechanism beneath all papers: declarations by company, counted prints, drawings, jobs that refuse."""

from uuid import UUID

import pytest

from core.documents import actions, jobs, marks, pdf, queries
from core.documents.errors import DocumentUnknown, PdfUnavailable, ReprintReasonRequired
from core.documents.schemas import Printing
from core.kit import clock, sql, tasks
from core.kit.context import Actor
from core.kit.ids import new_id
from core.tickets.papers import ORDER
from tests.factories import Company

pytestmark = pytest.mark.anyio
CLERK = Actor(UUID(int=6), "前台甲", "clerk")
JOBS = "select count(*) from core.kit_outbox where tenant_id = $1 and name = 'documents.pdf'"


async def test_only_papers_of_plugins_that_are_on_are_known(yunqi: Company) -> None:
    async with yunqi.inside():
        assert queries.document(ORDER).title == "维修派工单"
        assert queries.document("property_desk.goods_slip").paper == "A5"
        with pytest.raises(DocumentUnknown):
            queries.document("property_desk.nothing")


async def test_prints_are_counted_per_record_and_company(yunqi: Company, cuihu: Company) -> None:
    record = new_id()
    async with yunqi.inside(CLERK):
        paper = queries.document(ORDER)
        assert await queries.last_print(ORDER, record) is None
        first = await actions.count_print(paper, record)
        assert (first.times, first.by, first.actor) == (1, "前台甲", CLERK.id)
    async with yunqi.inside(CLERK):
        with pytest.raises(ReprintReasonRequired):
            await actions.count_print(paper, record, reason="  ")
        assert (await actions.count_print(paper, record, reason="x" * 900)).times == 2
    async with yunqi.inside(CLERK):
        last = await queries.last_print(ORDER, record)
        assert last is not None
        assert (last.times, last.by) == (2, "前台甲")
        assert await queries.last_print("tickets.request", record) is None
    async with cuihu.inside(CLERK):
        assert await queries.last_print(ORDER, record) is None
        assert (await actions.count_print(paper, record)).times == 1


async def test_without_pango_nothing_is_enqueued(yunqi: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "LIBRARIES", ("libnowhere.so.0",))
    printing = Printing(by="前台甲", at=clock.now(), times=1)
    async with yunqi.inside(CLERK):
        with pytest.raises(PdfUnavailable):
            await actions.request_pdf(queries.document(ORDER), new_id(), printing, name="WX-1")
        assert await sql.value(JOBS) == 0


async def test_refused_paper_ends_its_task_and_is_not_tried_again(yunqi: Company) -> None:
    """Nobody's record: the task says so, the job itself is done."""
    async with yunqi.inside(CLERK):
        task = await tasks.create_task("pdf", {})
    async with yunqi.inside(CLERK):
        await jobs.make_pdf(
            task=task,
            document=ORDER,
            record=new_id(),
            name="x.pdf",
            locale="zh-Hant",
            printing=Printing(by="前台甲", at=clock.now(), times=1),
        )
    async with yunqi.inside(CLERK):
        seen = await tasks.get(task)
        assert (seen.state, seen.error) == ("failed", "not_found")


async def test_signature_is_drawn_from_strokes_and_from_nothing_else() -> None:
    drawn = marks.signature({"w": 300, "h": 120, "strokes": [[[1, 2, 0], [3, 4, 9]]]})
    assert 'd="M1 2L3 4"' in drawn
    assert marks.signature(None) == ""
    assert marks.signature({"w": 1, "h": 1, "strokes": [["<script>"]]}) == ""


async def test_code_is_an_svg_without_size(yunqi: Company) -> None:
    assert marks.qr("x").startswith("<svg")
    assert "width=" not in marks.qr("x").split(">", maxsplit=1)[0]
