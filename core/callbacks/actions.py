"""Records call-backs: reaching somebody closes the ticket, an unhappy household reopens it (CB-01,
CB-03, TK-07).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from core.callbacks import errors, queries
from core.callbacks.events import CallBackRecorded
from core.callbacks.schemas import CallBack, Exempt, NewCallBack
from core.flows import engine
from core.flows.schemas import Happened
from core.kit import audit, clock, sql
from core.kit.access import can, require
from core.kit.context import current
from core.kit.errors import UNSEEN, DomainError, FieldError, Stale, VersionRequired, refuse
from core.kit.events import publish
from core.kit.i18n import gettext
from core.kit.ids import new_id
from core.policies.queries import policy
from core.policies.values import CallBackPolicy
from core.tickets import queries as tickets
from core.tickets.actions import announce_move
from core.tickets.errors import ConflictOfInterest
from core.tickets.schemas import Reopen

RECORD = "callbacks.call_back.record"
WORKED = """
select 1 from core.flows_event
where tenant_id = $1 and record_id = $2 and actor_id = $3
 and name in ('start', 'contact', 'complete', 'resume', 'answer') limit 1
"""


async def record(ticket: UUID | str, new: NewCallBack, wrong: Sequence[FieldError] = ()) -> Mapping[str, Any]:
    """One attempt. Reached: closed, or reopened when dissatisfied. The last try allowed makes it
    `unreachable`, which closes too but never counts as reached. The row of the ticket afterwards.

    `wrong` are fields that could not be read and are refused together with what the rules refuse.
    """
    row = await _due_ticket(ticket, new.version)
    await _check_caller(row)
    _check_words(new, wrong)
    before = [c for c in await queries.of_ticket(row["id"]) if c.round == row["reopened"]]
    result = new.result if new.result == "reached" else await _attempted(row, before)
    made = await _write(row, new, result, len(before) + 1)
    flow = engine.flow_of(row["kind"])
    await engine.tell(
        Happened(flow=flow, name="call_back", before=row, after=row, at=made["at"], actor=current().somebody)
    )
    publish(CallBackRecorded(made["id"], row["id"], result))
    if result == "attempted":
        await _note(row, new, made)
        return row
    return await _settle(row, new, made)


async def exempt(ticket: UUID | str, new: Exempt) -> Mapping[str, Any]:
    """Close without a call-back, for a typed reason, by somebody who may decide that and did not do
    the work.
    """
    row = await _due_ticket(ticket, new.version)
    require("callbacks.call_back.exempt", row["project_id"])
    await _check_caller(row, lead=False)
    flow = engine.flow_of(row["kind"])
    row = await engine.update(flow, row["id"], {"call_back_exemption": new.reason, "result": _result(row)})
    audit.record("call_back.exempt", flow.name, row["id"])
    after = await engine.take(flow, row, "close", note=new.reason, hidden=True)
    announce_move(after, "close")
    return after


async def _due_ticket(ticket: UUID | str, version: int | None) -> Mapping[str, Any]:
    seen = await tickets.row_of(ticket)
    require(RECORD, seen["project_id"])
    flow = engine.flow_of(seen["kind"])
    row = await engine.locked(flow, seen["id"])
    if row["state"] != "pending_call_back":
        raise errors.NotDue(state=gettext(flow.state(row["state"]).label))
    if version == UNSEEN:
        raise VersionRequired(version=row["version"])
    if version is not None and version != row["version"]:
        raise Stale(by=await sql.value(engine.LAST_ACTOR, row["id"]) or "", version=row["version"])
    return row


async def _check_caller(row: Mapping[str, Any], *, lead: bool = True) -> None:
    """Caller ≠ worker, ≠ complained-of; a major event only by those who lead."""
    me = current().somebody.id
    about = {row["engineer"], row["specialist_owner"]}
    complained_of = str(me) == row["form"].get("complained_person")
    if complained_of or me in about or await sql.value(WORKED, row["id"], me):
        raise ConflictOfInterest
    if lead and row["major"] and not can("callbacks.call_back.major", row["project_id"]):
        raise errors.OnlyLeadsCallBack


def _check_words(new: NewCallBack, wrong: Sequence[FieldError]) -> None:
    unread = {error.field for error in wrong}
    refusals: list[DomainError] = []
    if new.result == "reached" and new.satisfaction is None and "satisfaction" not in unread:
        refusals.append(errors.SatisfactionRequired())
    if new.result == "attempted" and new.satisfaction is not None:
        refusals.append(errors.SatisfactionWithoutContact())
    if new.satisfaction == "dissatisfied" and not new.note and "note" not in unread:
        refusals.append(errors.ReasonForDissatisfaction())
    refuse(wrong, refusals)


async def _attempted(row: Mapping[str, Any], before: list[CallBack]) -> str:
    """`unreachable` from the third attempt on a second day on (the company's values)."""
    values = await policy(CallBackPolicy, row["project_id"])
    days: set[date] = {clock.local(c.at).date() for c in before} | {clock.today()}
    enough = len(before) + 1 >= values.attempts and len(days) >= values.attempt_days
    return "unreachable" if enough else "attempted"


async def _write(row: Mapping[str, Any], new: NewCallBack, result: str, attempt: int) -> Any:
    who = current().somebody
    return await sql.insert(
        "callbacks_call_back",
        {
            "id": new_id(),
            "ticket_id": row["id"],
            "project_id": row["project_id"],
            "attempt": attempt,
            "at": clock.now(),
            "day": clock.today(),
            "method": new.method,
            "result": result,
            "satisfaction": new.satisfaction,
            "person": new.person or (row["requester"] if result == "reached" else None),
            "note": new.note,
            "caller_id": who.id,
            "caller_name": who.name,
            "round": row["reopened"],
        },
    )


async def _note(row: Mapping[str, Any], new: NewCallBack, made: Any) -> None:
    await engine.write_event(
        engine.flow_of(row["kind"]), row["id"], kind="note", name="call_back",
        actor=current().somebody, at=made["at"], note=new.note,
        form={"method": new.method, "result": made["result"], "attempt": made["attempt"]},
    )  # fmt: skip
    audit.record("call_back.attempted", row["kind"], row["id"], attempt=made["attempt"])


async def _settle(row: Mapping[str, Any], new: NewCallBack, made: Any) -> Mapping[str, Any]:
    flow = engine.flow_of(row["kind"])
    if new.satisfaction == "dissatisfied":
        await _note(row, new, made)
        after = await engine.take(flow, row, "reopen", form=Reopen(reason=new.note or ""), hidden=True)
        announce_move(after, "reopen")
        return after
    row = await engine.update(flow, row["id"], {"call_back_id": made["id"], "result": _result(row)})
    form = {"method": new.method, "result": made["result"], "satisfaction": new.satisfaction}
    after = await engine.take(flow, row, "close", note=new.note, hidden=True, extra=form)
    announce_move(after, "close")
    return after


def _result(row: Mapping[str, Any]) -> str:
    return row["result"] or gettext("已处理")
