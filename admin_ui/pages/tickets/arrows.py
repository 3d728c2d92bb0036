"""The arrows of a ticket as forms: which is to be taken now, what each asks, and how a refusal is shown."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from admin_ui.pages.frame import intake_of
from admin_ui.pages.phone.forms import refused as at_its_field
from admin_ui.pages.phone.forms import rows_of
from admin_ui.pages.tickets.fields import Field, fields_of, initial
from core.files.schemas import File
from core.flows.queries import open_arrows
from core.kit.errors import DomainError
from core.kit.forms import Bound
from core.kit.i18n import gettext
from core.kit.money import from_fen
from core.kit.web import FormView
from core.plugin.contributions import Flow, Transition
from core.staff.duty_queries import Candidate, candidates
from core.tickets.flow import WORKING

PHOTOS = frozenset({"complete"})


class Nothing(msgspec.Struct):
    """An arrow that asks nothing."""


class StepForm(msgspec.Struct, kw_only=True):
    """One arrow as `tickets/_transition.html` draws it. `photos` are those kept of a refused try."""

    number: str
    name: str
    label: str
    tone: str
    icon: str
    action: str
    version: int
    fields: list[Field]
    form: FormView
    rows: list[int] = []
    with_photos: bool = False
    photos: list[File] = []
    engineers: list[Candidate] = []
    by: str = ""
    """Who was faster, where the record changed meanwhile."""

    @property
    def id(self) -> str:
        return f"step-{self.name}"

    @property
    def signs(self) -> bool:
        return any(field.kind == "signature" for field in self.fields)


def offered(flow: Flow | None, row: Mapping[str, Any]) -> list[Transition]:
    return open_arrows(flow, row) if flow else []


def step(arrow: Transition, row: Mapping[str, Any], *, quote: int | None = None) -> StepForm:
    fields = _fields(arrow, row)
    known = {name: value for name, value in _known(arrow.name, row, quote).items() if _has(fields, name)}
    bound: Bound[Any] = Bound(arrow.form or Nothing, initial(fields, known), prefix=f"{arrow.name}-")
    return _form(arrow, row, fields, bound)


def again(arrow: Transition, row: Mapping[str, Any], bound: Bound[Any], photos: list[File]) -> StepForm:
    """The form as it was sent, its refusals in place."""
    bound.prefix = f"{arrow.name}-"
    made = _form(arrow, row, _fields(arrow, row), bound)
    made.photos = photos
    return made


def refuse(bound: Bound[Any], refusal: DomainError) -> str:
    """Put the refusal into the form; who was faster, if that is why."""
    at_its_field(bound, refusal)
    return str(refusal.params.get("by", ""))


def _form(arrow: Transition, row: Mapping[str, Any], fields: list[Field], bound: Bound[Any]) -> StepForm:
    return StepForm(
        number=row["number"],
        name=arrow.name,
        label=gettext(arrow.label),
        tone=arrow.tone,
        icon=arrow.icon,
        action=f"/tickets/{row['number']}/moves/{arrow.name}",
        version=row["version"],
        fields=fields,
        form=FormView(bound),
        rows=_rows(bound, fields),
        with_photos=arrow.name in PHOTOS,
    )


def _fields(arrow: Transition, row: Mapping[str, Any]) -> list[Field]:
    """The struct's, as the record needs them: the first engineer is sent with a size class, free work has
    no price.
    """
    fields = fields_of(arrow.form)
    if arrow.name == "assign" and row["size"] is None:
        for field in fields:
            if field.name == "size":
                field.required, field.kind = True, "seg"
    if arrow.name == "complete" and not row["paid"]:
        for field in fields:
            field.columns = [cell for cell in field.columns if cell.name != "amount"]
        return [field for field in fields if field.name != "amount"]
    return fields


def _rows(bound: Bound[Any], fields: list[Field]) -> list[int]:
    return rows_of(bound) if any(field.kind == "rows" for field in fields) else []


def _has(fields: list[Field], name: str) -> bool:
    return any(field.name == name for field in fields)


def _known(arrow: str, row: Mapping[str, Any], quote: int | None) -> dict[str, Any]:
    """What the form need not ask again."""
    form = row["form"]
    known: dict[str, dict[str, Any]] = {
        "dispatch": {"department": row["department"]},
        "assign": {"size": row["size"], "engineer": row["engineer"]},
        "start": {} if row["unit_id"] else {"consent": "public_area"},
        "quote": {"item": form.get("price_item"), "amount": form.get("price")},
        "accept_price": {"accepted_by": row["requester"], "how": "phone"},
        "complete": {
            "signed_by": row["requester"],
            "amount": f"{from_fen(quote):.2f}" if quote is not None else None,
            "signature_exemption": None if row["unit_id"] else "public_area",
        },
        "cancel": {"confirmed_by": row["requester"]},
    }
    return known.get(arrow, {})


def main_of(
    forms: Sequence[StepForm], arrows: Sequence[Transition], row: Mapping[str, Any], *, unpriced: bool
) -> StepForm | None:
    """A paid job is priced first, an enquiry answered; else the first arrow that leads on."""
    by_name = {form.name: form for form in forms}
    if row["state"] == "in_progress" and unpriced and "quote" in by_name:
        return by_name["quote"]
    if intake_of(row["kind"]).at_once and "answer" in by_name:
        return by_name["answer"]
    sent = row["state"] in WORKING
    primary = [arrow for arrow in arrows if arrow.tone == "primary" and not (sent and arrow.name == "assign")]
    leading = [arrow for arrow in primary if arrow.target not in {"=", row["state"]}]
    first = next(iter([*leading, *primary]), None)
    return by_name[first.name] if first else None


async def fill_engineers(forms: Sequence[StepForm], row: Mapping[str, Any]) -> None:
    """Whom one may choose, those on duty first; one query where any form asks."""
    asking = [form for form in forms if any(field.kind == "engineer" for field in form.fields)]
    if asking:
        found = await candidates("engineer", row["project_id"])
        for form in asking:
            form.engineers = found
