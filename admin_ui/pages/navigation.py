"""Menu entries of the desk, the tickets and the call-backs, on the side and at the foot of a phone; and what
the palette offers everywhere.
"""

from core.carryover import permissions as carryover
from core.kit.i18n import _
from core.plugin.contributions import Command, NavItem

DESK = "tickets.ticket.dispatch"
"""Who works at the desk: butlers may register too, from their own pages."""

NAVIGATION = (
    NavItem(label=_("前台工作台"), path="/desk", permission=DESK, icon="headset", order=10, go="d"),
    NavItem(
        label=_("工单"),
        path="/tickets",
        permission="tickets.ticket.view",
        icon="clipboard-list",
        order=20,
        go="t",
    ),
    NavItem(
        label=_("回访"),
        path="/callbacks",
        permission="callbacks.call_back.record",
        icon="phone-call",
        order=30,
        go="c",
    ),
    NavItem(
        label=_("收班清单"),
        path="/carryover",
        permission=carryover.VIEW,
        icon="writing-sign",
        order=35,
        count="/carryover?part=count",
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
    NavItem(
        label=_("收班清单"),
        path="/carryover",
        permission=carryover.WRITE,
        icon="writing-sign",
        order=60,
        phone=True,
    ),
)
COMMANDS = (
    Command(
        label=_("登记报修"),
        path="/desk?kind=repair",
        permission="tickets.ticket.register",
        icon="plus",
        hotkey="n",
        order=10,
    ),
    Command(
        label=_("开始回访"),
        path="/callbacks",
        permission="callbacks.call_back.record",
        icon="phone-call",
        hotkey="r",
        order=20,
    ),
    Command(
        label=_("超时工单"),
        path="/tickets?overdue=1",
        permission="tickets.ticket.view",
        icon="alert-triangle",
        order=30,
    ),
    Command(
        label=_("我的工单"),
        path="/tickets?mine=1&state=open",
        permission="tickets.ticket.view",
        icon="clipboard-list",
        order=40,
    ),
)
