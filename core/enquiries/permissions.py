"""Who permits answers on matters outside the estate, and who coordinates (EQ-02, EQ-03)."""

from core.kit.i18n import _
from core.plugin.contributions import Permission, RoleTemplate

PERMISSIONS = (
    Permission("enquiries.answer.permit", _("同意答复小区以外的事"), "tickets:write"),
    Permission("enquiries.case.coordinate", _("协调专业咨询"), "tickets:write"),
)
ROLES = (
    RoleTemplate(name="property_dept_head", label="", permissions=frozenset({"enquiries.answer.permit"})),
    RoleTemplate(
        name="service_centre_manager", label="", permissions=frozenset({"enquiries.case.coordinate"})
    ),
)
