"""`/m/log`: whoever is asked first writes it down, wherever they stand (TK-01, 首问责任制)."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromQuery
from msgspec import Meta

from admin_ui.pages import frame
from admin_ui.pages.phone.photos import Sent, sent
from core.households import queries as households
from core.kit.access import can
from core.kit.errors import DomainError, FieldError, NotFound
from core.kit.forms import Bound
from core.kit.i18n import _, gettext
from core.kit.web import render, requires, went
from core.staff import queries as staff
from core.tickets import actions
from core.tickets import schemas as s
from core.tickets.queries import NUMBER

PATH = "/m/log"
REGISTER, DISPATCH = "tickets.ticket.register", "tickets.ticket.dispatch"
WRONG = frozenset({409, 422})
CHANNELS = ("in_person", "phone", "visit", "patrol", "other")
"""How something reaches somebody on their feet."""


class LoggedTicket(msgspec.Struct, kw_only=True):
    """What the phone sends; `unit_id` or `place` says where."""

    kind: Annotated[str, Meta(title=_("类型"), max_length=40)]
    content: Annotated[str, Meta(title=_("诉求内容"), min_length=2, max_length=4000)]
    channel: Annotated[s.Channel, Meta(title=_("来源"))] = "in_person"
    unit_id: Annotated[UUID, Meta(title=_("房号"))] | None = None
    project_id: Annotated[UUID, Meta(title=_("小区"))] | None = None
    place: Annotated[str, Meta(title=_("公共区域或地址"), max_length=200)] | None = None
    requester: Annotated[str, Meta(title=_("诉求人"), max_length=60)] | None = None
    contact_phone: Annotated[str, Meta(title=_("联系电话"), max_length=40)] | None = None
    urgency: Annotated[s.Urgency, Meta(title=_("紧急程度"))] = "normal"
    dispatch_to: Annotated[str, Meta(title=_("派给"), max_length=40)] | None = None


class LogPages(Controller):
    path = PATH
    include_in_schema = False
    guards = [requires(REGISTER)]

    @get()
    async def form(
        self, done: FromQuery[str] = "", household: FromQuery[UUID | None] = None
    ) -> Response[str]:
        """`done` is the number of what was registered just now; `household` whom it is for. 404 where that is
        out of sight.
        """
        number = done if NUMBER.match(done) else ""
        start = {"kind": _first_kind(), "channel": "in_person", "urgency": "normal"}
        if household is not None:
            unit = (await households.household(household)).unit
            start |= {"unit_id": str(unit.id), "q": unit.room_short}
        return await _page(Bound(LoggedTicket, start), number=number)

    @post()
    async def log(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """422 and 409 answer the form as it was sent; its photos are kept."""
        form = await sent(request, LoggedTicket)
        try:
            row = await actions.register(await _registration(form))
        except DomainError as refusal:
            if refusal.status not in WRONG:
                raise
            return await _again(request, form, refusal)
        said = _("{number} 已登记") if row["state"] == "registered" else _("{number} 已登记，已派单")
        here = frame.address(PATH, {"done": row["number"]})
        return went(request, here, toast=gettext(said, number=row["number"]))


async def _registration(form: Sent) -> s.NewTicket:
    """Without the right to dispatch it stays with the desk, whatever was sent."""
    said = form.bound.struct()
    project = await _project(said)
    return s.NewTicket(
        kind=said.kind,
        project_id=project,
        unit_id=said.unit_id,
        place=said.place,
        content=said.content,
        channel=said.channel,
        requester=said.requester,
        contact_phone=said.contact_phone,
        urgency=said.urgency,
        dispatch_to=said.dispatch_to if can(DISPATCH, project) else None,
        attachments=await form.store(),
    )


async def _project(said: LoggedTicket) -> UUID:
    """The room's; else the one named, or the only one there is. Raises NotFound for a room out of sight."""
    if said.unit_id is not None:
        return (await households.unit(said.unit_id)).project_id
    if said.project_id is not None:
        return said.project_id
    known = await households.projects(REGISTER)
    if not known:
        raise NotFound
    return known[0].id


async def _again(request: Request[Any, Any, Any], form: Sent, refusal: DomainError) -> Response[str]:
    await form.rescue()
    form.bound.refused(refusal)
    form.bound.errors = [
        FieldError("photos" if error.field == "attachments" else error.field, error.key, error.params)
        for error in form.bound.errors
    ]
    if "hx-request" in request.headers:
        return render("phone/forms/log.html", status=refusal.status, **await _values(form.bound))
    return await _page(form.bound, status=refusal.status)


async def _page(bound: Bound[LoggedTicket], *, status: int = 200, number: str = "") -> Response[str]:
    return await frame.page("phone/log.html", status=status, done=number, **await _values(bound))


async def _values(bound: Bound[LoggedTicket]) -> dict[str, Any]:
    estates = await households.projects(REGISTER)
    may_dispatch = can(DISPATCH)
    return {
        "form": bound,
        "kinds": [
            {"value": flow.name, "label": gettext(flow.title), "icon": flow.icon}
            for flow in frame.ticket_kinds()
        ],
        "channels": frame.options({name: s.CHANNELS[name] for name in CHANNELS}),
        "urgencies": frame.options(s.URGENCIES),
        "estates": [{"value": str(one.id), "label": one.name} for one in estates],
        "may_search": can(households.VIEW),
        "departments": [{"value": d.code, "label": d.name} for d in await staff.departments()]
        if may_dispatch
        else [],
    }


def _first_kind() -> str:
    return next((flow.name for flow in frame.ticket_kinds()), "")
