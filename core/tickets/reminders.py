"""Presses for a late ticket: whoever answers for it and their superior hear of it, the timeline keeps it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from core.flows import engine
from core.kit import audit, clock, live, sql
from core.kit.access import require
from core.kit.context import current
from core.kit.events import publish
from core.tickets import errors, queries
from core.tickets.board_queries import LATE
from core.tickets.events import TicketReminded

REMIND = "tickets.ticket.remind"
QUIET = timedelta(minutes=10)
"""Nobody is pressed twice within this time."""
IS_LATE = f"""
select exists (select from core.sla_clock c where c.tenant_id = $1 and c.record_id = $2 and {LATE})
"""
REMINDED = "update core.tickets_ticket set reminded_at = $3 where tenant_id = $1 and id = $2"


async def remind(ticket: str) -> Mapping[str, Any]:
    """The ticket as it was. Raises NotLate, RemindedLately."""
    seen = await queries.row_of(ticket)
    require(REMIND, seen["project_id"])
    flow = engine.flow_of(seen["kind"])
    row = await engine.locked(flow, seen["id"])
    if flow.state(row["state"]).final or not await sql.value(IS_LATE, row["id"]):
        raise errors.NotLate(number=row["number"])
    now, last = clock.now(), row["reminded_at"]
    if last is not None and now - last < QUIET:
        minutes = int(QUIET.total_seconds() // 60)
        raise errors.RemindedLately(number=row["number"], at=f"{clock.local(last):%H:%M}", minutes=minutes)
    await sql.execute(REMINDED, row["id"], now)
    await engine.write_event(flow, row["id"], kind="note", name="reminder", actor=current().somebody, at=now)
    audit.record("ticket.reminded", flow.name, row["id"], number=row["number"])
    live.changed("tickets", row["id"])
    publish(TicketReminded(row["id"]))
    return row
