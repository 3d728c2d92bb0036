"""What is asked of the manager's page, all of it in the address: which estate, which days, late by whom."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import msgspec

from admin_ui.pages import frame
from core.households.schemas import Project
from core.kit import clock
from core.kit.access import in_view
from core.kit.errors import NotFound
from core.kit.i18n import _

PATH = "/dash"
BOARD = "tickets.board.view"
PERIODS = {"1": _("今日"), "7": _("近 7 天"), "30": _("近 30 天")}
GROUPS = {"person": _("责任人"), "department": _("部门"), "estate": _("小区")}
USUAL_DAYS, USUAL_GROUP = "30", "person"
HEAT_DAYS = 28
FEWEST_COURSE_DAYS = 14


class Span(msgspec.Struct, frozen=True):
    """Shanghai days from `first` to before `end`."""

    first: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.first).days


class Asked(msgspec.Struct, kw_only=True, frozen=True):
    """`estate` is None for all that the caller may see; `days` and `by` are keys of PERIODS and GROUPS."""

    estates: Sequence[Project]
    estate: Project | None
    days: str
    by: str

    @property
    def projects(self) -> list[UUID] | None:
        """What the queries count: one, those allowed, or None for the whole company."""
        if self.estate is not None:
            return [self.estate.id]
        allowed = in_view(BOARD)
        return None if allowed is None else list(allowed)

    @property
    def span(self) -> Span:
        return ending_today(int(self.days))

    @property
    def before(self) -> date:
        """Where the period that this one is compared with begins."""
        return self.span.first - timedelta(days=self.span.days)

    @property
    def course(self) -> Span:
        return ending_today(max(int(self.days), FEWEST_COURSE_DAYS))

    @property
    def late_list(self) -> str:
        """The list of tickets that were ever late and are not closed."""
        return frame.address("/tickets", {"overdue": 1, "project": self.estate.id if self.estate else ""})

    def query(self, **changed: str) -> str:
        values = {
            "project": str(self.estate.id) if self.estate else "",
            "days": self.days if self.days != USUAL_DAYS else "",
            "by": self.by if self.by != USUAL_GROUP else "",
        }
        return frame.address(PATH, {**values, **changed})


def asked(estates: Sequence[Project], project: str, days: str, by: str) -> Asked:
    """Raises NotFound for an estate that is not among those."""
    estate = next((one for one in estates if str(one.id) == project), None)
    if project and estate is None:
        raise NotFound
    return Asked(
        estates=estates,
        estate=estate,
        days=frame.one_of(days, PERIODS, USUAL_DAYS),
        by=frame.one_of(by, GROUPS, USUAL_GROUP),
    )


def ending_today(days: int) -> Span:
    tomorrow = clock.today() + timedelta(days=1)
    return Span(tomorrow - timedelta(days=days), tomorrow)
