"""The forms of a job: what each begins with, and how what a phone sends becomes what the arrow reads."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from core.kit.errors import DomainError, FieldError
from core.kit.forms import Bound
from core.kit.i18n import _
from core.tickets import schemas as s

ARROWS: dict[str, type[msgspec.Struct]] = {
    "start": s.Arrive,
    "quote": s.Quote,
    "accept_price": s.AcceptPrice,
    "refuse_price": s.Cancel,
    "drop_quote": s.Reason,
    "complete": s.Complete,
    "finish": s.Finish,
}
CELLS = ("name", "quantity", "amount")
WRONG = frozenset({409, 422})
"""Refusals after which the form is shown again; others are answered with a page of their own."""


class Nothing(msgspec.Struct):
    """An arrow that asks nothing."""


class Wait(msgspec.Struct, kw_only=True):
    """Who is waited for decides which arrow is taken (TK-04.T5, T6)."""

    whom: Annotated[Literal["customer", "third_party"], Meta(title=_("等谁"))]
    party: Annotated[str, Meta(title=_("等待哪一方"), max_length=100)] | None = None
    reason: Annotated[str, Meta(title=_("原因"), max_length=400)] | None = None
    next_at: Annotated[datetime, Meta(title=_("下次上门时间"))] | None = None


def begin(step: str, job: Mapping[str, Any]) -> Bound[Any]:
    """The form of a step as it is first shown."""
    if step == "start":
        return Bound(s.Arrive, {} if job["inside"] else {"consent": "public_area"})
    if step == "accept_price":
        return Bound(s.AcceptPrice, {"accepted_by": job["requester"], "how": "on_site"})
    if step == "refuse_price":
        return Bound(s.Cancel, {"confirmed_by": job["requester"]})
    if step == "complete":
        amount = f"{job['quote']:.2f}" if job["paid"] and job["quote"] is not None else ""
        return Bound(s.Complete, {"satisfied": "true", "signed_by": job["requester"], "amount": amount})
    return Bound(ARROWS.get(step, Nothing))


def waiting() -> Bound[Wait]:
    return Bound(Wait, {"whom": "customer"}, prefix="wait-")


def progress() -> Bound[s.NewNote]:
    return Bound(s.NewNote, {"type": "progress"}, prefix="note-")


def rows_of(bound: Bound[Any]) -> list[int]:
    """Numbers of the material rows to draw: what was sent, and an empty one."""
    sent = {int(name.split(".")[1]) for name in bound.raw if name.startswith("material.")}
    return [*sorted(sent), max(sent, default=-1) + 1]


def tidy(bound: Bound[Any]) -> None:
    """Leave out empty material rows and number the others from 0, so that refusals find their row."""
    numbers = rows_of(bound)[:-1]
    rows = [{cell: bound.raw.pop(f"material.{number}.{cell}", "") for cell in CELLS} for number in numbers]
    filled = [row for row in rows if str(row["name"]).strip() or str(row["amount"]).strip()]
    for number, row in enumerate(filled):
        bound.raw.update({f"material.{number}.{cell}": text for cell, text in row.items()})


def refused(bound: Bound[Any], refusal: DomainError) -> Bound[Any]:
    """The form with the refusal at its field; the arrow names them `form.…`, the page does not."""
    bound.refused(refusal)
    places = {"attachments": "photos", "version": ""}
    names = [error.field.removeprefix("form.") for error in bound.errors]
    bound.errors = [
        FieldError(places.get(name, name), error.key, error.params)
        for name, error in zip(names, bound.errors, strict=True)
    ]
    return bound
