"""Who reads the closing list, and who writes down why something is unfinished (TK-06: the desk)."""

from core.kit.i18n import _
from core.plugin.contributions import Permission, RoleTemplate

VIEW, WRITE = "carryover.list.view", "carryover.entry.write"

PERMISSIONS = (
    Permission(VIEW, _("查看收班清单"), "carryover:read"),
    Permission(WRITE, _("填写收班清单"), "carryover:write"),
)
_DESK = ("front_desk_agent", "cs_assistant", "cs_administrator", "cs_supervisor", "building_keeper")
_READING = (
    "cs_team_lead", "cs_manager", "butler", "duty_manager", "office_director", "service_centre_manager",
    "property_dept_head", "viewer", "tenant_admin",
)  # fmt: skip
GRANTED = {
    **dict.fromkeys(_DESK, frozenset({VIEW, WRITE})),
    **dict.fromkeys(_READING, frozenset({VIEW})),
}
ROLES = tuple(RoleTemplate(name=name, label="", permissions=given) for name, given in GRANTED.items())
