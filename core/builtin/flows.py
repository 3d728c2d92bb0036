"""Core's own procedures with their rules, and who hears of them."""

from core.carryover import listeners as carryover
from core.carryover.actions import NOTED
from core.complaints import listeners as complaints
from core.complaints import rules as complaint_rules
from core.complaints.flow import COMPLAINT
from core.enquiries import listeners as enquiries  # noqa: F401 - who hears of them
from core.enquiries import rules as enquiry_rules
from core.enquiries.flow import ENQUIRY, LOOKUP
from core.flows.queries import name_lines
from core.kit.i18n import _
from core.plugin.contributions import Listener, bound
from core.sla.events import ClockBreached, ClockEscalated, ClockWarned
from core.sla.storing import LABELS
from core.tickets import flow, listeners, merging, raising, rules
from core.tickets.events import TicketMoved, TicketRegistered, TicketReminded
from core.tickets.schemas import NOTE_TYPES

TOLD = {
    raising.MAJOR_TOLD: _("已通知重大事件"),
    raising.RAISED: _("第二次超时，优先级提高一级"),
    merging.FOLLOWED: _("并入的工单有结果了"),
}
name_lines(
    {
        **LABELS,
        **NOTE_TYPES,
        "call_back": _("回访"),
        "reminder": _("催办"),
        NOTED: _("收班结转"),
        complaints.OVERDUE: _("已超最长时限，须主动联系业主"),
        **TOLD,
    }
)

FLOWS = (
    bound(flow.REPAIR, rules.REPAIR),
    bound(COMPLAINT, complaint_rules.RULES, opening=complaint_rules.open_complaint),
    bound(ENQUIRY, enquiry_rules.ENQUIRY, opening=enquiry_rules.open_enquiry),
    bound(LOOKUP, enquiry_rules.LOOKUP),
    bound(flow.HELP, rules.PLAIN),
    bound(flow.HOME_SERVICE, rules.PLAIN),
)
LISTENERS = (
    Listener(TicketRegistered, listeners.on_registered),
    Listener(TicketMoved, listeners.on_moved),
    Listener(TicketReminded, listeners.on_reminded),
    Listener(ClockWarned, listeners.on_warned),
    Listener(ClockBreached, listeners.on_breached),
    Listener(ClockBreached, carryover.on_breached),
    Listener(ClockBreached, complaints.on_breached),
    Listener(ClockEscalated, listeners.on_escalated),
)
