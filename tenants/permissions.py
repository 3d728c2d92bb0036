"""What the switchboard and the company's own looks ask for."""

from core.kit.i18n import _
from core.plugin.contributions import Permission, RoleTemplate

VIEW, SWITCH = "tenants.plugin.view", "tenants.plugin.switch"
BRAND = "tenants.company.brand"
PERMISSIONS = (
    Permission(VIEW, _("查看业务插件"), "tenants:read"),
    Permission(SWITCH, _("启用、停用业务插件"), "tenants:write"),
    Permission(BRAND, _("设置公司配色"), "tenants:write"),
)
ROLES = (RoleTemplate(name="tenant_admin", label="", permissions=frozenset({VIEW, SWITCH, BRAND})),)
