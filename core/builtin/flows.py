"""Core's own procedures with their rules, and who hears of them."""

from core.flows.queries import name_lines
from core.kit.i18n import _
from core.plugin.contributions import Listener, bound
from core.sla.events import ClockBreached, ClockEscalated, ClockWarned
from core.sla.storing import LABELS
from core.tickets import flow, listeners, rules
from core.tickets.events import TicketMoved, TicketRegistered
from core.tickets.schemas import NOTE_TYPES

name_lines({**LABELS, **NOTE_TYPES, "call_back": _("回访")})

FLOWS = (
    bound(flow.REPAIR, rules.REPAIR),
    bound(flow.ENQUIRY, rules.PLAIN),
    bound(flow.HELP, rules.PLAIN),
    bound(flow.HOME_SERVICE, rules.PLAIN),
)
LISTENERS = (
    Listener(TicketRegistered, listeners.on_registered),
    Listener(TicketMoved, listeners.on_moved),
    Listener(ClockWarned, listeners.on_warned),
    Listener(ClockBreached, listeners.on_breached),
    Listener(ClockEscalated, listeners.on_escalated),
)
