"""Reports a call to the desks, and gives it to the one that takes it."""

from uuid import UUID

from core.calls.errors import CallTaken
from core.calls.schemas import NewCall
from core.households import phones
from core.kit import audit, clock, crypto, live, sql
from core.kit.access import require
from core.kit.context import current
from core.kit.errors import NotFound
from core.kit.ids import new_id

TOPIC = "calls"
FORGET = "delete from core.calls_call where tenant_id = $1 and rang_at < core.now() - interval '1 day'"
TAKE = """
update core.calls_call set taken_at = $3, taken_by = $4, taken_name = $5
where tenant_id = $1 and id = $2 and taken_at is null returning id, phone
"""
WHO = "select taken_name from core.calls_call where tenant_id = $1 and id = $2"


async def ring(new: NewCall) -> UUID:
    """Show the call at every open desk. Calls are forgotten after a day. Raises PhoneInvalid."""
    require("calls.call.ring")
    number = phones.normalise(new.phone, service=True, field="phone")
    identity = new_id()
    await sql.execute(FORGET)
    await sql.insert(
        "calls_call",
        {
            "id": identity,
            "phone": await crypto.encrypt(number, table="calls_call", column="phone", row=identity),
            "phone_index": await crypto.blind_index(number, column="phone"),
            "phone_masked": phones.mask(number),
            "line": new.line,
            "rang_at": clock.now(),
        },
    )
    live.changed(TOPIC, identity)
    return identity


async def take(call: UUID) -> str:
    """The caller's number as it is dialled; that it was read is recorded. Raises CallTaken, NotFound."""
    require("calls.call.take")
    who = current().somebody
    rows = await sql.records(TAKE, call, clock.now(), who.id, who.name)
    if not rows:
        by = await sql.value(WHO, call)
        if by is None:
            raise NotFound
        raise CallTaken(by=by)
    audit.record("call.taken", "call", call)
    live.changed(TOPIC, call)
    number = await crypto.decrypt(rows[0]["phone"], table="calls_call", column="phone", row=call)
    return phones.display(number)
