"""`/tickets/{number}/print`: a paper on screen, its counted print, and the PDF a worker makes of it."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from msgspec import Meta

from admin_ui.pages import frame
from core.documents import actions as documents
from core.documents import pdf, queries, rendering
from core.documents.errors import ReprintReasonRequired
from core.documents.schemas import LONGEST_REASON, Printing
from core.kit import tasks
from core.kit.errors import DomainError
from core.kit.i18n import _, gettext
from core.kit.web import render, requires, submitted, went
from core.tickets import printing
from core.tickets import queries as tickets
from core.tickets.papers import PRINT, REQUEST
from core.tickets.printing import Paper

GUARDS = [requires(PRINT)]
Page = Response[Any]
Counted = Annotated[bool, QueryParameter(name="print")]


class Print(msgspec.Struct, kw_only=True):
    """What the print button sends; `form` and `order` say which of the ticket's papers."""

    form: Annotated[str, Meta(max_length=20)] = ""
    order: Annotated[str, Meta(max_length=60)] = ""
    reason: Annotated[str, Meta(max_length=LONGEST_REASON)] = ""

    @property
    def chosen(self) -> dict[str, str]:
        return {"form": self.form, "order": self.order}


class PaperPages(Controller):
    path = "/tickets/{number:str}"
    include_in_schema = False
    guards = GUARDS

    @get("/print")
    async def show(
        self,
        number: FromPath[str],
        form: FromQuery[str] = "",
        order: FromQuery[str] = "",
        counted: Counted = False,  # noqa: FBT002 - a query parameter
    ) -> Page:
        """A look that counts nothing; with `print=1` the paper as this caller's last print counted it."""
        row = await tickets.row_of(number)
        asked = Print(form=form, order=order)
        paper = await printing.paper_of(row, form=form, order=order)
        return await _paper(row, paper, asked, counted=paper.mine if counted else None)

    @post("/print")
    async def count(self, request: Request[Any, Any, Any], number: FromPath[str]) -> Page:
        """Count a print and show what goes to the printer. 422 asks why it is printed again."""
        row, paper, asked = await _asked(request, number)
        try:
            await printing.count(row, paper, asked.reason)
        except ReprintReasonRequired as refusal:
            return await _paper(row, paper, asked, refusal=refusal)
        return went(request, frame.address(_here(row), {**asked.chosen, "print": 1}))

    @post("/print.pdf")
    async def make(self, request: Request[Any, Any, Any], number: FromPath[str]) -> Page:
        """Count a print and have a worker make the PDF of it."""
        row, paper, asked = await _asked(request, number)
        try:
            counted = await printing.count(row, paper, asked.reason)
            task = await documents.request_pdf(paper.document, paper.record, counted, name=paper.number)
        except DomainError as refusal:
            if refusal.status != 422:  # noqa: PLR2004 - what the form can answer
                raise
            return await _paper(row, paper, asked, refusal=refusal)
        return went(request, frame.address(f"{_here(row)}.pdf", {**asked.chosen, "task": task}))

    @get("/print.pdf")
    async def wait(
        self,
        request: Request[Any, Any, Any],
        number: FromPath[str],
        task: FromQuery[UUID | None] = None,
        form: FromQuery[str] = "",
        order: FromQuery[str] = "",
    ) -> Page:
        """How far the PDF is; without a task the paper itself, whose button starts one."""
        row = await tickets.row_of(number)
        asked = Print(form=form, order=order)
        here = frame.address(_here(row), asked.chosen)
        if task is None:
            return went(request, here)
        paper = await printing.paper_of(row, form=form, order=order)
        values: dict[str, Any] = {
            "ticket": row,
            "paper": paper,
            "task": await tasks.get(task),
            "here": here,
            "back": f"/tickets/{row['number']}",
            "src": frame.address(f"{_here(row)}.pdf", {**asked.chosen, "task": task, "part": "task"}),
        }
        if frame.in_part(request) == "task":
            return render("papers/_pdf.html", **values)
        return await frame.page("papers/pdf.html", **values)


def _here(row: Mapping[str, Any]) -> str:
    return f"/tickets/{row['number']}/print"


async def _asked(request: Request[Any, Any, Any], number: str) -> tuple[Mapping[str, Any], Paper, Print]:
    asked = (await submitted(request, Print)).struct()
    row = await tickets.row_of(number)
    return row, await printing.paper_of(row, form=asked.form, order=asked.order), asked


async def _paper(
    row: Mapping[str, Any],
    paper: Paper,
    asked: Print,
    *,
    counted: Printing | None = None,
    refusal: DomainError | None = None,
) -> Page:
    is_request = paper.document.name == REQUEST
    here = _here(row)
    form = {"href": here, "label": gettext(_("维修派工单"))}
    if not is_request:
        form = {"href": f"{here}?form=request", "label": gettext(_("客户诉求登记表"))}
    html = await rendering.html(
        paper.document,
        paper.record,
        counted or queries.unprinted(),
        paper=paper,
        here=here,
        back=f"/tickets/{row['number']}",
        chosen=asked.chosen,
        counted=counted is not None,
        refusal=gettext(refusal.message, **refusal.params) if refusal else "",
        pdf_missing=pdf.missing(),
        other=form if not is_request or asked.form else None,
    )
    return Response(html, status_code=refusal.status if refusal else 200, media_type="text/html")


PAGES = [PaperPages]
