"""What the administration of people asks for."""

from core.kit.i18n import _
from core.plugin.contributions import Permission, RoleTemplate

PERMISSIONS = (
    Permission("auth.account.manage", _("管理账号"), "auth:write"),
    Permission("auth.role.assign", _("分配角色"), "auth:write"),
    Permission("auth.audit.view", _("查看审计日志"), "auth:read"),
)
ROLES = (RoleTemplate(name="tenant_admin", label="", permissions=frozenset(p.name for p in PERMISSIONS)),)
