"""What clocks are made of: windows, calendars, pauses, limits, and the answer with its explanation."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct, field

from core.sla.errors import CalendarDayInvalid, CalendarEmpty, FrameEmpty

Unit = Literal["E", "S", "SD", "CD", "WD", "month", "date", "AT", "rings", "none"]
Breach = Literal["W", "E", "B", "N"]
WindowName = Literal["service", "office", "sales"]
StepKind = Literal[
    "elapsed", "window", "paused", "start_day", "day", "working_day", "make_up_day", "weekend", "holiday",
    "paused_day", "shut", "after_close", "same_day", "month", "date", "appointed", "before", "due",
    "tolerance",
]  # fmt: skip

Weekday = Annotated[int, Meta(ge=1, le=7)]
OpenTime = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
CloseTime = Annotated[str, Meta(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]

EVERY_DAY: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)
SATURDAY = 6


class Frame(Struct, frozen=True, forbid_unknown_fields=True):
    """One stretch of a window, half-open: [opens, closes). It belongs to the date on which it opens.

    `closes` before `opens` means the next morning; a window round the clock is 00:00 to 24:00. `days` are
    weekdays (Monday = 1). With `working` the frame holds on working days only, and on a make-up day
    whatever its weekday.
    """

    opens: OpenTime
    closes: CloseTime
    days: tuple[Weekday, ...] = EVERY_DAY
    working: bool = False

    def __post_init__(self) -> None:
        if self.opens == self.closes:
            raise FrameEmpty(opens=self.opens)


Window = tuple[Frame, ...]


class YearCalendar(Struct, frozen=True, forbid_unknown_fields=True):
    """The working days of one year: days off with their names, and weekend days worked instead (调休).

    Until the State Council has `published` the year, results that rest on it are provisional.
    """

    year: int
    published: bool = True
    holidays: dict[date, str] = {}
    make_up: dict[date, str] = {}

    def __post_init__(self) -> None:
        strange = [day for day in (*self.holidays, *self.make_up) if day.year != self.year]
        strange += [day for day in self.make_up if day.isoweekday() < SATURDAY or day in self.holidays]
        if strange:
            raise CalendarDayInvalid(day=strange[0].isoformat(), year=self.year)
        if len([day for day in self.holidays if day.isoweekday() < SATURDAY]) >= _weekdays(self.year):
            raise CalendarEmpty(year=self.year)


def _weekdays(year: int) -> int:
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    return sum(date.fromordinal(day).isoweekday() < SATURDAY for day in range(first, last + 1))


Calendars = Mapping[int, YearCalendar]


class DayKind(Struct, frozen=True):
    """Whether a date is worked, and the holiday's name where one decides it."""

    working: bool
    made_up: bool = False
    name: str = ""


class Hours(Struct, frozen=True):
    """All that a count needs to know of a project: its windows and the working days."""

    service: Window
    office: Window
    sales: Window
    calendars: Calendars
    roll_if_holiday: bool = False


class Pause(Struct, frozen=True, array_like=True):
    """A stretch [start, end) in which a clock stands still."""

    start: datetime
    end: datetime


class Term(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long a limit is; `target` is an earlier mark to warn at.

    `amount` and `target` are minutes for E and S, days for CD and WD, months for month, the day of the
    month for date (31 = its last). A negative E and a CD of 0 or less that ends at midnight do not lie
    after the start: 15 minutes early, by the end of the day before.
    """

    unit: Unit
    amount: int = 0
    target: int | None = None
    window: WindowName | None = None
    """None: the office window for WD, the service window for the rest."""
    ends: Literal["close", "open", "midnight"] = "close"
    """At which moment of the last day: the window's close or opening, or 24:00."""
    tolerance: int = 0
    """Minutes after the due moment that are not yet a breach."""
    roll_if_holiday: bool | None = None
    """Whether a CD or month count moves off a day that is not worked; None: as the company's policy
    says."""
    remind_after: int = 0
    """Days in the limit's own unit after the due moment when the reminder comes again; 0: never."""


class Limit(Term, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of PROCEDURES 4.1 as a company may change it.

    `breach`: W warns the case handler, E escalates one level, B blocks the action, N is only noted.
    """

    on: bool = True
    breach: tuple[Breach, ...] = ()


class Definition(Struct, frozen=True):
    """What of a limit never changes: its words (message ids), possible units, what a breach brings."""

    code: str
    name: str
    starts: str
    stops: str
    units: tuple[Unit, ...]
    repeats: bool = False
    """Starts anew at each stop while the case is open."""
    then: str = ""
    """What a breach brings about by itself: a key such as `carry_over`, `release` or another limit's
    code."""


class Step(Struct, frozen=True, kw_only=True, omit_defaults=True, rename={"from_": "from"}):
    """One stretch or day of a count.

    `minutes` are those counted, `number` says which day or how many months, `name` is the holiday's;
    `text` is filled by `core.sla.steps.told` in the reader's language.
    """

    kind: StepKind
    from_: datetime
    to: datetime
    minutes: float | None = None
    number: int | None = None
    name: str = ""
    text: str = ""


class Due(Struct, frozen=True, kw_only=True):
    """When a clock is due and why. A stop after `late_at` (due plus tolerance) is a breach.

    `provisional`: the answer rests on a year whose calendar is not published yet, and is counted again
    then.
    """

    due_at: datetime
    late_at: datetime
    target_at: datetime | None = None
    provisional: bool = False
    steps: tuple[Step, ...] = field(default_factory=tuple)


class ClockRow(Struct, kw_only=True):
    """A run of a clock for pages and the API; `name` is in the reader's language.

    `warn_at` is where 临近 begins. A paused run shows the due moment it had when it was paused.
    """

    id: UUID
    record_id: UUID
    code: str
    name: str
    unit: Unit
    started_at: datetime
    due_at: datetime
    target_at: datetime | None = None
    warn_at: datetime | None = None
    paused: bool = False
    stopped_at: datetime | None = None
    outcome: Literal["met", "late", "withdrawn"] | None = None
    breached_at: datetime | None = None
    level: int = 0
    provisional: bool = False


class CalendarView(Struct, kw_only=True):
    """A year as the company has it: the days off and make-up days with names, and every working day.

    `version` is 0 for a calendar that came with the product and has never been changed.
    """

    year: int
    version: int
    published: bool
    holidays: dict[date, str]
    make_up: dict[date, str]
    working_days: list[date]
