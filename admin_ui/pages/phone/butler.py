"""`/m/butler`: open tickets of the buildings a butler looks after, and the report to the desk in one tap."""

from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, FromQuery
from msgspec import Meta

from admin_ui import pills
from admin_ui.pages import frame
from admin_ui.pages.phone import views
from core.kit.context import current
from core.kit.errors import DomainError
from core.kit.forms import Bound
from core.kit.i18n import _, gettext
from core.kit.web import render, requires, submitted, went
from core.tickets import actions, job_queries, queries
from core.tickets.schemas import NewNote

PHRASES = (
    _("师傅已到现场，正在处理"),
    _("已联系业主，约好上门时间"),
    _("等配件，已告知业主"),
    _("已处理完，业主满意"),
)
WRONG = frozenset({409, 422})


class Report(msgspec.Struct, kw_only=True):
    """`phrase` is a button with the words on it; what is typed comes first."""

    note: Annotated[str, Meta(title=_("回复内容"), max_length=4000)] | None = None
    phrase: Annotated[str, Meta(max_length=400)] | None = None


class ButlerPages(Controller):
    path = "/m/butler"
    include_in_schema = False
    guards = [requires("tickets.butler.report")]

    @get()
    async def mine(self, part: FromQuery[str] = "") -> Response[str]:
        return await _page(part=part)

    @post("/{number:str}/report")
    async def report(self, request: Request[Any, Any, Any], number: FromPath[str]) -> Response[Any]:
        """422 with the form for an empty report; 403 for another butler's building."""
        row = await queries.row_of(number)
        bound = await submitted(request, Report)
        try:
            said = bound.struct()
            words = said.note or said.phrase or ""
            await actions.add_note(row["id"], _note(words))
        except DomainError as refusal:
            if refusal.status not in WRONG:
                raise
            bound.refused(refusal)
            bound.prefix = row["number"] + "-"
            if "hx-request" in request.headers:
                one = {"number": row["number"], "room": row["room"] or row["place"] or ""}
                return render(
                    "phone/forms/report.html", status=refusal.status, form=bound, one=one, phrases=PHRASES
                )
            return await _page({row["number"]: bound}, status=refusal.status)
        return went(request, "/m/butler", toast=gettext(_("已回复前台")))


def _note(words: str) -> NewNote:
    return Bound(NewNote, {"type": "butler_report", "note": words}).struct()


async def _page(
    again: dict[str, Bound[Any]] | None = None, *, part: str = "", status: int = 200
) -> Response[str]:
    tickets = []
    for found in await job_queries.of_butler(current().somebody.id):
        one = views.line(found.row)
        one["reported_at"] = found.reported_at
        one["report"] = pills.of_clock(found.report) if found.report else None
        one["engineer"] = found.row.engineer_name
        one["status"] = pills.status(found.row.kind, found.row.state)
        one["form"] = (again or {}).get(one["number"]) or Bound(Report, prefix=one["number"] + "-")
        tickets.append(one)
    if part == "list":
        return render("phone/_butler.html", tickets=tickets, phrases=PHRASES)
    return await frame.page("phone/butler.html", status=status, tickets=tickets, phrases=PHRASES)
