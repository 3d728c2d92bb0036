"""`/tickets/batch`: the same for the picked tickets: what is asked once, then a report line by line."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, FromQuery

from admin_ui import pills
from admin_ui.pages import frame
from core.documents import actions as documents
from core.documents import pdf, rendering
from core.documents import queries as papers
from core.documents.schemas import LONGEST_REASON
from core.kit import tasks
from core.kit.access import can
from core.kit.errors import REGISTRY, DomainError, FieldError, NotFound
from core.kit.forms import Bound
from core.kit.i18n import _, gettext
from core.kit.web import render, requires, submitted, went
from core.staff import queries as staff
from core.tickets import batches, list_queries
from core.tickets import schemas as s
from core.tickets.batches import Outcome
from core.tickets.errors import BatchTooLarge
from core.tickets.papers import ORDERS, PRINT
from core.tickets.schemas import TicketRow

PATH = "/tickets/batch"
VIEW = requires("tickets.ticket.view")
WRONG = frozenset({409, 422})


class Reprint(msgspec.Struct, kw_only=True):
    reason: str = ""


class Verb(msgspec.Struct, frozen=True, kw_only=True):
    """One button of the batch bar, with what is asked before it is done to all."""

    label: str
    icon: str
    permissions: tuple[str, ...]
    form: type[msgspec.Struct]

    @property
    def offered(self) -> bool:
        return any(can(permission) for permission in self.permissions)


class Nothing(msgspec.Struct):
    """A verb that asks nothing."""


VERBS = {
    "dispatch": Verb(label=_("派单"), icon="send", permissions=("tickets.ticket.dispatch",), form=s.Dispatch),
    "accept": Verb(
        label=_("接单"),
        icon="check",
        permissions=("tickets.ticket.accept", "tickets.order.accept"),
        form=Nothing,
    ),
    "reassign": Verb(
        label=_("转派"), icon="arrows-exchange", permissions=("tickets.ticket.reassign",), form=s.Reassign
    ),
    "print": Verb(label=_("打印"), icon="printer", permissions=(PRINT,), form=Reprint),
}


def verbs() -> dict[str, Verb]:
    """Those this person may use somewhere; each ticket is asked again."""
    return {name: verb for name, verb in VERBS.items() if verb.offered}


class BatchPages(Controller):
    path = PATH
    include_in_schema = False

    @get(guards=[VIEW])
    async def ask(self, request: Request[Any, Any, Any], verb: FromQuery[str] = "") -> Response[str]:
        """What is to be said once for all of `ids`."""
        if verb and verb not in VERBS:
            raise NotFound
        numbers = request.query_params.getall("ids", [])
        chosen = VERBS.get(verb)
        return await _asked(verb, numbers, Bound(chosen.form if chosen else Nothing))

    @post(guards=[VIEW])
    async def pick(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """What the batch bar sends; leads to the question."""
        sent = (await submitted(request, Nothing)).raw
        query = [("verb", str(sent.get("verb", ""))), *(("ids", number) for number in _listed(sent))]
        return went(request, frame.address_of(PATH, query))

    @post("/{verb:str}", guards=[VIEW])
    async def do(self, request: Request[Any, Any, Any], verb: FromPath[str]) -> Response[Any]:
        """Done to each, in transactions of their own; leads to the report. 422 asks again."""
        chosen = VERBS.get(verb)
        if chosen is None:
            raise NotFound
        bound = await submitted(request, chosen.form)
        numbers = _listed(bound.raw)
        bound.raw = {name: value for name, value in bound.raw.items() if name not in {"ids", "q"}}
        try:
            said = bound.struct()
            if isinstance(said, Reprint):
                task = await _print(numbers, said.reason)
            else:
                task = await batches.move_each(numbers, verb, bound.raw)  # type: ignore[arg-type]
        except DomainError as refusal:
            if refusal.status not in WRONG:
                raise
            return await _asked(verb, numbers, bound.refused(refusal), status=refusal.status)
        return went(request, f"{PATH}/{task}")

    @get("/{task:uuid}", guards=[VIEW])
    async def report(self, task: FromPath[UUID]) -> Response[str]:
        """Ticket by ticket what became of it, for whoever did it."""
        done = await batches.batch(task)
        rows = {row.number: row for row in await list_queries.named([one.number for one in done.outcomes])}
        refused = sum(1 for one in done.outcomes if one.key)
        return await frame.page(
            "tickets/batch_report.html",
            verb=VERBS[done.verb],
            lines=[_line(one, rows.get(one.number)) for one in done.outcomes],
            refused=refused,
            done=len(done.outcomes) - refused,
            here=f"{PATH}/{task}",
            printed=done.verb == "print" and refused < len(done.outcomes),
            pdf_missing=pdf.missing(),
        )

    @get("/{task:uuid}/print", guards=[requires(PRINT)])
    async def paper(self, task: FromPath[UUID]) -> Response[str]:
        """All work orders this batch has counted, in one document."""
        html = await rendering.html(papers.document(ORDERS), task, papers.unprinted(), back=f"{PATH}/{task}")
        return Response(html, media_type="text/html")

    @post("/{task:uuid}/print.pdf", guards=[requires(PRINT)])
    async def make(self, request: Request[Any, Any, Any], task: FromPath[UUID]) -> Response[Any]:
        """Have a worker make one PDF of them."""
        await batches.batch(task)
        name = gettext(_("维修派工单"))
        made = await documents.request_pdf(papers.document(ORDERS), task, papers.unprinted(), name=name)
        return went(request, f"{PATH}/{task}/print.pdf?made={made}")

    @get("/{task:uuid}/print.pdf", guards=[requires(PRINT)])
    async def wait(
        self, request: Request[Any, Any, Any], task: FromPath[UUID], made: FromQuery[UUID | None] = None
    ) -> Response[Any]:
        """How far the PDF is."""
        here = f"{PATH}/{task}"
        if made is None:
            return went(request, here)
        src = f"{here}/print.pdf?made={made}&part=task"
        values: dict[str, Any] = {"task": await tasks.get(made), "here": here, "src": src}
        if frame.in_part(request) == "task":
            return render("papers/_pdf.html", **values)
        return await frame.page("tickets/batch_pdf.html", **values)


def _listed(raw: dict[str, Any]) -> list[str]:
    sent = raw.get("ids", [])
    return list(dict.fromkeys(str(one) for one in (sent if isinstance(sent, list) else [sent]) if one))


async def _print(numbers: list[str], reason: str) -> UUID:
    return await batches.print_each(numbers, reason[:LONGEST_REASON])


async def _asked(verb: str, numbers: list[str], bound: Bound[Any], *, status: int = 200) -> Response[str]:
    wanted = list(dict.fromkeys(numbers))
    if len(wanted) > batches.MOST and not bound.errors:
        bound.errors, status = [FieldError("", BatchTooLarge.key, {"most": batches.MOST})], 422
    rows = await list_queries.named(wanted[: batches.MOST])
    return await frame.page(
        "tickets/batch.html",
        status=status,
        verb=verb,
        label=gettext(VERBS[verb].label) if verb else "",
        drawn=VERBS[verb].icon if verb else "",
        numbers=wanted,
        lines=[_line(Outcome(number=row.number), row) for row in rows],
        form=bound,
        departments=[{"value": d.code, "label": d.name} for d in await staff.departments()],
    )


def _line(one: Outcome, row: TicketRow | None) -> dict[str, Any]:
    """The ticket as it stands now; nothing but its number where this person may not see it."""
    kind = REGISTRY.get(one.key)
    return {
        "id": one.number,
        "href": f"/tickets/{one.number}" if row else "",
        "tone": "warn" if one.key else "",
        "one": one,
        "row": row,
        "kind": pills.kind(row.kind) if row else None,
        "status": pills.status(row.kind, row.state) if row else None,
        "clock": pills.of_row(row) if row else None,
        "refusal": gettext(kind.message, **one.params) if kind else one.key,
    }
