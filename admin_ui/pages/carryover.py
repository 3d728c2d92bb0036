"""`/carryover`: what is unfinished when the desk closes, with reason and next step of each (TK-06)."""

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromQuery

from admin_ui import pills
from admin_ui.pages import clocks, frame
from core.carryover import actions, queries
from core.carryover.permissions import VIEW, WRITE
from core.carryover.schemas import TYPES, ClosingList, Entry, Line, NewEntry
from core.households import queries as households
from core.kit import clock
from core.kit.access import can
from core.kit.context import current
from core.kit.errors import DomainError
from core.kit.forms import Bound
from core.kit.i18n import _, gettext
from core.kit.web import render, requires, submitted, went
from core.staff import queries as staff

PATH = "/carryover"
WRONG = frozenset({409, 422})


class CarryoverPages(Controller):
    path = PATH
    include_in_schema = False

    @get(guards=[requires(VIEW)])
    async def show(
        self,
        request: Request[Any, Any, Any],
        project: FromQuery[str] = "",
        day: FromQuery[str] = "",
        ticket: FromQuery[str] = "",
        done: FromQuery[str] = "",
    ) -> Response[str]:
        """`part` (htmx): `list` alone, or `count`, the menu's figure. `done` is the line written just now."""
        part = frame.in_part(request)
        if part == "count":
            return render("carryover/_count.html", unwritten=await queries.unwritten())
        closing = await _closing(project, day)
        chosen = _chosen(closing, ticket)
        if part == "list":
            return render("carryover/_list.html", **await _list(closing, chosen))
        return await _page(closing, chosen, begin=bool(done))

    @post(guards=[requires(WRITE)], status_code=200)
    async def enter(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """On to the next line nobody has written about. 422 and 409 answer the form with what was typed."""
        bound = await submitted(request, NewEntry)
        try:
            made = await actions.enter(bound.struct())
        except DomainError as refusal:
            if refusal.status not in WRONG:
                raise
            return await _again(request, bound.refused(refusal), refusal)
        written = {"project": made.project_id, "day": made.day, "done": bound.raw.get("ticket")}
        return went(request, frame.address(PATH, written), toast=gettext(_("已写入收班清单")))

    @get("/print", guards=[requires(VIEW)])
    async def paper(self, project: FromQuery[str] = "", day: FromQuery[str] = "") -> Response[str]:
        """The list on paper, for the hand-over book."""
        closing = await _closing(project, day)
        estate = await households.project(closing.project_id)
        departments = await _departments()
        return render(
            "carryover/paper.html",
            closing=closing,
            lines=[_line(one, None, departments) for one in closing.lines],
            company=current().tenant.name,
            centre=gettext(_("{project}客户服务中心"), project=estate.name),
            who=current().somebody.name,
            back=_address(closing),
        )


async def _closing(project: str, day: str) -> ClosingList:
    """What is not understood of the address is left out rather than refused."""
    return await queries.closing_list(_id(project), _day(day))


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _chosen(closing: ClosingList, number: str) -> Line | None:
    """The one named, else the first that nobody has written about, else the first."""
    named = next((one for one in closing.lines if one.number == number.upper()), None)
    waiting = next((one for one in closing.lines if one.entry is None), None)
    return named or waiting or next(iter(closing.lines), None)


def _address(closing: ClosingList, path: str = PATH, **more: Any) -> str:
    return frame.address(path, {"project": closing.project_id, "day": closing.day, **more})


async def _page(
    closing: ClosingList,
    chosen: Line | None,
    *,
    form: Bound[NewEntry] | None = None,
    status: int = 200,
    begin: bool = False,
) -> Response[str]:
    """`begin` puts the cursor into the form, for whoever goes through the list line by line."""
    estates = await households.projects(VIEW)
    before, after = closing.before, closing.after if clock.now() >= closing.closes else None
    return await frame.page(
        "carryover/page.html",
        status=status,
        begin=begin,
        estates=[
            {
                "label": one.name,
                "href": frame.address(PATH, {"project": one.id}),
                "current": one.id == closing.project_id,
            }
            for one in estates
        ],
        before=frame.address(PATH, {"project": closing.project_id, "day": before}),
        after=frame.address(PATH, {"project": closing.project_id, "day": after}) if after else "",
        paper=_address(closing, f"{PATH}/print"),
        **await _list(closing, chosen),
        **await _card(closing, chosen, form),
    )


async def _list(closing: ClosingList, chosen: Line | None) -> dict[str, Any]:
    departments = await _departments()
    return {
        "closing": closing,
        "chosen": chosen,
        "lines": [_line(one, chosen, departments) for one in closing.lines],
        "here": _address(closing),
    }


async def _departments() -> dict[str, str]:
    return {one.code: one.name for one in await staff.departments()}


def _line(one: Line, chosen: Line | None, departments: dict[str, str]) -> dict[str, Any]:
    return {
        "one": one,
        "kind": pills.kind(one.kind),
        "status": pills.status(one.kind, one.state),
        "clock": clocks.due_pill(one.due_at),
        "hand": one.hand or departments.get(one.department or "", ""),
        "sheet": gettext(TYPES[one.entry_type]) if one.entry_type == "unreturned_sheet" else "",
        "current": chosen is not None and chosen.ticket_id == one.ticket_id,
    }


async def _card(
    closing: ClosingList, chosen: Line | None, form: Bound[NewEntry] | None = None
) -> dict[str, Any]:
    """What was written of the line, and the form for what is to be written; one query."""
    if chosen is None:
        return {"line": None, "form": None, "written": [], "may_write": False, "may_correct": False}
    written = [one for one in await queries.of_ticket(chosen.ticket_id) if one.day == closing.day]
    may = can(WRITE, closing.project_id)
    return {
        "line": chosen,
        "form": form or _form(closing, chosen, written),
        "written": written,
        "may_write": may and closing.open and not written,
        "may_correct": may and bool(written),
    }


def _form(closing: ClosingList, chosen: Line, written: list[Entry]) -> Bound[NewEntry]:
    """The next step is the next day's unless said; a correction begins with what stands."""
    start = {"ticket": chosen.number, "day": closing.day.isoformat()}
    if not written:
        return Bound(NewEntry, {**start, "next_on": closing.after.isoformat()})
    last = written[-1]
    stands = {"reason": last.reason, "next_step": last.next_step, "next_on": last.next_on.isoformat()}
    return Bound(NewEntry, {**start, **stands, "corrects": str(last.id)})


async def _again(
    request: Request[Any, Any, Any], bound: Bound[NewEntry], refusal: DomainError
) -> Response[Any]:
    """The form as it was sent, what is wrong at its field; what others wrote meanwhile stands above it."""
    raw = bound.raw
    closing = await _closing(str(raw.get("project", "")), str(raw.get("day", "")))
    chosen = next((one for one in closing.lines if one.number == raw.get("ticket")), None)
    if chosen is None:
        raise refusal
    if "hx-request" not in request.headers:
        return await _page(closing, chosen, form=bound, status=refusal.status)
    card = await _card(closing, chosen, bound)
    return render("carryover/_card.html", status=refusal.status, closing=closing, begin=False, **card)
