"""Work orders (RP-01): the sheet that goes out to engineering and comes back, beside its ticket."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from core.kit import sql
from core.kit.ids import new_id
from core.kit.numbering import next_number

PREFIX = "WX"
GONE = ("void", "returned")
INSERT = """
insert into core.tickets_work_order (tenant_id, id, ticket_id, project_id, number, state, department,
 paid, issued_at,
 issued_by, quote_item, quote_fen, price_accepted_at, price_accepted_by, price_accepted_how)
values ($1, $2, $3, $4, $5, 'issued', $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""
LATEST = """
select * from core.tickets_work_order where tenant_id = $1 and ticket_id = $2 order by issued_at desc,
 id desc limit 1
"""
PRINTED = """
update core.tickets_work_order set printed = printed + 1 where tenant_id = $1 and id = $2 returning printed
"""
BY_ID = "select * from core.tickets_work_order where tenant_id = $1 and id = $2"
ALL = "select * from core.tickets_work_order where tenant_id = $1 and ticket_id = $2 order by issued_at, id"


class WorkOrder(msgspec.Struct, kw_only=True):
    """A sheet as pages and prints show it; amounts in fen, times zoned."""

    id: UUID
    ticket_id: UUID
    number: str
    state: str
    department: str
    engineer: UUID | None
    size: str | None
    paid: bool
    issued_at: datetime
    issued_by: UUID
    handed_over_at: datetime | None
    handed_over_by: UUID | None
    arrived_at: datetime | None
    finished_at: datetime | None
    returned_at: datetime | None
    returned_no: str | None
    quote_item: str | None
    quote_fen: int | None
    price_accepted_at: datetime | None
    price_accepted_by: str | None
    price_accepted_how: str | None
    consent: str | None
    work: str | None
    material: list[dict[str, Any]]
    amount_fen: int | None
    signature: dict[str, Any] | None
    signature_exemption: str | None
    signed_by: str | None
    checklist: dict[str, Any]
    printed: int
    void_reason: str | None

    @property
    def material_fen(self) -> int:
        return sum(int(Decimal(item["amount"]) * 100) for item in self.material)

    @property
    def total_fen(self) -> int:
        return (self.amount_fen or 0) + self.material_fen


async def issue(ticket: Mapping[str, Any], *, department: str, at: datetime, by: UUID) -> str:
    """A new sheet for the ticket; a price accepted on an earlier sheet, or at the desk, goes with it."""
    before = await latest(ticket["id"])
    number = await next_number(PREFIX)
    kept = (
        (
            before.quote_item,
            before.quote_fen,
            before.price_accepted_at,
            before.price_accepted_by,
            before.price_accepted_how,
        )
        if before is not None and ticket["form"].get("price") is None
        else _agreed(ticket)
    )
    await sql.execute(
        INSERT,
        new_id(),
        ticket["id"],
        ticket["project_id"],
        number,
        department,
        ticket["paid"],
        at,
        by,
        *kept,
    )
    return number


def _agreed(ticket: Mapping[str, Any]) -> tuple[Any, ...]:
    """What was quoted before any sheet was out, and who agreed to it, how and when."""
    said = ticket["form"]
    if said.get("price") is None:
        return (None,) * 5
    at = said.get("price_accepted_at")
    who = (
        datetime.fromisoformat(at) if at else None,
        said.get("price_accepted_by"),
        said.get("price_accepted_how"),
    )
    return (said.get("price_item"), int(Decimal(said["price"]) * 100), *who)


async def change(ticket: UUID, state: str, **columns: Any) -> None:
    """Move the sheet that is out to `state` and set columns of it."""
    names = list(columns)
    assignments = "".join(f", {name} = ${number}" for number, name in enumerate(names, 4))
    await sql.execute(
        f"update core.tickets_work_order set state = $3, version = version + 1{assignments}"
        " where tenant_id = $1 and ticket_id = $2 and state not in ('void', 'returned')",
        ticket,
        state,
        *columns.values(),
    )


async def latest(ticket: UUID) -> WorkOrder | None:
    return await sql.maybe(WorkOrder, LATEST, ticket)


async def one(order: UUID) -> WorkOrder | None:
    return await sql.maybe(WorkOrder, BY_ID, order)


async def out(ticket: UUID) -> WorkOrder | None:
    """The sheet that is out, if any."""
    order = await latest(ticket)
    return order if order is not None and order.state not in GONE else None


async def of_ticket(ticket: UUID) -> list[WorkOrder]:
    """All sheets of the ticket, oldest first, void ones too: their numbers are never used again."""
    return await sql.many(WorkOrder, ALL, ticket)


async def count_print(order: UUID) -> int:
    """Note one more print; the number of this one. A second print says so on the paper."""
    times: int = await sql.value(PRINTED, order)
    return times
