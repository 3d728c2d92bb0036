"""What the property desk's papers ask for, and which roles start with it (PROCEDURES section 2 and 3.Q)."""

from core.kit.i18n import _
from core.plugin.contributions import Permission, RoleTemplate

READ, WRITE = "property_desk:read", "property_desk:write"

PERMISSIONS = (
    Permission("property_desk.goods_slip.view", _("查看物品放行条"), READ),
    Permission("property_desk.goods_slip.prepare", _("受理物品放行条"), WRITE),
    Permission("property_desk.goods_slip.sign", _("值班主任签放行条"), WRITE),
    Permission("property_desk.goods_slip.stamp", _("主任在放行条上盖章"), WRITE),
    Permission("property_desk.goods_slip.issue", _("发出、归档放行条"), WRITE),
    Permission("property_desk.goods_slip.release", _("门岗核放"), WRITE),
    Permission("property_desk.goods_slip.void", _("作废放行条"), WRITE),
    Permission("property_desk.goods_slip.print", _("打印放行条"), READ),
    Permission("property_desk.goods_slip.reveal", _("查看完整身份证号"), READ),
)


def _slips(*names: str) -> frozenset[str]:
    return frozenset(f"property_desk.goods_slip.{name}" for name in names)


SEEING = _slips("view")
DESK = _slips("view", "prepare", "issue", "void", "print", "reveal")
GATE = _slips("view", "release")

GRANTED = {
    **dict.fromkeys(("front_desk_agent", "cs_assistant", "cs_administrator", "cs_supervisor"), DESK),
    "building_keeper": DESK,
    "duty_supervisor": _slips("view", "sign", "void", "print", "reveal"),
    "office_director": _slips("view", "stamp", "void", "print", "reveal"),
    **dict.fromkeys(("security_guard", "public_order_lead"), GATE),
    **dict.fromkeys(("butler", "lobby_assistant", "duty_manager", "cs_team_lead", "cs_manager"), SEEING),
    **dict.fromkeys(("service_centre_manager", "viewer", "tenant_admin"), SEEING),
}
ROLES = tuple(RoleTemplate(name=name, label="", permissions=given) for name, given in GRANTED.items())
