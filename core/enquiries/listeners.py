"""Who hears of an enquiry besides what every ticket tells (EQ-02, EQ-03)."""

from core.enquiries.flow import unpermitted
from core.kit.i18n import _
from core.tickets.listeners import OF_KIND, Hears

OF_KIND["enquiry"] = {
    "register": Hears(
        ("property_dept_head",), _("{room} 小区以外的咨询待您同意：{content}"), "warn", unpermitted
    ),
    "coordinate": Hears(("service_centre_manager",), _("{room} 咨询须您协调：{content}"), "warn"),
    "coordinated": Hears(("first_responsible",), _("{room} 咨询已协调：{content}")),
    "permit": Hears(("first_responsible",), _("{room} 已同意答复：{content}")),
    "complete": Hears(("first_responsible",), _("{room} 部门已答复，请转告业主：{content}")),
}
OF_KIND["lookup"] = {
    "complete": Hears(("first_responsible",), _("{room} 已查明，请转告业主：{content}")),
}
