"""If a request arrived then, when would it be due, and why: for the policy editor, the API and tests."""

from datetime import datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from core.kit.errors import Required
from core.sla.due import due
from core.sla.errors import AmountInvalid
from core.sla.policy import SlaPolicy, check_unit, hours, limit_of
from core.sla.schemas import Calendars, Limit, Pause, Step, Term

PreviewUnit = Literal["E", "S", "SD", "CD", "WD", "month", "AT"]
COUNTED = frozenset({"E", "S", "CD", "WD", "month"})


class PreviewRequest(Struct, frozen=True, kw_only=True):
    """Either the code of a limit, whose unit and amount may be tried out otherwise, or unit and amount.

    The amount is in minutes for E and S, days for CD and WD, months for month; SD and AT need none.
    `start` of an AT limit is the agreed moment.
    """

    start: datetime
    code: str | None = None
    unit: PreviewUnit | None = None
    amount: int | None = None
    pauses: tuple[Pause, ...] = ()


class Preview(Struct, frozen=True, kw_only=True):
    """Steps without texts: `core.sla.steps.told` writes them in the reader's language."""

    due_at: datetime
    target_at: datetime | None = None
    provisional: bool
    steps: tuple[Step, ...]


def preview(request: PreviewRequest, policy: SlaPolicy, calendars: Calendars) -> Preview:
    """Count without any ticket. Raises what `due` raises, Required, LimitUnknown and UnitNotAllowed."""
    found = due(_term(request, policy), request.start, hours(policy, calendars), pauses=request.pauses)
    return Preview(
        due_at=found.due_at, target_at=found.target_at, provisional=found.provisional, steps=found.steps
    )


def _term(request: PreviewRequest, policy: SlaPolicy) -> Term:
    if (
        request.amount is not None
        and request.amount < 1
        and (request.unit is None or request.unit in COUNTED)
    ):
        raise AmountInvalid(amount=request.amount)
    if request.code is not None:
        return _tried_out(request.code, limit_of(policy, request.code), request)
    if request.unit is None:
        raise Required(field="code")
    if request.amount is None and request.unit in COUNTED:
        raise Required(field="amount")
    return Term(unit=request.unit, amount=request.amount or 0)


def _tried_out(code: str, limit: Limit, request: PreviewRequest) -> Limit:
    unit, amount = request.unit or limit.unit, limit.amount if request.amount is None else request.amount
    check_unit(code, unit)
    target = limit.target if limit.target and limit.target <= amount else None
    return replace(limit, unit=unit, amount=amount, target=target)
