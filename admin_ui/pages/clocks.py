"""The strip of clocks on a ticket's page: rule, pill, what to read first, how much is used up."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from admin_ui import pills
from admin_ui.formats import moment, span, time_of_day
from core.kit import clock
from core.kit.i18n import _, gettext
from core.tickets.schemas import ClockView

IN_STRIP = 4


class Run(msgspec.Struct, kw_only=True):
    rule: str
    clock: dict[str, Any]
    headline: str
    percent: int


def strip(clocks: Iterable[ClockView]) -> tuple[list[Run], list[Run]]:
    """The clocks to look at now (running ones by due moment, then the last stopped), and the others. One that
    was withdrawn is neither met nor late and not shown.
    """
    known = [c for c in clocks if c.due_at is not None and c.outcome != "withdrawn"]
    running = sorted((c for c in known if c.stopped_at is None), key=_due)
    stopped = sorted((c for c in known if c.stopped_at is not None), key=_due, reverse=True)
    runs = [_run(c) for c in (*running, *stopped)]
    return runs[:IN_STRIP], runs[IN_STRIP:]


def due_pill(due: datetime | None, label: str = "") -> dict[str, Any] | None:
    """The pill of a moment that is not a clock's row."""
    if due is None:
        return None
    return {"state": "over" if due <= clock.now() else "ok", "due": due, "label": label}


def _due(view: ClockView) -> datetime:
    return view.due_at or view.started_at


def _run(view: ClockView) -> Run:
    return Run(
        rule=pills.name_of(view.code) or gettext(view.name),
        clock=pills.of_clock(view),
        headline=_headline(view),
        percent=_percent(view),
    )


def _headline(view: ClockView) -> str:
    if view.stopped_at is not None:
        return span(view.stopped_at - view.started_at)
    due = _due(view)
    same_day = clock.local(due).date() == clock.today()
    return gettext(_("截止 {time}"), time=time_of_day(due) if same_day else moment(due))


def _percent(view: ClockView) -> int:
    whole = (_due(view) - view.started_at).total_seconds()
    used = ((view.stopped_at or clock.now()) - view.started_at).total_seconds()
    return min(100, max(0, round(used * 100 / whole))) if whole > 0 else 100
