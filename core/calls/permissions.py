"""Who may report calls (a telephone system's client, or a bridge beside the desk) and take them."""

from core.kit.i18n import _
from core.plugin.contributions import Permission, RoleTemplate

PERMISSIONS = (
    Permission("calls.call.ring", _("报告来电"), "calls:write"),
    Permission("calls.call.take", _("接听来电"), "calls:write"),
)
DESK = frozenset({"calls.call.ring", "calls.call.take"})

ROLES = tuple(
    RoleTemplate(name=name, label="", permissions=DESK)
    for name in (
        "front_desk_agent",
        "cs_assistant",
        "cs_administrator",
        "cs_supervisor",
        "cs_team_lead",
        "building_keeper",
    )
)
