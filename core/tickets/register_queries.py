"""The daily repair register (FORM-02): every repair taken in, with its sheet and when that came back."""

from datetime import date, datetime, timedelta
from typing import Literal, TypeVar
from uuid import UUID

import msgspec

from core.kit import clock, paging, sql
from core.kit.access import in_view
from core.tickets.errors import PeriodTooLong, PeriodUpsideDown

T = TypeVar("T")
VIEW = "tickets.register.view"
LONGEST = timedelta(days=366)
MIDNIGHT = "::date::timestamp at time zone 'Asia/Shanghai'"
RESULTS = {
    "returned": "o.returned_at is not null",
    "out": "o.returned_at is null and t.state not in ('closed', 'cancelled', 'merged', 'refused')",
    "withdrawn": "t.state in ('cancelled', 'merged', 'refused')",
}
Result = Literal["returned", "out", "withdrawn"]
LINES = f"""
select t.id, t.number, t.project_id, t.created_at, t.received_at, t.room, t.place, t.requester,
 t.phone_masked,
 t.content, t.kind, t.form ->> 'item' as item, t.appointment_at, t.immediate, t.paid, t.state,
 t.result,
 o.number as order_number, o.returned_at
from core.tickets_ticket t
left join lateral (
 select w.number, w.returned_at from core.tickets_work_order w
 where w.tenant_id = t.tenant_id and w.ticket_id = t.id
 order by w.issued_at desc, w.id desc limit 1) o on true
where t.tenant_id = $1 and t.kind = 'repair'
  and t.created_at >= $2{MIDNIGHT} and t.created_at < ($3::date + 1)::timestamp at time zone 'Asia/Shanghai'
  and ($4::uuid[] is null or t.project_id = any ($4)) and ($5::uuid is null or t.project_id = $5)
"""


class Period(msgspec.Struct, kw_only=True):
    """Shanghai days, both included. Raises PeriodUpsideDown, PeriodTooLong when it is used."""

    first: date
    last: date
    project: UUID | None = None

    @classmethod
    def of(cls, first: date | None, last: date | None, project: UUID | None) -> "Period":
        """Today where no day is named, one day where one is."""
        return cls(first=first or last or clock.today(), last=last or first or clock.today(), project=project)

    def check(self) -> None:
        if self.last < self.first:
            raise PeriodUpsideDown
        if self.last - self.first > LONGEST:
            raise PeriodTooLong(days=LONGEST.days)


class RepairLine(msgspec.Struct, kw_only=True):
    """`paid` is the special order (特约); `order_number` and `returned_at` are of the newest sheet."""

    id: UUID
    number: str
    project_id: UUID
    created_at: datetime
    received_at: datetime
    room: str
    place: str | None
    requester: str
    phone_masked: str | None
    content: str
    kind: str
    item: str | None
    appointment_at: datetime | None
    immediate: bool
    paid: bool
    state: str
    result: str | None
    order_number: str | None
    returned_at: datetime | None


async def repairs(
    period: Period,
    *,
    result: Result | None = None,
    cursor: str | None = None,
    limit: int = 50,
    back: bool = False,
) -> paging.Page[RepairLine]:
    """In the order they were taken in; `back` pages towards the first."""
    period.check()
    visible = in_view(VIEW)
    values: list[object] = [
        period.first,
        period.last,
        None if visible is None else list(visible),
        period.project,
    ]
    query = LINES + (f" and {RESULTS[result]}" if result else "")
    query += paging_of("t.created_at", "t.id", values, cursor, back=back)
    rows = await sql.many(RepairLine, f"{query} limit {limit + 1}", *values)
    return paged(rows, limit, "created_at", back=back)


def paging_of(at: str, identity: str, values: list[object], cursor: str | None, *, back: bool) -> str:
    """The end of such a query: after the cursor, oldest first; where `back`, before it, newest first."""
    after = paging.decode(cursor, datetime, UUID)
    where = ""
    if after is not None:
        values.extend(after)
        where = f" and ({at}, {identity}) {'<' if back else '>'} (${len(values)}, ${len(values) + 1})"
    direction = " desc" if back else ""
    return f"{where} order by {at}{direction}, {identity}{direction}"


def paged(rows: list[T], limit: int, at: str, *, back: bool) -> paging.Page[T]:
    page = paging.page(rows, limit, lambda row: key_of(row, at))
    if back:
        page.items.reverse()
    return page


def key_of(row: object, at: str) -> tuple[datetime, UUID]:
    return getattr(row, at), row.id  # type: ignore[attr-defined]
