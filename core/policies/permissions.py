"""Who may change what a company decides for itself."""

from core.kit.i18n import _
from core.plugin.contributions import Permission, RoleTemplate

EDIT = "policies.policy.edit"
PERMISSIONS = (Permission(EDIT, _("修改策略"), "policies:write"),)
ROLES = (RoleTemplate(name="tenant_admin", label="", permissions=frozenset({EDIT})),)
