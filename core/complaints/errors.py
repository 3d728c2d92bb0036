"""Every refusal of the complaint procedures (CP-01 … CP-04)."""

from core.kit.errors import Conflict, Forbidden, Refused
from core.kit.i18n import _


class ForwardingBodyRequired(Refused):
    key, message, field = "forwarding_body_required", _("政府转办的投诉请填写转办单位"), "form.forwarded_by"


class OnlySimpleAtOnce(Refused):
    key, message, field = "only_simple_at_once", _("只有简单投诉可以当场答复，请先告知部门"), "form.reply"


class ApologyRequired(Refused):
    key, message, field = "apology_required", _("服务质量投诉须先由被投诉部门向业主致歉"), "form.apologised"


class InvestigationRequired(Refused):
    key, message, field = "investigation_required", _("请填写调查得到的原因"), "form.cause"


class SolutionRequired(Refused):
    key, message, field = "solution_required", _("请填写可行的解决办法"), "form.solution"


class SeverityLoweredAfterBreach(Conflict):
    key, message, field = "severity_lowered_after_breach", _("已超时的投诉不能降低等级"), "form.severity"


class HotlineNotYours(Forbidden):
    key, message = "hotline_not_yours", _("质量热线的投诉只有公司管理部可以改等级")


class ButlerSignatureRequired(Conflict):
    key, message = "butler_signature_required", _("请先由{name}在投诉登记本上签字，再答复业主")


class OnlyItsButler(Forbidden):
    key, message = "only_its_butler", _("投诉登记本由负责这户的管家{name}签字")


class FeedBackRequired(Conflict):
    key, message = "feed_back_required", _("请先把处理情况反馈给{body}，再关闭")
