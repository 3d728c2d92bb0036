"""`/tickets`: all requests this person may see; the address holds everything that is filtered and sorted."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get

from admin_ui import pills
from admin_ui.pages import frame
from admin_ui.pages.tickets import batch
from core.households.queries import projects
from core.kit import paging
from core.kit.context import current
from core.kit.errors import Invalid
from core.kit.i18n import _, gettext
from core.kit.web import render, requires
from core.staff import queries as staff
from core.tickets import list_queries, queries
from core.tickets.flow import STATES
from core.tickets.queries import Filter
from core.tickets.schemas import TicketRow

SIZE = 50
PATH = "/tickets"
STANDINGS = {"open": _("未关闭"), "dispatched": _("待接单")}
SWITCHES = {
    "overdue": _("超时"),
    "urgent": _("紧急"),
    "paid": _("有偿"),
    "reopened": _("重开"),
    "government": _("政府转办"),
    "mine": _("我的"),
}
OPEN = ("open",)
STATE_NAMES = frozenset(state.name for state in STATES)
ENDED = frozenset(state.name for state in STATES if state.final)


class Asked(msgspec.Struct, kw_only=True):
    """The query of the address; what is not understood is left out rather than refused."""

    q: str = ""
    state: str = ""
    kind: str = ""
    project: str = ""
    department: str = ""
    household: str = ""
    overdue: str = ""
    urgent: str = ""
    paid: str = ""
    reopened: str = ""
    government: str = ""
    mine: str = ""
    sort: str = ""
    after: str = ""
    before: str = ""

    def query(self, **changes: str) -> str:
        """The same view with some of it changed; another filter begins at the first page again."""
        kept = {**msgspec.to_builtins(self), "after": "", "before": "", **changes}
        return frame.address(PATH, kept)

    def filter(self) -> Filter:
        states = tuple(name for name in self.state.split(",") if name in STATE_NAMES)
        return Filter(
            state=OPEN if self.state == "open" else states,
            kind=self.kind or None,
            project=_id(self.project),
            department=self.department or None,
            household=_id(self.household),
            overdue=bool(self.overdue),
            urgent=bool(self.urgent),
            paid=bool(self.paid),
            reopened=bool(self.reopened),
            government=bool(self.government),
            responsible=current().somebody.id if self.mine else None,
            sort="due" if self.by_due else "created",
            q=self.q.strip()[:100] or None,
        )

    @property
    def by_due(self) -> bool:
        """What has ended is due no more: its lists are always by time."""
        return self.sort == "due" and not ENDED.intersection(self.state.split(","))

    @property
    def narrowed(self) -> bool:
        kept = {**msgspec.to_builtins(self), "sort": "", "after": "", "before": ""}
        return any(kept.values())


class TicketListPage(Controller):
    path = PATH
    include_in_schema = False

    @get(guards=[requires("tickets.ticket.view")])
    async def tickets(self, request: Request[Any, Any, Any]) -> Response[str]:
        """`part=list` (htmx) is the table alone, for live updates."""
        asked = _asked(request)
        wanted = asked.filter()
        found = await _rows(asked, wanted)
        estates = await projects()
        departments = {d.code: d.name for d in await staff.departments()}
        values: dict[str, Any] = {
            "asked": asked,
            "rows": [_line(row, departments, {p.id: p.name for p in estates}) for row in found.items],
            "columns": _columns(asked),
            "here": asked.query(after=asked.after, before=asked.before),
            "select": "batch" if batch.verbs() else "",
            "verbs": [
                {"name": name, "label": gettext(verb.label), "icon": verb.icon}
                for name, verb in batch.verbs().items()
            ],
            "pages": await _pages(asked, wanted, found),
            "view": _filters(asked),
            "choices": {
                "state": _states(),
                "kind": [{"value": flow.name, "label": gettext(flow.title)} for flow in frame.ticket_kinds()],
                "department": [{"value": code, "label": name} for code, name in departments.items()],
                "project": [{"value": str(p.id), "label": p.name} for p in estates],
            },
        }
        if frame.in_part(request) == "list":
            return render("tickets/_list.html", **values)
        return await frame.page("tickets/list.html", **values)


def _asked(request: Request[Any, Any, Any]) -> Asked:
    known = {name: request.query_params.get(name, "") for name in Asked.__struct_fields__}
    return Asked(**known)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


async def _rows(asked: Asked, wanted: Filter) -> paging.Page[TicketRow]:
    """An old cursor that is not understood leads to the first page."""
    try:
        return await queries.tickets(
            wanted, cursor=asked.before or asked.after, limit=SIZE, back=bool(asked.before)
        )
    except Invalid:
        asked.after = asked.before = ""
        return await queries.tickets(wanted, limit=SIZE)


async def _pages(asked: Asked, wanted: Filter, found: paging.Page[TicketRow]) -> dict[str, str]:
    """Links to the neighbours, and how many there are, exactly up to a thousand."""
    if not found.items:
        return {"prev": "", "next": "", "count": ""}
    first, last = (paging.encode(*queries.key_of(found.items[end], wanted)) for end in (0, -1))
    more_before = bool(found.next) if asked.before else bool(asked.after)
    more_after = True if asked.before else bool(found.next)
    return {
        "prev": asked.query(before=first) if more_before else "",
        "next": asked.query(after=last) if more_after else "",
        "count": await _count(wanted, None if more_before or more_after else len(found.items)),
    }


async def _count(wanted: Filter, known: int | None) -> str:
    """In words; not asked again for words searched, whose hits are cut off anyway."""
    if known is None and wanted.q:
        return ""
    number = await list_queries.count(wanted) if known is None else known
    most = list_queries.COUNTED
    return gettext(_("共 {n} 条") if number <= most else _("超过 {n} 条"), n=f"{min(number, most):,}")


def _filters(asked: Asked) -> dict[str, Any]:
    states = [
        {
            "label": gettext(label),
            "on": asked.state == state,
            "href": asked.query(state="" if asked.state == state else state),
        }
        for state, label in STANDINGS.items()
    ]
    chips = [
        {
            "label": gettext(label),
            "on": bool(getattr(asked, name)),
            "href": asked.query(**{name: "" if getattr(asked, name) else "1"}),
        }
        for name, label in SWITCHES.items()
    ]
    kept = {name: getattr(asked, name) for name in (*SWITCHES, "sort", "household") if getattr(asked, name)}
    return {
        "action": PATH,
        "q": asked.q,
        "placeholder": gettext(_("房号、电话、单号、内容")),
        "chips": [*states, *chips],
        "keep": kept,
    }


def _states() -> list[dict[str, str]]:
    every = [{"value": state.name, "label": gettext(state.label)} for state in STATES]
    return [{"value": "open", "label": gettext(_("未关闭"))}, *every]


def _columns(asked: Asked) -> list[dict[str, str]]:
    by_due = asked.by_due
    return [
        {"label": gettext(_("房号"))},
        {"label": gettext(_("诉求"))},
        {"label": gettext(_("状态"))},
        {
            "label": gettext(_("时限")),
            "sort": asked.query(sort="due"),
            "dir": "ascending" if by_due else "",
        },
        {"label": gettext(_("责任人"))},
        {
            "label": gettext(_("登记")),
            "sort": asked.query(sort=""),
            "dir": "" if by_due else "descending",
        },
    ]


def _line(row: TicketRow, departments: dict[str, str], estates: dict[UUID, str]) -> dict[str, Any]:
    clock = pills.of_row(row)
    return {
        "id": row.number,
        "href": f"{PATH}/{row.number}",
        "label": f"{row.number} {row.room or row.place or ''}",
        "tone": "over" if clock and clock["state"] == "over" else "",
        "row": row,
        "kind": pills.kind(row.kind),
        "status": pills.status(row.kind, row.state),
        "clock": clock,
        "department": departments.get(row.department or "", ""),
        "estate": estates.get(row.project_id, ""),
    }
