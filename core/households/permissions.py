"""Who may look households up, keep their files, import lists, and read phones in full."""

from core.kit.i18n import _
from core.plugin.contributions import Permission, RoleTemplate

READ, WRITE = "households:read", "households:write"

PERMISSIONS = (
    Permission("households.household.view", _("查看业户"), READ),
    Permission("households.household.edit", _("维护业户资料"), WRITE),
    Permission("households.household.import", _("导入业户清单"), WRITE),
    Permission("households.person.erase", _("删除个人信息"), WRITE),
    Permission("households.phone.reveal", _("查看业户完整电话"), READ),
    Permission("households.project.edit", _("维护项目"), WRITE),
)


def _households(*names: str) -> frozenset[str]:
    return frozenset(f"households.{name}" for name in names)


LIMITED = _households("household.view")
CALLING = LIMITED | _households("phone.reveal")
KEEPING = CALLING | _households("household.edit")

GRANTED = {
    **dict.fromkeys(("front_desk_agent", "cs_assistant", "cs_administrator", "cs_supervisor"), KEEPING),
    "building_keeper": KEEPING,
    **dict.fromkeys(("cs_team_lead", "cs_manager", "office_director", "service_centre_manager"), CALLING),
    **dict.fromkeys(("butler", "duty_manager", "property_dept_head", "collector"), CALLING),
    **dict.fromkeys(("engineering_dispatcher", "engineer", "engineering_supervisor"), LIMITED),
    **dict.fromkeys(("cleaning_lead", "greening_lead", "public_order_lead", "security_guard"), LIMITED),
    **dict.fromkeys(("lobby_assistant", "duty_supervisor", "safety_supervisor", "finance"), LIMITED),
    **dict.fromkeys(("archive_office", "legal_office", "viewer"), LIMITED),
    **dict.fromkeys(("company_mgmt_dept", "company_gm_office", "company_leader"), LIMITED),
    "tenant_admin": KEEPING | _households("household.import", "person.erase", "project.edit"),
}
ROLES = tuple(RoleTemplate(name=name, label="", permissions=given) for name, given in GRANTED.items())
