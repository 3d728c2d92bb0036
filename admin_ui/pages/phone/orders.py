"""`/m/orders`: what waits for a department's order-taker to sign for or decline, then who goes (SLA-02)."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, FromQuery

from admin_ui.pages import frame
from admin_ui.pages.phone import forms, views
from core.flows.engine import known_flow
from core.kit.access import can
from core.kit.context import current
from core.kit.errors import DomainError, NotFound
from core.kit.forms import Bound
from core.kit.i18n import _, gettext
from core.kit.web import render, requires, submitted, went
from core.staff import queries as staff
from core.staff.duty_queries import candidates
from core.tickets import actions, job_queries, queries
from core.tickets import schemas as s
from core.tickets.hands import order_taker
from core.tickets.schemas import TicketRow

PATH = "/m/orders"
FORMS: dict[str, type[msgspec.Struct]] = {"accept": forms.Nothing, "decline": s.Reason, "assign": s.Assign}
DONE = {"accept": _("已接单"), "decline": _("已退单，前台会改派"), "assign": _("已派工")}
Forms = Mapping[tuple[str, str], Bound[Any]]


class OrderPages(Controller):
    path = PATH
    include_in_schema = False
    guards = [requires("tickets.ticket.accept")]

    @get()
    async def waiting(self, part: FromQuery[str] = "", opened: FromQuery[str] = "") -> Response[str]:
        """`opened` is the order whose engineer is to be chosen now."""
        if part == "list":
            return render("phone/_orders.html", **await _shown({}, opened))
        return await frame.page("phone/orders.html", **await _shown({}, opened))

    @post("/{number:str}/{step:str}")
    async def take(
        self, request: Request[Any, Any, Any], number: FromPath[str], step: FromPath[str]
    ) -> Response[Any]:
        """Accept, decline, assign. 422 and 409 answer the form as it was sent."""
        if step not in FORMS:
            raise NotFound
        row = await queries.row_of(number)
        bound: Bound[Any] = await submitted(request, FORMS[step])
        try:
            after = await actions.move(row["id"], step, raw=bound.raw, browser=True)
        except DomainError as refusal:
            if refusal.status not in forms.WRONG or step == "accept":
                raise
            return await _again(request, row, step, forms.refused(bound, refusal), refusal.status)
        may_assign = step == "accept" and _may(after["kind"], "assign", after["project_id"])
        here = frame.address(PATH, {"opened": after["number"] if may_assign else ""})
        return went(request, here, toast=gettext(DONE[step]))


async def _again(
    request: Request[Any, Any, Any], row: Mapping[str, Any], step: str, bound: Bound[Any], status: int
) -> Response[str]:
    number = row["number"]
    bound.prefix = _prefix(number, step)
    if "hx-request" not in request.headers:
        values = await _shown({(number, step): bound}, "")
        return await frame.page("phone/orders.html", status=status, **values)
    one = {"number": number, "room": row["room"] or row["place"] or ""}
    if step == "assign":
        one["engineers"] = await _engineers(row["project_id"])
    return render(
        f"phone/forms/{step}.html", status=status, form=bound, one=one, sizes=frame.options(s.SIZES)
    )


async def departments() -> list[str]:
    """Those this person takes orders for: by role, or as one of the department; none named means all."""
    me = current().somebody
    known = [department.code for department in await staff.departments()]
    return [code for code in known if order_taker(code) in me.roles or code in me.departments]


async def _shown(again: Forms, opened: str) -> dict[str, Any]:
    mine = await departments()
    names = {department.code: department.name for department in await staff.departments()}
    waiting = [_line(row, names, again, "decline") for row in await job_queries.to_accept(mine)]
    assignable = [row for row in await job_queries.pool(mine) if _may(row.kind, "assign", row.project_id)]
    engineers = {project: await _engineers(project) for project in {row.project_id for row in assignable}}
    unassigned = [
        {**_line(row, names, again, "assign"), "engineers": engineers[row.project_id]} for row in assignable
    ]
    return {
        "waiting": waiting,
        "unassigned": unassigned,
        "opened": opened,
        "here": frame.address(PATH, {"part": "list", "opened": opened}),
        "sizes": frame.options(s.SIZES),
    }


def _line(row: TicketRow, names: Mapping[str, str], again: Forms, step: str) -> dict[str, Any]:
    bound = again.get((row.number, step))
    return {
        **views.line(row),
        "department": names.get(row.department or "", ""),
        "may": _may(row.kind, "accept", row.project_id),
        "form": bound or Bound(FORMS[step], prefix=_prefix(row.number, step)),
        "refused": bound is not None,
    }


def _prefix(number: str, step: str) -> str:
    return f"{step}-{number}-"


def _may(kind: str, name: str, project: Any) -> bool:
    """Whether this person may take that arrow of the kind; a kind without it has none to take."""
    flow = known_flow(kind)
    arrow = flow.transition(name) if flow else None
    return arrow is not None and can(arrow.permission, project)


async def _engineers(project: Any) -> list[dict[str, Any]]:
    """Those on duty first; the others are named and cannot be chosen."""
    return [
        {
            "value": str(one.id),
            "label": one.name if one.on_duty else gettext(_("{name}（不在岗）"), name=one.name),
            "disabled": not one.on_duty,
        }
        for one in await candidates("engineer", project)
    ]
