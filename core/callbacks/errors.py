"""Why a call-back may not be recorded (CB-01, CB-03)."""

from core.kit.errors import Conflict, Forbidden, Refused
from core.kit.i18n import _


class NotDue(Conflict):
    key, message = "call_back_not_due", _("这张工单现在不需要回访：当前状态是「{state}」")


class SatisfactionRequired(Refused):
    key, message, field = "satisfaction_required", _("已接通，请选择满意度"), "satisfaction"


class SatisfactionWithoutContact(Refused):
    key, message, field = "satisfaction_not_reached", _("未接通时不能填写满意度"), "satisfaction"


class ReasonForDissatisfaction(Refused):
    key, message, field = "dissatisfaction_reason_required", _("请记录业主不满意的原因，工单将重开"), "note"


class OnlyLeadsCallBack(Forbidden):
    key, message = "lead_required", _("重大事件须由经理、主管或组长回访")


class NothingOwed(Conflict):
    key, message = "call_back_not_owed", _("这张工单不需要回访")
