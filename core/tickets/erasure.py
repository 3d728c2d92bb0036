"""A resident's right to be forgotten, in requests: number, content and story stay, name and phone go."""

from core.households.actions import also_forgets
from core.households.actions.privacy import Forgotten
from core.kit import live, sql

ASKED = """
update core.tickets_ticket
set requester = '', phone = null, phone_index = null, phone_tail = null, phone_masked = null
where tenant_id = $1
  and ((household_id = $2 and requester = $3 and $3 <> '') or phone_index = any ($4))
"""
SIGNED = """
update core.tickets_work_order o
set signed_by = nullif(o.signed_by, $3), price_accepted_by = nullif(o.price_accepted_by, $3)
from core.tickets_ticket t
where o.tenant_id = $1 and t.tenant_id = $1 and t.id = o.ticket_id and t.household_id = $2 and $3 <> ''
  and $3 in (o.signed_by, o.price_accepted_by)
"""


@also_forgets
async def forget(gone: Forgotten) -> None:
    """What the person asked for, and what phones that nobody else has called from."""
    await sql.execute(SIGNED, gone.household, gone.name)
    if await sql.execute(ASKED, gone.household, gone.name, gone.indexes):
        live.changed("tickets")
