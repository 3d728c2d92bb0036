"""Writes into the list what engineering cannot complete, in the transaction in which it says so."""

from core.carryover import actions
from core.flows.engine import follow
from core.flows.schemas import Happened
from core.kit.i18n import _, gettext

WAITS = frozenset({"wait_customer", "wait_third_party"})


@follow
async def carry_over(happened: Happened) -> None:
    """RP-01 `cannot_complete`: reason and next appointment go onto the closing list by themselves."""
    if happened.name not in WAITS or happened.after["stage"] is None:
        return
    said = happened.form
    if happened.name == "wait_customer":
        reason, next_step = said.reason, gettext(_("按约定时间再上门"))
    else:
        reason = said.reason or gettext(_("等{party}"), party=said.party)
        next_step = gettext(_("催{party}，有答复再上门"), party=said.party)
    await actions.carry(happened, reason=reason, next_step=next_step, next_at=said.next_at)
