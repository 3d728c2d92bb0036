"""What goes up (TK-05, TK-02 Exc): a level, a step of priority, and who hears of major events."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from core.flows import engine
from core.flows.schemas import Move
from core.kit import sql
from core.kit.context import SYSTEM
from core.staff import queries as staff
from core.tickets.priority import raised

MAJOR_TOLD, RAISED = "major_told", "priority_raised"
SECOND = 2
BREACHES = """
select count(*) from core.sla_clock where tenant_id = $1 and record_id = $2 and breached_at is not null
"""
SAID = "select 1 from core.flows_event where tenant_id = $1 and record_id = $2 and name = $3 limit 1"


async def escalate(move: Move) -> None:
    """A level above whom it has reached, else above whoever escalates; the last one where the ladder ends."""
    project = move.row["project_id"]
    reached = move.row["escalated_to"]
    who = move.actor.id if move.actor.kind == "person" else move.row["first_responsible"]
    above = await staff.superior_of(reached or who, project) or reached
    move.changes |= {"escalation": move.row["escalation"] + 1, "escalated_to": above}
    if above is not None:
        move.extra["told"] = list((await staff.names([above])).values())
    if move.form.major:
        move.changes["major"] = True


async def mark_major(move: Move) -> None:
    move.changes["major"] = True


async def raise_level(row: Mapping[str, Any], told: Sequence[UUID]) -> None:
    """A breach that went up a level by itself counts like an escalation."""
    changes: dict[str, Any] = {"escalation": row["escalation"] + 1}
    if told:
        changes["escalated_to"] = told[0]
    await engine.update(engine.flow_of(row["kind"]), row["id"], changes)


async def raise_priority(row: Mapping[str, Any]) -> None:
    """TK-02 Exc: one step, once, on the second breach of the ticket."""
    flow = engine.flow_of(row["kind"])
    now = await engine.locked(flow, row["id"])
    higher = raised(now["priority"])
    if higher == now["priority"] or await sql.value(BREACHES, row["id"]) < SECOND:
        return
    if await was_said(row["id"], RAISED):
        return
    await engine.update(flow, row["id"], {"priority": higher})
    await engine.write_event(
        flow, row["id"], kind="system", name=RAISED, actor=SYSTEM, note=f"{now['priority']} → {higher}"
    )


async def note_told(row: Mapping[str, Any], people: Sequence[UUID]) -> None:
    """TK-05: the ticket shows who was told of a major event, and when."""
    names = await staff.names(people)
    told = [names[person] for person in dict.fromkeys(people) if person in names]
    await engine.write_event(
        engine.flow_of(row["kind"]),
        row["id"],
        kind="system",
        name=MAJOR_TOLD,
        actor=SYSTEM,
        form={"told": told},
    )


async def was_said(ticket: UUID, name: str) -> bool:
    return await sql.value(SAID, ticket, name) is not None
