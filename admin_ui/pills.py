"""Clocks, states and kinds of tickets as the macros draw them."""

from collections.abc import Iterable
from typing import Any

from core.flows.engine import known_flow
from core.kit import clock
from core.kit.i18n import gettext
from core.plugin.contributions import Flow
from core.sla.limits import DEFINITIONS
from core.tickets.schemas import ClockView, TicketRow

DOTS = {
    "todo": "new", "doing": "go", "waiting": "wait", "return": "wait", "call": "call-back", "done": "ok",
    "void": "void",
}  # fmt: skip
TONES = {"i": "info", "w": "warn", "v": "violet", "g": "ok", "d": "danger", "b": "brand"}


def of_row(row: TicketRow) -> dict[str, Any] | None:
    """The pill of a line in a list, None where no clock runs."""
    if row.due_at is None:
        return None
    state = _running(row.due_at, row.clock_warn_at, paused=row.clock_paused)
    label = name_of(row.clock_code)
    return {"state": state, "due": row.due_at, "since": row.clock_started_at, "label": label}


def of_clock(view: ClockView) -> dict[str, Any]:
    """The pill of one clock, running or ended."""
    label = name_of(view.code)
    if view.stopped_at is not None:
        late = view.stopped_at - view.due_at if view.breached_at and view.due_at else None
        state = "missed" if view.breached_at else "met"
        return {"state": state, "due": view.due_at, "label": label, "late": late}
    if view.due_at is None:
        return {"state": "pause", "due": None, "label": label}
    return {
        "state": _running(view.due_at, view.warn_at, paused=view.paused),
        "due": view.due_at,
        "since": view.started_at,
        "label": label,
    }


def soonest(views: Iterable[ClockView]) -> dict[str, Any] | None:
    """The pill of the running clock that is due first."""
    running = [view for view in views if view.stopped_at is None and view.due_at is not None]
    first = min(running, key=lambda view: view.due_at or view.started_at, default=None)
    return of_clock(first) if first else None


def name_of(code: str | None) -> str:
    return gettext(DEFINITIONS[code].name) if code in DEFINITIONS else ""


def status(kind: str, state: str) -> dict[str, str]:
    """`kind` and `text` for the macro `status`."""
    flow = known_flow(kind)
    if flow is None:
        return {"kind": "void", "text": state}
    found = flow.state(state)
    return {"kind": DOTS.get(found.dot, "go"), "text": gettext(found.label)}


def kind(name: str) -> dict[str, str]:
    """`text` and `tone` of a ticket's kind for the macro `badge`."""
    flow: Flow | None = known_flow(name)
    if flow is None:
        return {"text": name, "tone": ""}
    return {"text": gettext(flow.title), "tone": TONES.get(flow.tone, "")}


def _running(due: Any, warn: Any, *, paused: bool) -> str:
    now = clock.now()
    if paused:
        return "pause"
    if due <= now:
        return "over"
    return "warn" if warn is not None and warn <= now else "ok"
