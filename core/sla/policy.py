"""What a company decides about time: its windows, its limits and when to warn."""

from typing import Annotated

from msgspec import Meta, Struct, field

from core.sla.due import MOST
from core.sla.errors import (
    AmountInvalid,
    FramesOverlap,
    HotlineLimitLoosened,
    LimitMissing,
    LimitUnknown,
    UnitNotAllowed,
    WindowEmpty,
)
from core.sla.limits import DEFAULTS, DEFINITIONS, HOTLINE, HOTLINE_MOST
from core.sla.schemas import Calendars, Frame, Hours, Limit, Window
from core.sla.windows import opens_ever, overlaps

SERVICE_WINDOW: Window = (Frame("09:00", "21:00"),)
OFFICE_WINDOW: Window = (Frame("09:00", "18:00", working=True),)
SALES_WINDOW: Window = (Frame("09:00", "18:00"),)
MINUTES_A_DAY = 1440


class SlaPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Windows, limits by code, and shares of a limit in percent; defaults are the product's.

    Making one raises WindowEmpty, FramesOverlap, LimitUnknown, LimitMissing, UnitNotAllowed, AmountInvalid
    and HotlineLimitLoosened.
    """

    service_window: Window = SERVICE_WINDOW
    office_window: Window = OFFICE_WINDOW
    sales_window: Window = SALES_WINDOW
    warn_percent: Annotated[int, Meta(ge=1, le=99)] = 75
    next_level_percent: Annotated[int, Meta(ge=101, le=1000)] = 200
    """At this share of a limit, or at the second breach, a breach goes one level higher (TK-05)."""
    roll_if_holiday: bool = False
    hotline_limit_for_all: bool = False
    """SLA-13d runs for all complaints, not only for those of the quality hotline."""
    limits: dict[str, Limit] = field(default_factory=lambda: dict(DEFAULTS))

    def __post_init__(self) -> None:
        for name in ("service_window", "office_window", "sales_window"):
            if not opens_ever(getattr(self, name), working=name == "office_window"):
                raise WindowEmpty(field=name)
            if overlaps(getattr(self, name)):
                raise FramesOverlap(field=name)
        if missing := sorted(DEFINITIONS.keys() - self.limits.keys()):
            raise LimitMissing(codes=", ".join(missing))
        for code, limit in self.limits.items():
            _check(code, limit)


def hours(policy: SlaPolicy, calendars: Calendars) -> Hours:
    """The windows and calendars that `due()` counts by."""
    return Hours(
        service=policy.service_window,
        office=policy.office_window,
        sales=policy.sales_window,
        calendars=calendars,
        roll_if_holiday=policy.roll_if_holiday,
    )


def limit_of(policy: SlaPolicy, code: str) -> Limit:
    """The limit of that code, on or off. Raises LimitUnknown."""
    if code not in policy.limits:
        raise LimitUnknown(code=code)
    return policy.limits[code]


def check_unit(code: str, unit: str) -> None:
    """Refuse a unit that the limit cannot run in."""
    if code not in DEFINITIONS:
        raise LimitUnknown(code=code)
    if unit not in DEFINITIONS[code].units:
        raise UnitNotAllowed(code=code, unit=unit)


def _check(code: str, limit: Limit) -> None:
    check_unit(code, limit.unit)
    field_name = f"limits.{code}.amount"
    before = DEFAULTS[code].amount <= 0
    if limit.unit in MOST and not (-MOST[limit.unit] if before else 1) <= limit.amount <= MOST[limit.unit]:
        raise AmountInvalid(amount=limit.amount, field=field_name)
    if before and limit.unit == "CD" and limit.ends != "midnight":
        raise AmountInvalid(amount=limit.amount, field=field_name)
    if limit.target is not None and not 0 < limit.target <= limit.amount:
        raise AmountInvalid(amount=limit.target, field=f"limits.{code}.target")
    if not 0 <= limit.tolerance <= MINUTES_A_DAY or not 0 <= limit.remind_after <= MOST["CD"]:
        raise AmountInvalid(amount=max(limit.tolerance, limit.remind_after), field=field_name)
    if code == HOTLINE and not (limit.on and limit.unit == "E" and limit.amount <= HOTLINE_MOST):
        raise HotlineLimitLoosened
