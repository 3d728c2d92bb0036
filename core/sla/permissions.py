"""Who may see how time limits count, and who keeps the working calendar."""

from core.kit.i18n import _
from core.plugin.contributions import Permission, RoleTemplate

VIEW, EDIT_CALENDAR = "sla.policy.view", "sla.calendar.edit"

PERMISSIONS = (
    Permission(VIEW, _("查看时限与工作日历"), "sla:read"),
    Permission(EDIT_CALENDAR, _("维护工作日历"), "sla:write"),
)

_SEEING = (
    "front_desk_agent", "cs_assistant", "cs_administrator", "cs_supervisor", "cs_team_lead", "cs_manager",
    "butler", "building_keeper", "duty_manager", "office_director", "service_centre_manager",
    "property_dept_head", "company_mgmt_dept", "company_gm_office", "company_leader",
    "engineering_dispatcher", "engineer", "engineering_supervisor", "cleaning_lead", "greening_lead",
    "public_order_lead", "finance", "viewer",
)  # fmt: skip
GRANTED = {
    **dict.fromkeys(_SEEING, frozenset({VIEW})),
    "tenant_admin": frozenset({VIEW, EDIT_CALENDAR}),
}
ROLES = tuple(RoleTemplate(name=name, label="", permissions=given) for name, given in GRANTED.items())
