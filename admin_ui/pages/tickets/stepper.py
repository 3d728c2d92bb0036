"""The steps on top of a ticket: what is done, by whom and when, and what comes next."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from admin_ui.formats import moment, time_of_day
from core.flows.schemas import TimelineEvent
from core.kit import clock
from core.kit.i18n import _, gettext
from core.plugin.contributions import Flow

ENDS = {"register": _("受理"), "answer": _("答复"), "call_back": _("回访"), "close": _("关闭")}
UNDONE_BY = {"decline": "dispatch", "void_sheet": "dispatch", "reopen": "dispatch"}
"""Arrows after which this step and all behind it are to be done again."""


class Step(msgspec.Struct):
    label: str
    note: str
    state: str


def steps(row: Mapping[str, Any], flow: Flow | None, events: Sequence[TimelineEvent]) -> list[Step]:
    """For flows of any shape: the known arrows where they exist, else the flow's own states in order."""
    if flow is None:
        return []
    path = _path(row, flow, events)
    if path is None:
        return _by_states(row, flow, events)
    done = _done(path, events)
    ended = flow.state(row["state"]).final
    at = len(path) if ended else _next(path, done)
    shown = [
        Step(_label(name, flow), _note(done.get(name)), _state(number, at, name in done, ended=ended))
        for number, name in enumerate(path)
        if not (ended and row["state"] != "closed" and name not in done)
    ]
    if ended and row["state"] != "closed":
        shown.append(
            Step(gettext(flow.state(row["state"]).label), _note(events[-1] if events else None), "done")
        )
    return shown


def _path(row: Mapping[str, Any], flow: Flow, events: Sequence[TimelineEvent]) -> list[str] | None:
    last = ["call_back", "close"] if row["call_back_owed"] else ["close"]
    if any(event.name == "answer" for event in events) and not any(e.name == "dispatch" for e in events):
        return ["register", "answer", *last]
    if not flow.steps:
        return None
    sheet = row["call_back_owed"] or (flow.intake is not None and flow.intake.scheduled)
    back = [name for name in flow.steps if sheet or name != "return_sheet"]
    return ["register", *back, *last]


def _done(path: Sequence[str], events: Sequence[TimelineEvent]) -> dict[str, TimelineEvent]:
    """The event that did each step, those undone later left out. A reopening is a new dispatch."""
    done: dict[str, TimelineEvent] = {}
    for event in events:
        if event.name in UNDONE_BY and UNDONE_BY[event.name] in path:
            for name in path[path.index(UNDONE_BY[event.name]) :]:
                done.pop(name, None)
        if event.name == "reopen":
            done["dispatch"] = event
        elif event.name == "close":
            done["call_back"] = done["close"] = event
        elif event.name in path and event.kind == "move":
            done[event.name] = event
    return done


def _next(path: Sequence[str], done: Mapping[str, Any]) -> int:
    return next((number for number, name in enumerate(path) if name not in done), len(path))


def _state(number: int, at: int, is_done: bool, *, ended: bool) -> str:  # noqa: FBT001 - three facts of one step
    if is_done or ended:
        return "done"
    return "now" if number == at else "todo"


def _label(name: str, flow: Flow) -> str:
    return gettext(flow.steps.get(name) or ENDS[name])


def _note(event: TimelineEvent | None) -> str:
    if event is None:
        return ""
    today = clock.local(event.at).date() == clock.today()
    return f"{time_of_day(event.at) if today else moment(event.at)[5:]} {event.actor}"


def _by_states(row: Mapping[str, Any], flow: Flow, events: Sequence[TimelineEvent]) -> list[Step]:
    """A flow of another shape: its states without the dead ends, the current one marked."""
    reached = {event.to_state: event for event in events if event.to_state}
    names = [s.name for s in flow.states if s.dot not in {"void", "waiting"} or s.name == row["state"]]
    at = names.index(row["state"]) if row["state"] in names else 0
    final = flow.state(row["state"]).final
    return [
        Step(
            gettext(flow.state(name).label),
            _note(reached.get(name)),
            "done" if number < at or (final and number == at) else "now" if number == at else "todo",
        )
        for number, name in enumerate(names)
        if number <= at or not final
    ]
