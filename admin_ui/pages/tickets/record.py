"""`/tickets/{number}`: a ticket with its steps, clocks and story, and everything that may be done with it."""

from collections.abc import Mapping
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, FromQuery

from admin_ui.pages import frame
from admin_ui.pages.phone import photos
from admin_ui.pages.phone.forms import tidy
from admin_ui.pages.tickets import arrows, shown
from auth.pages import local
from core.callbacks import actions as callbacks
from core.callbacks.schemas import Exempt, NewCallBack
from core.flows.engine import known_flow
from core.kit.errors import DomainError
from core.kit.forms import Bound
from core.kit.i18n import _, gettext
from core.kit.web import render, requires, submitted, went
from core.plugin.contributions import Transition
from core.tickets import actions, queries
from core.tickets.schemas import NewNote

VIEW = requires("tickets.ticket.view")
RECORD = requires("callbacks.call_back.record")
WRONG = frozenset({409, 422})
CLOSED = {
    "closed": _("已回访，工单关闭"),
    "dispatched": _("业主不满意，已重开"),
    "pending_call_back": _("已记录未接通"),
}


class TicketPages(Controller):
    path = "/tickets/{number:str}"
    include_in_schema = False

    @get(guards=[VIEW])
    async def ticket(
        self, request: Request[Any, Any, Any], number: FromPath[str], version: FromQuery[int] = 0
    ) -> Response[str]:
        """`part` (htmx): `top` (steps and clocks, and a word if somebody changed the ticket since
        `version`) or `log`.
        """
        row = await queries.row_of(number)
        part = frame.in_part(request)
        if part == "log":
            seen = await shown.told(row)
            return render("tickets/_log.html", log=shown.log(seen), ticket=row)
        if part == "top":
            return await _top(row, version)
        return await frame.page("tickets/record.html", **await shown.page(row))

    @post("/moves/{name:str}", guards=[VIEW])
    async def move(
        self, request: Request[Any, Any, Any], number: FromPath[str], name: FromPath[str]
    ) -> Response[Any]:
        """Take an arrow. 422 and 409 answer its form with what was typed."""
        row = await queries.row_of(number)
        arrow = _arrow(row, name)
        sent = await photos.sent(request, (arrow.form if arrow else None) or arrows.Nothing)
        version = _version(sent.bound)
        tidy(sent.bound)
        try:
            after = await actions.move(
                number,
                name,
                version=version,
                raw={key: value for key, value in sent.bound.raw.items() if key != "q"},
                attachments=await sent.store(),
                browser=True,
            )
        except DomainError as refusal:
            if refusal.status not in WRONG or arrow is None:
                raise
            return await _refused(request, number, arrow, sent, refusal)
        said = gettext(
            _("{number}：{action}"), number=after["number"], action=gettext(arrow.label if arrow else "")
        )
        return went(request, f"/tickets/{after['number']}", toast=said)

    @post("/notes", guards=[requires("tickets.ticket.note")], status_code=200)
    async def note(self, request: Request[Any, Any, Any], number: FromPath[str]) -> Response[Any]:
        """A line of the timeline; answers the clean form and the timeline."""
        sent = await photos.sent(request, NewNote)
        sent.bound.prefix = "note-"
        row = await queries.row_of(number)
        try:
            sent.bound.raw["attachments"] = [str(identity) for identity in await sent.store()]
            await actions.add_note(number, sent.bound.struct())
        except DomainError as refusal:
            if refusal.status not in WRONG:
                raise
            await sent.rescue()
            sent.bound.refused(refusal)
            return await _note_again(request, row, sent, refusal.status)
        if "hx-request" not in request.headers:
            return went(request, f"/tickets/{row['number']}")
        seen = await shown.told(row)
        values = {
            **shown.head(seen),
            "note": shown.note_form(),
            "note_types": shown.note_types(row),
            "kept": [],
        }
        return render(
            "tickets/_noted.html", headers=frame.toast(gettext(_("已记录"))), log=shown.log(seen), **values
        )

    @post("/call-back", guards=[RECORD])
    async def call_back(self, request: Request[Any, Any, Any], number: FromPath[str]) -> Response[Any]:
        """Record an attempt: closed, reopened, or waiting for the next (CB-01)."""
        bound = await submitted(request, NewCallBack)
        back = local(str(bound.raw.pop("next", "")) or f"/tickets/{number}")
        bound.prefix = "cb-"
        try:
            after = await callbacks.record(number, *bound.partly())
        except DomainError as refusal:
            if refusal.status not in WRONG:
                raise
            return await _call_back_again(request, number, bound.refused(refusal), back, refusal)
        return went(request, back, toast=f"{after['number']}：{gettext(CLOSED.get(after['state'], ''))}")

    @post("/call-back/exempt", guards=[requires("callbacks.call_back.exempt")])
    async def exempt(self, request: Request[Any, Any, Any], number: FromPath[str]) -> Response[Any]:
        """Close without a call-back, for a written reason."""
        bound = await submitted(request, Exempt)
        bound.prefix = "ex-"
        try:
            after = await callbacks.exempt(number, bound.struct())
        except DomainError as refusal:
            if refusal.status not in WRONG:
                raise
            row = await queries.row_of(number)
            bound.refused(refusal)
            if "hx-request" in request.headers:
                return render("tickets/_exempt.html", status=refusal.status, exempt=bound, ticket=row)
            values = await shown.page(row, exempt=bound)
            return await frame.page("tickets/record.html", status=refusal.status, **values)
        return went(request, f"/tickets/{after['number']}", toast=gettext(_("已登记免回访，工单关闭")))

    @get("/phone", guards=[requires("tickets.phone.reveal")])
    async def phone(self, request: Request[Any, Any, Any], number: FromPath[str]) -> Response[str]:
        """The contact's number in full; that it was read is recorded."""
        found = await actions.reveal_phone(await queries.row_of(number))
        numbers = [found] if found else []
        if "hx-request" in request.headers:
            return render("desk/_phone.html", numbers=numbers)
        return await frame.page("desk/phone.html", numbers=numbers)


def _arrow(row: Mapping[str, Any], name: str) -> Transition | None:
    flow = known_flow(row["kind"])
    arrow = flow.transition(name) if flow else None
    return arrow if arrow is not None and not arrow.hidden else None


def _version(bound: Bound[Any]) -> int | None:
    text = str(bound.raw.pop("version", ""))
    return int(text) if text.isdecimal() else None


async def _top(row: Mapping[str, Any], version: int) -> Response[str]:
    seen = await shown.told(row)
    changed = ""
    if version and version != row["version"] and seen.events:
        changed = gettext(_("{who}刚更新了这张工单"), who=gettext(seen.events[-1].actor))
    values = {**shown.head(seen), **await shown.top(seen)}
    return render("tickets/_top.html", seen_version=version, changed=changed, partial=True, **values)


async def _refused(
    request: Request[Any, Any, Any], number: str, arrow: Transition, sent: photos.Sent, refusal: DomainError
) -> Response[str]:
    await sent.rescue()
    row = await queries.row_of(number)
    by = arrows.refuse(sent.bound, refusal)
    form = arrows.again(arrow, row, sent.bound, sent.kept)
    form.by = by
    if "hx-request" in request.headers:
        await arrows.fill_engineers([form], row)
        values: dict[str, Any] = {"step": form, "departments": await shown.department_choices()}
        return render("tickets/_transition.html", status=refusal.status, **values)
    return await frame.page(
        "tickets/record.html", status=refusal.status, **await shown.page(row, refused=form)
    )


async def _note_again(
    request: Request[Any, Any, Any], row: Mapping[str, Any], sent: photos.Sent, status: int
) -> Response[str]:
    if "hx-request" not in request.headers:
        whole = {**await shown.page(row, note=sent.bound), "kept": sent.kept}
        return await frame.page("tickets/record.html", status=status, **whole)
    types = shown.note_types(row)
    return render(
        "tickets/_note.html", status=status, ticket=row, note=sent.bound, note_types=types, kept=sent.kept
    )


async def _call_back_again(
    request: Request[Any, Any, Any], number: str, bound: Bound[Any], back: str, refusal: DomainError
) -> Response[str]:
    row = await queries.row_of(number)
    bound.raw["version"] = str(row["version"])
    if "hx-request" not in request.headers:
        values = await shown.page(row, call_back=bound)
        return await frame.page("tickets/record.html", status=refusal.status, **values)
    card = shown.call_back_view(row, [], bound)
    return render("tickets/_call_back.html", status=refusal.status, call_back=card, back=back)
