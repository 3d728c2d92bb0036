"""Writes why something is unfinished and what comes next; what was written is never changed (TK-06)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from core.carryover import errors, queries
from core.carryover.events import CarriedOver
from core.carryover.permissions import WRITE
from core.carryover.schemas import Entry, NewEntry
from core.flows import engine
from core.flows.errors import NoBackfill
from core.flows.schemas import Happened
from core.kit import audit, clock, live, sql
from core.kit.access import require
from core.kit.context import Actor, current
from core.kit.errors import NotFound
from core.kit.events import publish
from core.kit.i18n import _, gettext
from core.kit.ids import new_id
from core.plugin.contributions import Flow
from core.sla import queries as sla
from core.sla.days import ServiceDay
from core.tickets import queries as tickets

NOTED = "carried_over"
"""What the line of the ticket's timeline is called."""


async def enter(new: NewEntry) -> Entry:
    """Write the desk's word on a line of the list, or put right what was written, with a reason.

    Raises NotFound, Forbidden; NoBackfill for a list that may no longer be written, NotListed for what is
    done or promised for later, EnteredAlready for whoever comes second, FollowUpInPast,
    CorrectionReasonRequired.
    """
    seen = await tickets.row_of(new.ticket)
    require(WRITE, seen["project_id"])
    flow = engine.flow_of(seen["kind"])
    row = await engine.locked(flow, seen["id"])
    if new.corrects is not None:
        return await _correct(flow, row, new, new.corrects)
    day = await _writable(row["project_id"], new.day)
    written = await queries.last(row["id"], day.day)
    if written is not None:
        raise errors.EnteredAlready(by=written.actor_name)
    line = await queries.line(row["id"], row["project_id"], day)
    if line is None:
        raise errors.NotListed(number=row["number"])
    return await _write(
        flow,
        row,
        day=day.day,
        entry_type=line.entry_type,
        sheet=line.sheet,
        reason=new.reason,
        next_step=new.next_step,
        next_on=await _next_on(row["project_id"], day, new.next_on),
    )


async def _correct(flow: Flow, row: Any, new: NewEntry, wrong: UUID) -> Entry:
    """Corrections bear their own time, so they may also be made of a list of days gone by."""
    first = await queries.entry(wrong)
    if first.ticket_id != row["id"]:
        raise NotFound(field="corrects")
    last = await queries.last(row["id"], first.day)
    if last is not None and last.id != wrong:
        raise errors.EnteredAlready(by=last.actor_name)
    if not new.correction:
        raise errors.CorrectionReasonRequired
    if new.next_on is not None and new.next_on <= first.day:
        raise errors.FollowUpInPast
    return await _write(
        flow,
        row,
        day=first.day,
        entry_type=first.entry_type,
        sheet=first.sheet,
        reason=new.reason,
        next_step=new.next_step,
        next_on=new.next_on or first.next_on,
        corrects=wrong,
        correction=new.correction,
    )


async def carry(happened: Happened, *, reason: str, next_step: str, next_at: datetime | None) -> Entry:
    """RP-01: what an engineer cannot complete is on the list by itself, with the reason and the next
    appointment; a further word on the day's entry where there is one.
    """
    row = happened.after
    day = await sla.service_day(row["project_id"], happened.at)
    written = await queries.last(row["id"], day.day)
    line = await queries.line(row["id"], row["project_id"], day)
    agreed = None if next_at is None else max(clock.local(next_at).date(), day.day)
    return await _write(
        happened.flow,
        row,
        day=day.day,
        entry_type=line.entry_type if line else "unfinished",
        sheet=line.sheet if line else None,
        reason=reason,
        next_step=next_step,
        next_on=agreed or await _next_on(row["project_id"], day, None),
        next_at=next_at,
        corrects=written.id if written else None,
        correction=gettext(_("维修登记暂不能完成")) if written else None,
        automatic=True,
        at=happened.at,
        actor=happened.actor,
    )


async def _writable(project: UUID, wanted: date | None) -> ServiceDay:
    days = await queries.writable(project)
    if wanted is None:
        return days[0]
    for day in days:
        if day.day == wanted:
            return day
    raise NotFound(field="day") if wanted > days[-1].day else NoBackfill(field="day")


async def _next_on(project: UUID, day: ServiceDay, wanted: date | None) -> date:
    """The next service day unless another was named."""
    if wanted is None:
        return (await sla.service_day(project, day.closes)).day
    if wanted <= day.day:
        raise errors.FollowUpInPast
    return wanted


async def _write(
    flow: Flow, row: Any, *, at: datetime | None = None, actor: Actor | None = None, **values: Any
) -> Entry:
    who, moment, identity = actor or current().somebody, at or clock.now(), new_id()
    columns = {
        "id": identity,
        "ticket_id": row["id"],
        "project_id": row["project_id"],
        "at": moment,
        "actor_id": who.id,
        "actor_name": who.name,
        **values,
    }
    made: Entry = sql.struct(Entry, await sql.insert("carryover_entry", columns))
    told = {name: made_value for name, made_value in values.items() if name in TOLD and made_value}
    await engine.write_event(
        flow, row["id"], kind="note", name=NOTED, actor=who, at=moment, note=made.reason, form=told
    )
    audit.record(
        "carryover.entered", flow.name, row["id"],
        entry=identity, day=made.day, type=made.entry_type, corrects=made.corrects,
    )  # fmt: skip
    live.changed("carryover", row["id"])
    live.changed("tickets", row["id"])
    publish(CarriedOver(identity, row["id"], made.entry_type))
    return made


TOLD = frozenset({"day", "entry_type", "next_step", "next_on", "next_at", "sheet", "correction"})
"""What the timeline's line keeps besides the reason."""
