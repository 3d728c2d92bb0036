"""What the administration of people asks for."""

from core.kit.i18n import _
from core.plugin.contributions import Permission, RoleTemplate

PERMISSIONS = (
    Permission("auth.account.manage", _("管理账号"), "auth:write"),
    Permission("auth.role.assign", _("分配角色"), "auth:write"),
)
ROLES = (RoleTemplate(name="tenant_admin", label="", permissions=frozenset(p.name for p in PERMISSIONS)),)
