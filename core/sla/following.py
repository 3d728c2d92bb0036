"""What an event of a record does to its clocks: the rules of `Clock`, applied without I/O."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from core.flows.schemas import Happened
from core.plugin.contributions import Clock
from core.sla import clocks
from core.sla.clocks import Fire, Rules, Run
from core.sla.schemas import Pause

Ending = Literal["stop", "withdraw"]


class Changes(Struct, frozen=True):
    """Runs that ended, stood still or went on, then those that began, and what late ones set off."""

    changed: list[Run]
    begun: list[Run]
    fires: list[Fire]


def concerns(clock: Clock, happened: Happened) -> bool:
    """Whether the event can mean anything to the clock; most mean nothing and cost no query."""
    named = happened.name in clock.starts_on | clock.stops_on | clock.restarts_on | clock.withdrawn_on
    return named or _condition_moved(clock, happened) or _pause_moved(clock, happened)


def _condition_moved(clock: Clock, happened: Happened) -> bool:
    if clock.runs_if is None or happened.before is None or happened.before is happened.after:
        return False
    return clock.runs_if(happened.before) != clock.runs_if(happened.after)


def _pause_moved(clock: Clock, happened: Happened) -> bool:
    before = happened.before is not None and _still(clock, happened.before)
    return before != _still(clock, happened.after)


def _still(clock: Clock, row: Mapping[str, Any]) -> bool:
    return row["state"] in clock.pauses_in or (clock.pauses_if is not None and clock.pauses_if(row))


class _Case(Struct, frozen=True):
    """What happened, the record's runs, those of them that were running before (by code), and the rules."""

    happened: Happened
    runs: Sequence[Run]
    live: Mapping[str, Run]
    by: Rules

    def named(self, clock: Clock) -> Any:
        return self.happened.after[clock.due_at] if clock.due_at is not None else None

    def holds(self, clock: Clock) -> bool:
        return clock.runs_if is None or clock.runs_if(self.happened.after)


def apply(happened: Happened, runs: Sequence[Run], by: Rules) -> Changes:
    """Follow every clock of the flow. `runs` are all of the record's; what changes is changed in place."""
    case = _Case(happened, runs, {run.code: run for run in runs if run.running}, by)
    changes = Changes([], [], [])
    for clock in happened.flow.clocks:
        if concerns(clock, happened):
            _follow(clock, case, changes)
    return changes


def _follow(clock: Clock, case: _Case, changes: Changes) -> None:
    running, name = case.live.get(clock.code), case.happened.name
    ending = _ending(clock, case, running) if running is not None else None
    if running is not None and ending is not None:
        changes.changed.append(running)
        changes.fires.extend(_end(running, ending, case))
    again = ending is not None and name in clock.restarts_on
    fresh = (running is None or ending is not None) and name in clock.starts_on
    if (again or fresh) and case.holds(clock):
        begun = _begin(clock, case, again=again)
        if begun is not None:
            _pause(clock, case, begun)
            changes.begun.append(begun)
    elif running is not None and ending is None and _pause(clock, case, running):
        changes.changed.append(running)


def _ending(clock: Clock, case: _Case, running: Run) -> Ending | None:
    name = case.happened.name
    if name in clock.stops_on:
        return "stop"
    if name in clock.withdrawn_on or not case.holds(clock):
        return "withdraw"
    if name in clock.restarts_on:
        if not running.appointed:
            return "stop"
        return "withdraw" if case.named(clock) != running.due_at else None
    return None


def _end(running: Run, ending: Ending, case: _Case) -> list[Fire]:
    if ending == "stop":
        return clocks.stop(running, case.happened.at, case.by)
    clocks.withdraw(running, case.happened.at)
    return []


def _begin(clock: Clock, case: _Case, *, again: bool) -> Run | None:
    happened, limit, named = case.happened, clocks.limit_for(clock.code, case.by), case.named(clock)
    if limit is None or (limit.unit == "AT" and named is None):
        return None
    start, pauses = (happened.at, []) if again else _beginning(clock, case)
    return clocks.begin(
        clock.code,
        limit,
        case.by,
        flow=happened.flow.name,
        record=happened.after["id"],
        project=happened.after["project_id"],
        at=start,
        named=named,
        pauses=pauses,
        before=[run for run in case.runs if run.code == clock.code],
    )


def _beginning(clock: Clock, case: _Case) -> tuple[datetime, list[Pause]]:
    """From when it counts, and what has been paused since.

    Clocks that begin at the same column stand for one another (a repair's size classes): the one that takes
    over goes on from the other's start. Once one of them has run its course, the column tells of a round
    that is over, and a new one begins with its event.
    """
    happened = case.happened
    if clock.begins_at is None:
        return happened.at, []
    family = {other.code for other in happened.flow.clocks if other.begins_at == clock.begins_at}
    for code in family & case.live.keys():
        return case.live[code].started_at, clocks.pauses_until(case.live[code], happened.at)
    if any(run.code in family and run.outcome in {"met", "late"} for run in case.runs):
        return happened.at, []
    return happened.after[clock.begins_at] or happened.at, []


def _pause(clock: Clock, case: _Case, run: Run) -> bool:
    """Stand still or go on as the record's state says; whether that changed anything."""
    wanted = _still(clock, case.happened.after)
    if wanted == (run.paused_at is not None):
        return False
    if wanted:
        clocks.stand_still(run, case.happened.at)
    else:
        clocks.go_on(run, case.happened.at, case.by)
    return True
