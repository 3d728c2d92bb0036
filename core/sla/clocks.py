"""One run of a clock: how it starts, stands still, ends and falls due. Pure: no I/O, no clock of its own."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from core.kit.clock import end_of
from core.kit.ids import new_id
from core.policies.schemas import Versions
from core.sla.due import due
from core.sla.limits import DEFINITIONS
from core.sla.measure import at_percent, warn_at
from core.sla.policy import SlaPolicy, hours, limit_of
from core.sla.schemas import Calendars, Hours, Limit, Pause

Outcome = Literal["met", "late", "withdrawn"]
FireKind = Literal["target", "warn", "breach", "escalation"]
UNTIMED = frozenset({"rings", "none"})
TOLD = frozenset({"W", "E"})
"""Letters of a limit whose breach somebody is told of; the others are only noted, or block by themselves."""


class Edition(Struct, frozen=True):
    """Which state of the company's calendars: the newest row's id and version, none for the national ones."""

    id: UUID | None = None
    version: int = 0


class Rules(Struct, frozen=True):
    """What a run counts by, and where it is from."""

    policy: SlaPolicy
    versions: Versions
    hours: Hours
    calendar_version: int


class Run(Struct, kw_only=True):
    """A row of `sla_clock`. A stop after `late_at` is a breach; `level` is how far up breaches have gone.

    `appointed`: the due moment was named, not counted. `repeated`: an earlier run of this limit on this
    record was breached. `next_fire_at` is when the sweep has something to do; None while it stands still.
    """

    id: UUID
    flow: str
    record_id: UUID
    project_id: UUID | None
    code: str
    name: str
    unit: str
    amount: int
    breach: list[str]
    appointed: bool = False
    started_at: datetime
    due_at: datetime
    late_at: datetime
    target_at: datetime | None = None
    warn_at: datetime | None = None
    next_level_at: datetime | None = None
    pauses: list[Pause] = []
    paused_at: datetime | None = None
    stopped_at: datetime | None = None
    outcome: Outcome | None = None
    target_warned_at: datetime | None = None
    warned_at: datetime | None = None
    breached_at: datetime | None = None
    escalated_at: datetime | None = None
    repeated: bool = False
    level: int = 0
    next_fire_at: datetime | None = None
    policy_company: UUID | None = None
    policy_project: UUID | None = None
    calendar_version: int = 0
    provisional: bool = False

    @property
    def running(self) -> bool:
        return self.stopped_at is None

    @property
    def versions(self) -> Versions:
        return Versions(self.policy_company, self.policy_project)

    @property
    def told(self) -> bool:
        """Whether anybody hears of its warnings and breaches."""
        return not TOLD.isdisjoint(self.breach)


class Fire(Struct, frozen=True):
    """Something a run sets off once: a warning, its breach, or a level of escalation."""

    run: Run
    kind: FireKind
    level: int = 0


def rules(policy: SlaPolicy, versions: Versions, calendars: Calendars, calendar_version: int) -> Rules:
    return Rules(policy, versions, hours(policy, calendars), calendar_version)


def limit_for(code: str, by: Rules) -> Limit | None:
    """The limit as the policy has it; None where it does not run or is no matter of time."""
    limit = limit_of(by.policy, code)
    return limit if limit.on and limit.unit not in UNTIMED else None


def begin(
    code: str,
    limit: Limit,
    by: Rules,
    *,
    flow: str,
    record: UUID,
    project: UUID | None,
    at: datetime,
    named: datetime | date | None = None,
    pauses: Sequence[Pause] = (),
    before: Sequence[Run] = (),
) -> Run:
    """A new run from `at`. `named` is the due moment or day itself; `before` are the limit's earlier runs."""
    moment = named if isinstance(named, datetime) or named is None else end_of(named)
    run = Run(
        id=new_id(),
        flow=flow,
        record_id=record,
        project_id=project,
        code=code,
        name=DEFINITIONS[code].name,
        unit="AT" if moment else limit.unit,
        amount=0 if moment else limit.amount,
        breach=list(limit.breach),
        appointed=moment is not None,
        started_at=at,
        due_at=moment or at,
        late_at=moment or at,
        pauses=list(pauses),
        repeated=any(run.breached_at is not None for run in before),
        level=max((run.level for run in before), default=0),
        policy_company=by.versions.company,
        policy_project=by.versions.project,
    )
    count(run, by)
    return run


def count(run: Run, by: Rules) -> None:
    """Reckon everything that falls due anew, by its own policy and the calendars at hand."""
    limit = limit_of(by.policy, run.code)
    if run.appointed:
        limit = replace(limit, unit="AT", target=None)
    found = due(
        limit, run.started_at, by.hours, pauses=run.pauses, appointed=run.due_at if run.appointed else None
    )
    run.due_at, run.late_at, run.target_at = found.due_at, found.late_at, found.target_at
    run.provisional, run.calendar_version = found.provisional, by.calendar_version
    span = (limit, run.started_at, found.due_at, by.hours)
    run.warn_at = warn_at(*span, percent=by.policy.warn_percent, pauses=run.pauses)
    next_level = at_percent(*span, percent=by.policy.next_level_percent, pauses=run.pauses)
    run.next_level_at = max(next_level, found.late_at) if next_level > found.due_at else None
    run.next_fire_at = next_fire(run)


def next_fire(run: Run) -> datetime | None:
    """When the earliest thing that this run has still to set off falls due; None while it stands still."""
    if not run.running or run.paused_at is not None:
        return None
    pending = [moment for _kind, moment in _pending(run)]
    return min(pending, default=None)


def _pending(run: Run) -> list[tuple[FireKind, datetime]]:
    moments: list[tuple[FireKind, datetime | None, datetime | None]] = [
        ("breach", run.late_at, run.breached_at),
    ]
    if run.told:
        moments += [
            ("target", run.target_at, run.target_warned_at or run.breached_at),
            ("warn", run.warn_at, run.warned_at or run.breached_at),
            ("escalation", run.next_level_at, run.escalated_at),
        ]
    return [(kind, moment) for kind, moment, done in moments if moment is not None and done is None]


def fall_due(run: Run, now: datetime) -> list[Fire]:
    """Mark what has fallen due before `now` and answer what is to be told of it.

    A warning that the breach has overtaken is not given any more.
    """
    past = {kind for kind, moment in _pending(run) if moment < now}
    fires: list[Fire] = []
    if "breach" in past:
        past -= {"warn", "target"}
        fires += breach(run, now)
    if "target" in past:
        run.target_warned_at = now
        fires.append(Fire(run, "target"))
    if "warn" in past:
        run.warned_at = now
        fires.append(Fire(run, "warn"))
    if "escalation" in past:
        run.escalated_at = now
        fires.append(_higher(run))
    run.next_fire_at = next_fire(run)
    return fires


def breach(run: Run, at: datetime) -> list[Fire]:
    """The limit was not kept. The second time on one record it goes up a level at once (TK-05)."""
    run.breached_at = at
    if not run.told:
        return []
    return [Fire(run, "breach"), *([_higher(run)] if run.repeated else [])]


def _higher(run: Run) -> Fire:
    run.level += 1
    return Fire(run, "escalation", run.level)


def stand_still(run: Run, at: datetime) -> None:
    run.paused_at, run.next_fire_at = at, None


def go_on(run: Run, at: datetime, by: Rules) -> None:
    """End a pause; the due moment moves as the unit says."""
    run.pauses, run.paused_at = pauses_until(run, at), None
    count(run, by)


def pauses_until(run: Run, at: datetime) -> list[Pause]:
    """Its pauses, one that is still open closed at `at`."""
    return [*run.pauses, *([Pause(run.paused_at, at)] if run.paused_at is not None else [])]


def stop(run: Run, at: datetime, by: Rules) -> list[Fire]:
    """End it by what it waited for: met up to the due moment (and its tolerance), one second later late."""
    if run.paused_at is not None:
        go_on(run, at, by)
    late = run.breached_at is not None or at > run.late_at
    fires = breach(run, at) if late and run.breached_at is None else []
    _end(run, at, "late" if late else "met")
    return fires


def withdraw(run: Run, at: datetime) -> None:
    """End it because it has lost its meaning; a breach that has been noted stays noted."""
    if run.paused_at is not None:
        run.pauses, run.paused_at = pauses_until(run, at), None
    _end(run, at, "withdrawn")


def _end(run: Run, at: datetime, outcome: Outcome) -> None:
    run.stopped_at, run.outcome, run.next_fire_at = at, outcome, None
