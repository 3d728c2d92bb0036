"""The desk's pages of goods slips, and the gate's at `/m/property_desk/gate`."""

from typing import Annotated, Any
from urllib.parse import quote, urlencode
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter

from core.files import queries as files
from core.flows import engine
from core.flows.queries import open_arrows, timeline
from core.households import queries as households
from core.kit import clock
from core.kit.access import can
from core.kit.errors import DomainError
from core.kit.forms import Bound
from core.kit.i18n import _, gettext
from core.kit.web import render, requires, submitted, went
from core.staff import queries as staff
from plugins.property_desk import actions, forms, papers, queries, schemas, views
from plugins.property_desk.views import ArrowForm

LIST = "/property_desk/goods_slips"
VIEW = requires(queries.VIEW)
States = Annotated[str | None, QueryParameter(name="state")]
PREPARE = requires(queries.PREPARE)
RELEASE = requires(queries.RELEASE)
Page = Response[Any]
Asked = Request[Any, Any, Any]


def at(number: str) -> str:
    return f"{LIST}/{quote(number)}"


class GoodsSlipPages(Controller):
    path = LIST
    include_in_schema = False

    @get(guards=[VIEW])
    async def list(
        self,
        tab: FromQuery[str] = "open",
        states: States = None,
        q: FromQuery[str | None] = None,
        cursor: FromQuery[str | None] = None,
    ) -> Page:
        known = {name: wanted for name, _label, wanted in views.TABS}
        wanted = (states,) if states else known.get(tab, ())
        page = await queries.slips(queries.Filter(state=wanted, q=q), cursor=cursor)
        asked = {name: value for name, value in (("tab", tab), ("state", states), ("q", q)) if value}
        tabs = [
            {"label": gettext(label), "href": f"{LIST}?tab={name}", "current": name == tab and not states}
            for name, label, _wanted in views.TABS
        ]
        return render(
            "property_desk/slips.html",
            slips=page.items,
            progress=tabs,
            tab=tab,
            q=q or "",
            pager_at=views.paged(LIST, asked, page.next),
            views=views,
            today=clock.today(),
        )

    @get("/new", guards=[PREPARE])
    async def new(self, applicant: FromQuery[str] = "owner", unit: FromQuery[UUID | None] = None) -> Page:
        """`unit` is filled in, as from a household's page."""
        known = {"unit_id": str(unit)} if unit else {}
        return await _form({**forms.blank(), **known, "applicant": _applicant(applicant)})

    @get("/rooms", guards=[PREPARE])
    async def rooms(self, q: FromQuery[str] = "") -> Page:
        """The rooms a picker offers for what was typed so far."""
        found = (await households.units(q, limit=8)).items if q.strip() else []
        return render("property_desk/rooms.html", units=found)

    @post(guards=[PREPARE])
    async def create(self, request: Asked) -> Page:
        sent = (await submitted(request, schemas.NewGoodsSlip)).raw
        rows = forms.rows_of(sent)
        changed = forms.edited(rows, sent)
        if changed is not None:
            who = _applicant(sent.get("as") or sent.get("applicant"))
            shown = {**forms.with_rows(sent, changed), "applicant": who}
            return await _form(shown, request, typed=str(sent.get("q", "")))
        sent = forms.asked(sent)
        body = await forms.with_room(forms.with_rows(sent, forms.filled(rows)), str(sent.get("q", "")))
        bound = Bound(schemas.NewGoodsSlip, body)
        try:
            row = await actions.create(*bound.partly())
        except DomainError as refusal:
            shown = forms.with_rows(body, forms.filled(rows) or [dict(forms.BLANK)])
            return await _form(shown, request, typed=str(sent.get("q", "")), refusal=refusal)
        return went(
            request, at(row["number"]), toast=gettext(_("放行条 {number} 已开"), number=row["number"])
        )

    @get("/{slip:str}", guards=[VIEW])
    async def open(self, slip: FromPath[str]) -> Page:
        return await _record(await queries.row_of(slip))

    @post("/{slip:str}/take/{arrow:str}", guards=[VIEW])
    async def take(self, request: Asked, slip: FromPath[str], arrow: FromPath[str]) -> Page:
        texts, attachments = await forms.evidence(request)
        row = await queries.row_of(slip)
        rows = forms.rows_of(texts)
        changed = forms.edited(rows, texts)
        if changed is not None:
            return await _record(row, ArrowForm(arrow, forms.with_rows(texts, changed, "form.")), request)
        try:
            after = await actions.move(
                row["id"],
                arrow,
                version=forms.version_of(texts),
                raw=forms.arrow_form(texts, forms.filled(rows)),
                note=texts.get("note") or None,
                attachments=attachments,
                browser=True,
            )
        except DomainError as refusal:
            kept = forms.with_rows(texts, forms.filled(rows), "form.") if rows else texts
            bound = ArrowForm(arrow, kept)
            bound.refused(refusal)
            return await _record(row, bound, request, status=refusal.status)
        state = engine.flow_of(actions.NAME).state(after["state"]).label
        return went(request, at(after["number"]), toast=gettext(state))

    @get("/{slip:str}/print", guards=[requires(queries.PRINT)])
    async def paper(self, slip: FromPath[str]) -> Page:
        row = await queries.row_of(slip)
        return await _paper(row["id"])

    @post("/{slip:str}/print", guards=[requires(queries.PRINT)])
    async def count(self, request: Asked, slip: FromPath[str]) -> Page:
        await actions.count_print(slip)
        return went(request, f"{at(slip)}/print")

    @post("/{slip:str}/identity", guards=[requires("property_desk.goods_slip.reveal")])
    async def identity(self, request: Asked, slip: FromPath[str]) -> Page:
        number = await actions.reveal(slip)
        if "hx-request" in request.headers:
            return render("property_desk/identity.html", number=number)
        return await _record(await queries.row_of(slip), identity=number)


class GatePages(Controller):
    path = "/m/property_desk/gate"
    include_in_schema = False

    @get(guards=[RELEASE])
    async def gate(self, code: FromQuery[str | None] = None, part: FromQuery[str | None] = None) -> Page:
        """Without a code what may leave today, with one the slip to check; `part=list` is that list alone."""
        if not code:
            return await _gate(list_only=part == "list")
        try:
            row = await queries.scanned(code)
        except DomainError as refusal:
            return await _gate(Bound(schemas.Release, {"code": code}).refused(refusal))
        return await _check(row)

    @post("/{slip:str}/{arrow:str}", guards=[RELEASE])
    async def act(self, request: Asked, slip: FromPath[str], arrow: FromPath[str]) -> Page:
        texts, attachments = await forms.evidence(request)
        row = await queries.row_of(slip)
        try:
            after = await actions.move(
                row["id"],
                arrow,
                version=forms.version_of(texts),
                raw=forms.arrow_form(texts, []),
                attachments=attachments,
                browser=True,
            )
        except DomainError as refusal:
            bound = ArrowForm(arrow, texts)
            bound.refused(refusal)
            return await _check(row, bound, request, status=refusal.status)
        words = _("{number} 已放行") if arrow == "release" else _("{number} 已拦下")
        query = urlencode({"code": after["number"]})
        return went(request, f"{self.path}?{query}", toast=gettext(words, number=after["number"]))


def _applicant(name: Any) -> str:
    return name if name in schemas.APPLICANTS else "owner"


def _part(request: Asked | None, fragment: str, page: str) -> str:
    """What htmx sent gets the part that it replaces, everybody else the whole page."""
    name = fragment if request is not None and "hx-request" in request.headers else page
    return f"property_desk/{name}.html"


async def _form(
    sent: dict[str, Any],
    request: Asked | None = None,
    *,
    typed: str = "",
    refusal: DomainError | None = None,
) -> Page:
    bound = Bound(schemas.NewGoodsSlip, sent)
    if refusal is not None:
        bound.refused(refusal)
    who = str(sent.get("applicant", "owner"))
    if sent.get("unit_id") and not typed:
        typed = (await households.unit(UUID(str(sent["unit_id"])))).room_short
    return render(
        _part(request, "slip_form", "slip_new"),
        status=refusal.status if refusal else 200,
        f=bound,
        who=who,
        aside=forms.aside(who),
        rows=forms.rows_of(sent),
        typed=typed,
        kinds=views.choices(schemas.APPLICANTS, views.FACES),
        people=await _people() if who == "staff" else [],
        estates=[{"value": str(p.id), "label": p.name} for p in await households.projects()],
    )


async def _people() -> list[dict[str, str]]:
    return [{"value": str(p.id), "label": f"{p.name} {p.title}".strip()} for p in await staff.people()]


async def _record(
    row: Any,
    bound: ArrowForm | None = None,
    request: Asked | None = None,
    *,
    status: int = 200,
    identity: str | None = None,
) -> Page:
    """The record; `bound` is the arrow's form that was refused, or whose rows are being changed."""
    slip = await queries.shown(row)
    flow = engine.flow_of(actions.NAME)
    first, others = views.split(open_arrows(flow, row))
    arrows = {arrow.name: await _arrow_form(arrow.name, slip, bound) for arrow in (*first, *others)}
    asked = slip.state == "draft" and slip.applicant == "staff"
    return render(
        _part(request, "slip_next", "slip"),
        status=status,
        slip=slip,
        first=first,
        others=others,
        forms=arrows,
        refused=bound,
        events=views.happened(await timeline(row["id"], flow)),
        attached=await files.of_record(row["id"]),
        people=await _people() if asked else [],
        means=views.choices(schemas.MEANS),
        identity=identity,
        views=views,
        may_print=can(queries.PRINT, row["project_id"]),
        may_reveal=can("property_desk.goods_slip.reveal", row["project_id"]),
        may_release=slip.state == "issued" and can(queries.RELEASE, row["project_id"]),
    )


async def _arrow_form(name: str, slip: schemas.Slip, bound: ArrowForm | None) -> dict[str, Any]:
    """The arrow's form as it was sent, else as it begins."""
    if bound is None or bound.prefix != f"{name}-":
        bound = ArrowForm(name, await _beginning(name, slip))
    return {"f": bound, "rows": forms.rows_of(bound.raw)}


async def _beginning(name: str, slip: schemas.Slip) -> dict[str, Any]:
    if name == "record_consent":
        moment = f"{clock.now():%Y-%m-%dT%H:%M}"
        owner = ""
        if slip.unit_id is not None:
            owner = (await households.unit(slip.unit_id)).owner_name
        return {"form.means": "phone", "form.at": moment, "form.by": owner}
    if name in {"amend", "redo"}:
        rows = [{"name": i.name, "n": str(i.n), "measure": i.measure} for i in slip.items]
        day = max(slip.valid_on, clock.today())
        return forms.with_rows({"form.valid_on": str(day)}, rows, "form.")
    return {}


async def _gate(bound: Bound[Any] | None = None, *, list_only: bool = False) -> Page:
    return render(
        "property_desk/gate_list.html" if list_only else "property_desk/gate.html",
        status=422 if bound else 200,
        f=bound or Bound(schemas.Release),
        slips=await queries.at_gate(),
        views=views,
    )


async def _check(
    row: Any, bound: ArrowForm | None = None, request: Asked | None = None, *, status: int = 200
) -> Page:
    slip = await queries.shown(row)
    allowed = {arrow.name for arrow in slip.transitions}
    return render(
        _part(request, "gate_check", "gate_slip"),
        status=status,
        slip=slip,
        f=bound or ArrowForm("release"),
        refused=bound is not None,
        today=clock.today(),
        may_release="release" in allowed,
        views=views,
    )


async def _paper(identity: UUID) -> Page:
    gathered = await papers.goods_slip(identity)
    return render("property_desk/slip_paper.html", **gathered, back=at(gathered["slip"].number))
