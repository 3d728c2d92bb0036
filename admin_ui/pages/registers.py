"""`/tickets/register` and `/callbacks/register`: the daily repair register (FORM-02) and that of call-backs
(FORM-06), on screen page by page and on paper whole.
"""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, get_args
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get

from admin_ui import pills
from admin_ui.pages import frame
from core.callbacks import register_queries as call_backs
from core.callbacks.schemas import METHODS, RESULTS, SATISFACTIONS
from core.documents import queries as documents
from core.households.queries import projects
from core.kit import clock, paging
from core.kit.context import current
from core.kit.errors import DomainError, Invalid
from core.kit.forms import Bound
from core.kit.i18n import _, gettext
from core.kit.web import render, requires
from core.tickets import items
from core.tickets import register_queries as repairs
from core.tickets.register_queries import Period

SIZE, MOST_PRINTED = 50, 1000
REPAIRS_PATH, CALL_BACKS_PATH = "/tickets/register", "/callbacks/register"
SHEETS = {"returned": _("已返单"), "out": _("未返单"), "withdrawn": _("不再办理")}
Read = Callable[..., Awaitable[paging.Page[Any]]]


class Asked(msgspec.Struct, kw_only=True):
    """The query of the address. Days that are not understood are today's, other things are left out."""

    first: str = ""
    last: str = ""
    project: str = ""
    result: str = ""
    after: str = ""
    before: str = ""

    def period(self) -> Period:
        return Period.of(_day(self.first), _day(self.last), _id(self.project))


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """One register: where it is, what it is called, who may read it, and its lines."""

    path: str
    form: str
    title: str
    permission: str
    read: Read
    at: str
    results: dict[str, str]
    line: Callable[[Any], dict[str, Any]]
    template: str


def _repair(row: repairs.RepairLine) -> dict[str, Any]:
    return {
        "row": row,
        "status": pills.status(row.kind, row.state),
        "item": gettext(items.label(row.kind, row.item)) if row.item else "",
    }


def _call_back(row: call_backs.CallBackLine) -> dict[str, Any]:
    said = SATISFACTIONS.get(row.satisfaction or "") or RESULTS.get(row.result, row.result)
    return {
        "row": row,
        "kind": pills.kind(row.kind),
        "method": gettext(METHODS.get(row.method, row.method)),
        "said": gettext(said),
        "tone": {"satisfied": "ok", "dissatisfied": "danger"}.get(row.satisfaction or "", ""),
    }


REPAIRS = Book(
    path=REPAIRS_PATH,
    form="FORM-02",
    title=_("维修登记本"),
    permission=repairs.VIEW,
    read=repairs.repairs,
    at="created_at",
    results=SHEETS,
    line=_repair,
    template="registers/_repairs.html",
)
CALL_BACKS = Book(
    path=CALL_BACKS_PATH,
    form="FORM-06",
    title=_("业户回访记录"),
    permission=call_backs.VIEW,
    read=call_backs.call_backs,
    at="at",
    results={name: (RESULTS | SATISFACTIONS)[name] for name in get_args(call_backs.Result)},
    line=_call_back,
    template="registers/_call_backs.html",
)


class RepairRegister(Controller):
    path = REPAIRS_PATH
    include_in_schema = False
    guards = [requires(REPAIRS.permission)]

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _page(REPAIRS, request)

    @get("/print")
    async def paper(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _paper(REPAIRS, request)


class CallBackRegister(Controller):
    path = CALL_BACKS_PATH
    include_in_schema = False
    guards = [requires(CALL_BACKS.permission)]

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _page(CALL_BACKS, request)

    @get("/print")
    async def paper(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _paper(CALL_BACKS, request)


def _asked(request: Request[Any, Any, Any]) -> Asked:
    return Asked(**{name: request.query_params.get(name, "") for name in Asked.__struct_fields__})


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


async def _page(book: Book, request: Request[Any, Any, Any]) -> Response[str]:
    asked = _asked(request)
    period = asked.period()
    form = Bound(Period, {"first": period.first.isoformat(), "last": period.last.isoformat()})
    try:
        found = await _lines(book, asked, period)
    except DomainError as refusal:
        found, form = paging.Page([], None), form.refused(refusal)
    chosen = {
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "project": str(period.project or ""),
        "result": frame.one_of(asked.result, book.results, ""),
    }
    estates = {str(one.id): one.name for one in await projects(book.permission)}
    values: dict[str, Any] = {
        "book": book,
        "form": form,
        "chosen": chosen,
        "lines": [book.line(row) | {"estate": estates.get(str(row.project_id), "")} for row in found.items],
        "pages": _pages(book, asked, chosen, found),
        "results": frame.options(book.results),
        "estates": [{"value": value, "label": label} for value, label in estates.items()],
        "print_at": frame.address(f"{book.path}/print", chosen),
    }
    return await frame.page("registers/page.html", status=422 if form.errors else 200, **values)


async def _lines(book: Book, asked: Asked, period: Period) -> paging.Page[Any]:
    """An old cursor that is not understood leads to the first page."""
    result = frame.one_of(asked.result, book.results, "") or None
    try:
        return await book.read(
            period, result=result, cursor=asked.before or asked.after, limit=SIZE, back=bool(asked.before)
        )
    except Invalid:
        asked.after = asked.before = ""
        return await book.read(period, result=result, limit=SIZE)


def _pages(book: Book, asked: Asked, chosen: dict[str, str], found: paging.Page[Any]) -> dict[str, str]:
    """Links to the neighbours."""
    if not found.items:
        return {}
    first, last = (paging.encode(*repairs.key_of(found.items[end], book.at)) for end in (0, -1))
    before = bool(found.next) if asked.before else bool(asked.after)
    after = True if asked.before else bool(found.next)
    return {
        "prev": frame.address(book.path, {**chosen, "before": first}) if before else "",
        "next": frame.address(book.path, {**chosen, "after": last}) if after else "",
    }


async def _paper(book: Book, request: Request[Any, Any, Any]) -> Response[str]:
    """All lines of the view; where they are too many, the first thousand and a word about it."""
    asked = _asked(request)
    period = asked.period()
    result = frame.one_of(asked.result, book.results, "") or None
    found = await book.read(period, result=result, limit=MOST_PRINTED)
    estates = {one.id: one.name for one in await projects(book.permission)}
    several = period.project is None and len(estates) > 1
    return render(
        "registers/print.html",
        book=book,
        company=current().tenant.name,
        centre=_centre(estates, period.project),
        period=period,
        result=gettext(book.results[result]) if result else "",
        lines=[
            book.line(row) | {"estate": estates.get(row.project_id, "") if several else ""}
            for row in found.items
        ],
        cut=bool(found.next),
        most=MOST_PRINTED,
        printing=documents.unprinted(),
        printed_at=clock.now(),
        back=frame.address(
            book.path,
            {"first": period.first, "last": period.last, "project": asked.project, "result": asked.result},
        ),
        preview=True,
    )


def _centre(estates: dict[UUID, str], chosen: UUID | None) -> str:
    """Whose register it is: the estate's chosen, or the only one's."""
    name = estates.get(chosen, "") if chosen else next(iter(estates.values())) if len(estates) == 1 else ""
    return gettext(_("{project}客户服务中心"), project=name) if name else ""


PAGES = [RepairRegister, CallBackRegister]
