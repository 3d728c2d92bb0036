"""`/m/jobs`: an engineer's day, the job at hand on top, and every step of it (RP-01 to RP-03, RP-06)."""

from collections.abc import Mapping
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, FromQuery

from admin_ui.pages import frame
from admin_ui.pages.phone import forms, views
from admin_ui.pages.phone.photos import Sent, sent
from core.kit.access import can
from core.kit.context import current
from core.kit.errors import DomainError, NotFound
from core.kit.forms import Bound
from core.kit.i18n import _, gettext
from core.kit.web import render, requires, went
from core.staff import queries as staff
from core.tickets import actions, errors, queries
from core.tickets import schemas as s
from core.tickets.words import CONDUCT

WORK = requires("tickets.ticket.work")
DONE = {
    "start": _("已登记到场"),
    "quote": _("已报价，等业主同意"),
    "accept_price": _("已记录业主同意"),
    "refuse_price": _("业主不同意价格，工单已取消"),
    "drop_quote": _("业主不同意价格，按原来的办"),
    "resume": _("继续施工"),
    "complete": _("已完工，等前台返单"),
    "finish": _("已处理完"),
    "wait": _("已挂起"),
    "notes": _("已记录"),
}
TEMPLATES = {name: f"phone/forms/{name}.html" for name in DONE}


class JobPages(Controller):
    path = "/m/jobs"
    include_in_schema = False
    guards = [WORK]

    @get()
    async def today(self, part: FromQuery[str] = "") -> Response[str]:
        shown = await views.jobs()
        if part == "list":
            return render("phone/_queue.html", **shown)
        row = await queries.row_of(shown["first"]) if shown["first"] else None
        return await _page(row, shown)

    @get("/{number:str}")
    async def one(self, number: FromPath[str], step: FromQuery[str] = "") -> Response[str]:
        """`step` asks for another form than the one that comes next: a price refused, another quote."""
        return await _page(await mine(number), step=step)

    @get("/{number:str}/call")
    async def call(self, request: Request[Any, Any, Any], number: FromPath[str]) -> Response[str]:
        """The number to dial; that it was read is recorded."""
        row = await mine(number)
        values: dict[str, Any] = {"job": await views.job(row), "number": await actions.reveal_phone(row)}
        if "hx-request" in request.headers:
            return render("phone/_call.html", **values)
        return await frame.page("phone/call.html", **values)

    @post("/{number:str}/notes")
    async def note(self, request: Request[Any, Any, Any], number: FromPath[str]) -> Response[Any]:
        row = await mine(number)
        form = await sent(request, s.NewNote)
        try:
            said = form.bound.struct()
            said.attachments = await form.store()
            await actions.add_note(row["id"], said)
        except DomainError as refusal:
            return await _again(request, row, "notes", form, refusal)
        return went(request, f"/m/jobs/{row['number']}", toast=gettext(DONE["notes"]))

    @post("/{number:str}/wait")
    async def wait(self, request: Request[Any, Any, Any], number: FromPath[str]) -> Response[Any]:
        row = await mine(number)
        form = await sent(request, forms.Wait)
        try:
            said = form.bound.struct()
            raw = {"reason": said.reason, "next_at": form.bound.value("next_at")}
            raw |= {} if said.whom == "customer" else {"party": said.party}
            await actions.move(row["id"], f"wait_{said.whom}", raw=raw, browser=True)
        except DomainError as refusal:
            return await _again(request, row, "wait", form, refusal)
        return went(request, "/m/jobs", toast=gettext(DONE["wait"]))

    @post("/{number:str}/{step:str}")
    async def take(
        self, request: Request[Any, Any, Any], number: FromPath[str], step: FromPath[str]
    ) -> Response[Any]:
        """Arrive, quote, agree or not, go on, finish: the form is the arrow's, photos go with its event."""
        if step not in {*forms.ARROWS, "resume"}:
            raise NotFound
        row = await mine(number)
        form = await sent(request, forms.ARROWS.get(step, forms.Nothing))
        forms.tidy(form.bound)
        arrow = "complete" if step == "finish" else step
        try:
            photos = await form.store()
            after = await actions.move(row["id"], arrow, raw=form.bound.raw, attachments=photos, browser=True)
        except DomainError as refusal:
            return await _again(request, row, step, form, refusal)
        ends = arrow in {"complete", "refuse_price"}
        said = _done(step, after, row)
        return went(request, "/m/jobs" if ends else f"/m/jobs/{row['number']}", toast=said)


def _done(step: str, after: Mapping[str, Any], before: Mapping[str, Any]) -> str:
    """What the toast says; a ticket opened for what is left to do is named."""
    opened = [*after["form"].get("follow_up_tickets", [])][len(before["form"].get("follow_up_tickets", [])) :]
    if opened:
        return gettext(_("已完工，后续工单 {number} 已登记"), number=opened[-1])
    return gettext(DONE[step])


async def mine(number: str) -> Mapping[str, Any]:
    """The ticket, if it is this person's to work at; a dispatcher enters what comes in on paper.

    Raises NotFound, and NotYourJob for somebody else's.
    """
    row = await queries.row_of(number)
    theirs = {row["engineer"], row["specialist_owner"]}
    if current().somebody.id not in theirs and not can("tickets.order.assign", row["project_id"]):
        names = await staff.names([row["engineer"]]) if row["engineer"] else {}
        raise errors.NotYourJob(name=names.get(row["engineer"], gettext(_("别人"))))
    return row


async def _page(
    row: Mapping[str, Any] | None,
    shown: dict[str, Any] | None = None,
    again: dict[str, Bound[Any]] | None = None,
    *,
    step: str = "",
) -> Response[str]:
    """The day with this job on top; `again` holds forms that were refused."""
    values = shown or await views.jobs(row["number"] if row else None)
    job = await views.job(row) if row else None
    forms_of: dict[str, Bound[Any]] = {}
    if job is not None:
        job["step"] = step if step in job["arrows"] and step in forms.ARROWS else job["step"]
        forms_of = {
            job["step"]: forms.begin(job["step"], job),
            "wait": forms.waiting(),
            "notes": forms.progress(),
        }
    forms_of |= again or {}
    if again and job is not None:
        job["step"] = next((step for step in again if step in {*forms.ARROWS, "resume"}), job["step"])
    return await frame.page(
        "phone/jobs.html",
        status=422 if again else 200,
        job=job,
        forms=forms_of,
        **_extras(forms_of),
        **values,
    )


def _extras(forms_of: Mapping[str, Bound[Any]]) -> dict[str, Any]:
    bound = forms_of.get("complete")
    return {
        "rows": forms.rows_of(bound) if bound else [0],
        "conduct": frame.options(CONDUCT),
        "exemptions": frame.options(s.EXEMPTIONS),
    }


async def _again(
    request: Request[Any, Any, Any], row: Mapping[str, Any], step: str, form: Sent, refusal: DomainError
) -> Response[Any]:
    """The form as it was sent, with what is wrong at its field; its photos are kept."""
    if refusal.status not in forms.WRONG:
        raise refusal
    await form.rescue()
    bound = forms.refused(form.bound, refusal)
    bound.prefix = {"wait": "wait-", "notes": "note-"}.get(step, "")
    if "hx-request" not in request.headers:
        page = await _page(row, again={step: bound})
        page.status_code = refusal.status
        return page
    values: dict[str, Any] = {"job": await views.job(row), "form": bound, **_extras({step: bound})}
    return render(TEMPLATES[step], status=refusal.status, **values)
