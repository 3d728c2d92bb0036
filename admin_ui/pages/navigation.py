"""Menu entries of the desk, the tickets and the call-backs, on the side and at the foot of a phone."""

from core.kit.i18n import _
from core.plugin.contributions import NavItem

DESK = "tickets.ticket.dispatch"
"""Who works at the desk: butlers may register too, from their own pages."""

NAVIGATION = (
    NavItem(label=_("前台工作台"), path="/desk", permission=DESK, icon="headset", order=10),
    NavItem(
        label=_("工单"), path="/tickets", permission="tickets.ticket.view", icon="clipboard-list", order=20
    ),
    NavItem(
        label=_("回访"),
        path="/callbacks",
        permission="callbacks.call_back.record",
        icon="phone-call",
        order=30,
    ),
    NavItem(label=_("工作台"), path="/desk", permission=DESK, icon="headset", order=10, phone=True),
    NavItem(label=_("工单"), path="/tickets", permission=DESK, icon="clipboard-list", order=20, phone=True),
    NavItem(
        label=_("回访"),
        path="/callbacks",
        permission="callbacks.call_back.record",
        icon="phone-call",
        order=30,
        phone=True,
    ),
)
