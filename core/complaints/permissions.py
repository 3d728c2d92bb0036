"""What the complaint procedures ask for, and which roles start with it (PROCEDURES 3.Q, "who")."""

from core.kit.i18n import _
from core.plugin.contributions import Permission, RoleTemplate

WRITE = "tickets:write"

PERMISSIONS = (
    Permission("complaints.complaint.contact", _("被投诉部门联系业主、补救"), WRITE),
    Permission("complaints.complaint.reply", _("答复投诉人"), WRITE),
    Permission("complaints.complaint.sign", _("在投诉登记本上签字"), WRITE),
    Permission("complaints.complaint.feed_back", _("反馈转办单位"), WRITE),
    Permission("complaints.complaint.regrade", _("更改投诉等级"), WRITE),
    Permission("complaints.hotline.regrade", _("更改质量热线投诉的等级"), WRITE),
)


def _complaints(*names: str) -> frozenset[str]:
    return frozenset(f"complaints.{name}" for name in names)


DEPARTMENT = _complaints("complaint.contact")
DESK = _complaints("complaint.reply")
LEAD = _complaints("complaint.contact", "complaint.reply", "complaint.regrade")

GRANTED = {
    "front_desk_agent": DESK,
    "cs_assistant": DESK,
    "cs_administrator": DESK,
    "building_keeper": DESK | _complaints("complaint.sign"),
    "butler": DESK | _complaints("complaint.sign"),
    "cs_supervisor": LEAD,
    "cs_team_lead": LEAD,
    "cs_manager": LEAD,
    "office_director": LEAD | _complaints("complaint.feed_back"),
    "property_dept_head": LEAD,
    "company_gm_office": LEAD | _complaints("complaint.feed_back"),
    "company_mgmt_dept": LEAD | _complaints("hotline.regrade"),
    **dict.fromkeys(
        (
            *("engineering_dispatcher", "engineering_supervisor", "public_order_lead"),
            *("cleaning_lead", "greening_lead", "finance"),
        ),
        DEPARTMENT,
    ),
}
ROLES = tuple(RoleTemplate(name=name, label="", permissions=given) for name, given in GRANTED.items())
