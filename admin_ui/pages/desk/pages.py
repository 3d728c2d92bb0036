"""`/desk`: find the household, log the request, see the queue."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, FromQuery

from admin_ui.pages import frame
from admin_ui.pages.desk import form as desk_form
from admin_ui.pages.desk import views
from admin_ui.pages.navigation import DESK
from admin_ui.pages.phone.photos import Sent, sent
from core.calls import actions as call_actions
from core.calls import queries as calls
from core.households import actions as households
from core.households.queries import projects
from core.kit.access import can
from core.kit.context import current
from core.kit.errors import DomainError, FieldError, Invalid, NotFound
from core.kit.forms import Bound
from core.kit.i18n import _, gettext
from core.kit.web import render, requires, went
from core.staff import queries as staff
from core.tickets import actions, queries
from core.tickets.queries import NUMBER
from core.tickets.schemas import CHANNELS, IMPACTS, NATURES, URGENCIES, NewTicket

WRONG = frozenset({409, 422})
Form = Bound[desk_form.DeskTicket]


class DeskPages(Controller):
    path = "/desk"
    include_in_schema = False

    @get(guards=[requires("tickets.ticket.register")])
    async def desk(  # noqa: PLR0917 - query parameters
        self,
        request: Request[Any, Any, Any],
        phone: FromQuery[str] = "",
        household: FromQuery[UUID | None] = None,
        q: FromQuery[str] = "",
        kind: FromQuery[str] = "",
        tab: FromQuery[str] = "",
        done: FromQuery[str] = "",
        link: FromQuery[str] = "",
    ) -> Response[Any]:
        """`part` (htmx): `queue`, `calls`, `found` (who it may be, for the form too), `kind` (its chips).
        Who registers without working at the desk is led to their own form.
        """
        if not can(DESK):
            return went(request, frame.address("/m/log", {"household": household}))
        part = frame.in_part(request)
        if part == "calls":
            return render("desk/_calls.html", calls=await calls.ringing())
        if part == "queue":
            return render("desk/_queue.html", **await _queue(tab))
        if part == "kind":
            return render("desk/_kind.html", **await choices(desk_form.begin(kind, {})))
        caller = await views.caller(phone=phone.strip(), household=household, q=q.strip())
        form = desk_form.begin(kind, {**known(caller), **await _linked(link)})
        if part == "found":
            return render("desk/_found.html", caller=caller, relation=views.relation, **await choices(form))
        flashes = [{"text": gettext(_("{number} 已登记"), number=done)}] if NUMBER.match(done) else []
        return await _page(form, caller, tab=tab, flashes=flashes)

    @post(guards=[requires("tickets.ticket.register")], status_code=200)
    async def log(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """422 and 409 show the form again as typed; a request like an earlier one asks what to do. `redraw`
        answers the form that a draft fills, with its household.
        """
        form = await sent(request, desk_form.DeskTicket)
        bound = form.bound
        if bound.raw.pop("redraw", ""):
            return await _redrawn(bound)
        to_print = bool(bound.raw.pop("print", ""))
        try:
            row = await actions.register(*await _registration(form))
        except DomainError as refusal:
            if refusal.status not in WRONG:
                raise
            await form.rescue()
            return await _again(request, bound, refusal)
        number = row["number"]
        if to_print:
            return went(request, f"/tickets/{number}/print")
        if "hx-request" not in request.headers:
            return went(request, f"/desk?done={number}")
        said = _("{number} 已登记") if row["state"] == "registered" else _("{number} 已登记，已派单")
        shown = await choices(desk_form.begin(row["kind"], {}))
        caller = views.Caller()
        headers = frame.toast(gettext(said, number=number))
        return render("desk/_logged.html", headers=headers, caller=caller, relation=views.relation, **shown)

    @post("/calls/{call:uuid}/take", guards=[requires("calls.call.take")], status_code=200)
    async def take(self, request: Request[Any, Any, Any], call: FromPath[UUID]) -> Response[Any]:
        """The number in full and whom it may be; a half-written form stays. 409 for who comes second."""
        phone = await call_actions.take(call)
        if "hx-request" not in request.headers:
            return went(request, frame.address("/desk", {"phone": phone}))
        caller = await views.caller(phone=phone)
        shown = await choices(desk_form.begin(None, known(caller)))
        return render(
            "desk/_taken.html", caller=caller, relation=views.relation, calls=await calls.ringing(), **shown
        )

    @get("/phones/{person:uuid}", guards=[requires("households.phone.reveal")])
    async def phone(self, request: Request[Any, Any, Any], person: FromPath[UUID]) -> Response[str]:
        """A resident's numbers in full; that the desk read them is recorded."""
        numbers = await households.reveal_phone(person, gettext(_("前台查看")))
        if "hx-request" in request.headers:
            return render("desk/_phone.html", numbers=numbers)
        return await frame.page("desk/phone.html", numbers=numbers)


async def _registration(form: Sent) -> tuple[NewTicket, list[FieldError]]:
    """The request with what came along, such as a letter's scan; a file that is refused is one more field."""
    new, wrong = desk_form.registration(form.bound)
    try:
        new.attachments = await form.store()
    except Invalid as refusal:
        wrong += refusal.errors
    return new, wrong


async def _again(request: Request[Any, Any, Any], bound: Form, refusal: DomainError) -> Response[str]:
    household = bound.raw.get("household_id") or None
    caller = await views.caller(household=_id(household)) if household else views.Caller()
    desk_form.refused(bound, refusal)
    earlier = desk_form.earlier_choice(bound)
    if "hx-request" in request.headers:
        shown = await choices(bound)
        return render("desk/_form.html", status=refusal.status, caller=caller, earlier=earlier, **shown)
    return await _page(bound, caller, status=refusal.status, earlier=earlier)


async def _linked(number: str) -> dict[str, Any]:
    """An earlier ticket that the new one is to follow (TK-07); raises NotFound for one not seen."""
    if not number:
        return {}
    return {"duplicate": "link", "duplicate_of": str((await queries.row_of(number))["id"])}


async def _redrawn(bound: Form) -> Response[str]:
    try:
        caller = await views.caller(household=_id(bound.raw.get("household_id")))
    except NotFound:
        caller = views.Caller()
    return render(
        "desk/_redrawn.html", caller=caller, relation=views.relation, earlier=[], **await choices(bound)
    )


def _id(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def known(caller: views.Caller) -> dict[str, Any]:
    """What the form need not ask."""
    said: dict[str, Any] = {"contact_phone": caller.shown}
    if caller.chosen is not None:
        said |= {"household_id": str(caller.chosen.id), "project_id": str(caller.chosen.project_id)}
    return said


async def _page(
    form: Form, caller: views.Caller, *, status: int = 200, tab: str = "", **more: Any
) -> Response[str]:
    shown = await choices(form)
    line = await views.queue(tab, {d["value"]: d["label"] for d in shown["departments"]})
    values = {"earlier": [], "flashes": [], **more}
    return await frame.page(
        "desk/page.html", status=status, caller=caller, relation=views.relation, **shown, **line, **values
    )


async def _queue(tab: str) -> dict[str, Any]:
    return await views.queue(tab, {d.code: d.name for d in await staff.departments()})


def _marks(kind: str) -> dict[str, str]:
    """What the form's parts are shown by, without any script."""
    intake = frame.intake_of(kind)
    marks = {"data-visited": intake.visited, "data-nameless": intake.anonymous}
    return {name: "" for name, holds in marks.items() if holds}


async def choices(form: Form) -> dict[str, Any]:
    """The form with everything it chooses from; two queries."""
    estates = await projects()
    if not form.raw.get("project_id") and estates:
        form.raw["project_id"] = str(estates[0].id)
    kind = str(form.raw.get("kind", ""))
    details = desk_form.details_of(kind)
    return {
        "form": form,
        "kind": kind,
        "kinds": [
            {"value": flow.name, "label": gettext(flow.title), "icon": flow.icon, "attrs": _marks(flow.name)}
            for flow in frame.ticket_kinds()
        ],
        "items": desk_form.items_of(kind),
        "details": details,
        "named": {"photos": gettext(_("附件")), **{f"{desk_form.DETAIL}{x.name}": x.label for x in details}},
        "estates": [{"value": str(p.id), "label": p.name} for p in estates],
        "departments": [{"value": d.code, "label": d.name} for d in await staff.departments()],
        "urgencies": frame.options(URGENCIES),
        "impacts": frame.options(IMPACTS),
        "channels": frame.options(CHANNELS),
        "natures": frame.options(NATURES),
        "further": desk_form.FURTHER,
        "nameless": any(frame.intake_of(flow.name).anonymous for flow in frame.ticket_kinds()),
        "visits": frame.options(desk_form.VISITS),
        "me": current().somebody.name,
    }
