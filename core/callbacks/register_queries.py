"""The call-back register (FORM-06): every attempt, whom it reached and what they said."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from core.kit import paging, sql
from core.kit.access import in_view
from core.tickets.register_queries import MIDNIGHT, Period, paged, paging_of

VIEW = "callbacks.register.view"
Result = Literal["reached", "attempted", "unreachable", "satisfied", "acceptable", "dissatisfied"]
LINES = f"""
select c.id, c.at, c.attempt, c.method, c.result, c.satisfaction, c.person, c.note, c.caller_name,
 c.project_id, t.id as ticket_id, t.number, t.kind, t.room, t.place
from core.callbacks_call_back c
join core.tickets_ticket t on t.tenant_id = c.tenant_id and t.id = c.ticket_id
where c.tenant_id = $1 and c.at >= $2{MIDNIGHT}
  and c.at < ($3::date + 1)::timestamp at time zone 'Asia/Shanghai'
  and ($4::uuid[] is null or c.project_id = any ($4)) and ($5::uuid is null or c.project_id = $5)
  and ($6::text is null or c.result = $6 or c.satisfaction = $6)
"""


class CallBackLine(msgspec.Struct, kw_only=True):
    id: UUID
    at: datetime
    attempt: int
    method: str
    result: str
    satisfaction: str | None
    person: str | None
    note: str | None
    caller_name: str
    project_id: UUID
    ticket_id: UUID
    number: str
    kind: str
    room: str
    place: str | None


async def call_backs(
    period: Period,
    *,
    result: Result | None = None,
    cursor: str | None = None,
    limit: int = 50,
    back: bool = False,
) -> paging.Page[CallBackLine]:
    """In the order they were made; `result` may be what was said. `back` pages towards the first."""
    period.check()
    visible = in_view(VIEW)
    allowed = None if visible is None else list(visible)
    values: list[object] = [period.first, period.last, allowed, period.project, result]
    query = LINES + paging_of("c.at", "c.id", values, cursor, back=back)
    rows = await sql.many(CallBackLine, f"{query} limit {limit + 1}", *values)
    return paged(rows, limit, "at", back=back)
