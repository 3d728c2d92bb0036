"""Who may call back, decide that nobody is called, and call back after a major event."""

from core.kit.i18n import _
from core.plugin.contributions import Permission, RoleTemplate

PERMISSIONS = (
    Permission("callbacks.call_back.record", _("回访"), "callbacks:write"),
    Permission("callbacks.call_back.exempt", _("登记免回访"), "callbacks:write"),
    Permission("callbacks.call_back.major", _("回访重大事件"), "callbacks:write"),
    Permission("callbacks.register.view", _("查看回访记录"), "callbacks:read"),
)
LOOKING = frozenset({"callbacks.register.view"})
DESK = LOOKING | {"callbacks.call_back.record"}
LEAD = DESK | {"callbacks.call_back.major"}
SUPERVISOR = LEAD | {"callbacks.call_back.exempt"}

ROLES = tuple(
    RoleTemplate(name=name, label="", permissions=given)
    for name, given in {
        "front_desk_agent": DESK,
        "cs_assistant": DESK,
        "cs_administrator": DESK,
        "building_keeper": DESK,
        "cs_team_lead": LEAD,
        "cs_supervisor": SUPERVISOR,
        "cs_manager": SUPERVISOR,
        **dict.fromkeys(("office_director", "service_centre_manager", "property_dept_head"), LOOKING),
        **dict.fromkeys(("company_mgmt_dept", "company_gm_office", "company_leader"), LOOKING),
    }.items()
)
