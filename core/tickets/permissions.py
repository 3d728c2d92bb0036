"""What the ticket procedures ask for, and which roles start with it (the "who" columns of PROCEDURES
3.Q and section 2).
"""

from core.kit.i18n import _
from core.plugin.contributions import Permission, RoleTemplate
from core.staff import roles

READ, WRITE = "tickets:read", "tickets:write"

PERMISSIONS = (
    Permission("tickets.ticket.view", _("查看工单"), READ),
    Permission("tickets.ticket.register", _("登记诉求"), WRITE),
    Permission("tickets.ticket.dispatch", _("派单"), WRITE),
    Permission("tickets.ticket.answer", _("当场答复"), WRITE),
    Permission("tickets.ticket.accept", _("部门接单"), WRITE),
    Permission("tickets.ticket.work", _("处理诉求"), WRITE),
    Permission("tickets.ticket.note", _("记录进度和备注"), WRITE),
    Permission("tickets.ticket.cancel", _("取消工单"), WRITE),
    Permission("tickets.ticket.refuse", _("不受理"), WRITE),
    Permission("tickets.ticket.merge", _("合并工单"), WRITE),
    Permission("tickets.ticket.escalate", _("上报"), WRITE),
    Permission("tickets.ticket.reassign", _("转派专员"), WRITE),
    Permission("tickets.ticket.deputy", _("指定首问代理人"), WRITE),
    Permission("tickets.ticket.instruct", _("主管批示"), WRITE),
    Permission("tickets.ticket.reopen", _("重开工单"), WRITE),
    Permission("tickets.ticket.remind", _("催办超时工单"), WRITE),
    Permission("tickets.phone.reveal", _("查看完整电话"), READ),
    Permission("tickets.order.accept", _("工程接单、退单"), WRITE),
    Permission("tickets.order.assign", _("派工"), WRITE),
    Permission("tickets.order.rebook", _("改约上门时间"), WRITE),
    Permission("tickets.order.take", _("抢单"), WRITE),
    Permission("tickets.order.start", _("登记到场"), WRITE),
    Permission("tickets.order.quote", _("报价"), WRITE),
    Permission("tickets.order.wait", _("挂起与继续"), WRITE),
    Permission("tickets.order.complete", _("登记完工"), WRITE),
    Permission("tickets.order.return", _("确认返单"), WRITE),
    Permission("tickets.order.void", _("作废派工单"), WRITE),
    Permission("tickets.order.resize", _("更改维修等级"), WRITE),
    Permission("tickets.order.print", _("打印派工单"), READ),
    Permission("tickets.butler.report", _("管家回复前台"), WRITE),
    Permission("tickets.register.view", _("查看维修登记本"), READ),
    Permission("tickets.board.view", _("查看看板"), READ),
)


def _tickets(*names: str) -> frozenset[str]:
    return frozenset(f"tickets.{name}" for name in names)


BASIC = _tickets("ticket.view", "ticket.note", "ticket.escalate")
DESK = BASIC | _tickets(
    *(
        "ticket.dispatch",
        "ticket.answer",
        "ticket.cancel",
        "ticket.reopen",
        "phone.reveal",
    ),
    *("order.quote", "order.wait", "order.rebook", "order.return", "order.void", "order.print"),
    "register.view",
)
LOOKING = BASIC | _tickets("board.view", "register.view", "ticket.remind")
LEADING = LOOKING | _tickets(
    *(
        "ticket.dispatch",
        "ticket.reassign",
        "ticket.deputy",
        "ticket.merge",
        "ticket.reopen",
    ),
    *("phone.reveal", "order.print"),
)
WORKING = BASIC | _tickets("ticket.accept", "ticket.work", "order.wait")

GRANTED = {
    "front_desk_agent": DESK,
    "cs_assistant": DESK,
    "cs_administrator": DESK | LEADING | WORKING,
    "cs_supervisor": DESK | LEADING | WORKING,
    "cs_team_lead": LEADING,
    "cs_manager": LEADING,
    "butler": BASIC | _tickets("butler.report", "phone.reveal"),
    "building_keeper": DESK | _tickets("butler.report"),
    "duty_manager": LOOKING,
    "office_director": LEADING | WORKING | _tickets("ticket.instruct", "ticket.refuse", "ticket.answer"),
    "service_centre_manager": LOOKING,
    "property_dept_head": LEADING | WORKING,
    "company_mgmt_dept": LOOKING | WORKING | _tickets("ticket.answer"),
    "company_gm_office": LOOKING | WORKING,
    "company_leader": LOOKING,
    "engineering_dispatcher": WORKING
    | _tickets(
        "order.accept",
        "order.assign",
        "order.rebook",
        "order.start",
        "order.quote",
        "order.complete",
        "order.print",
        "phone.reveal",
        "register.view",
    ),
    "engineer": BASIC
    | _tickets(
        *("ticket.work", "phone.reveal"),
        *("order.take", "order.start", "order.quote", "order.wait", "order.complete"),
    ),
    "engineering_supervisor": WORKING
    | _tickets(
        "order.accept",
        "order.assign",
        "order.quote",
        "order.complete",
        "order.resize",
        "order.print",
        "board.view",
        "register.view",
        "ticket.remind",
    ),
    "cleaning_lead": WORKING,
    "greening_lead": WORKING,
    "public_order_lead": WORKING,
    "finance": WORKING,
    "viewer": _tickets("ticket.view", "board.view"),
    "tenant_admin": _tickets("ticket.view", "board.view"),
}
NOT_ASKED = frozenset({"viewer", "tenant_admin"})
"""Accounts without a post; any employee registers what they are asked first (TK-01, 首问责任制)."""
ROLES = tuple(
    RoleTemplate(
        name=name,
        label="",
        permissions=GRANTED.get(name, frozenset())
        | (set() if name in NOT_ASKED else _tickets("ticket.register")),
    )
    for name in roles.ROLES
)
