"""Why something cannot be written into the closing list (TK-06)."""

from core.kit.errors import Conflict, Refused
from core.kit.i18n import _


class NotListed(Conflict):
    """Done or returned meanwhile, ended, or promised for a later day."""

    key, message, field = (
        "carryover_not_listed",
        _("{number} 不在这份清单上：已经办完，或约了以后的日子"),
        "ticket",
    )


class EnteredAlready(Conflict):
    """Somebody was faster; what they wrote can be corrected, with a reason."""

    key, message = "carryover_entered", _("{by}刚写过这一条，要改请写更正")


class FollowUpInPast(Refused):
    key, message, field = "follow_up_in_past", _("跟进日期须晚于清单当天"), "next_on"


class CorrectionReasonRequired(Refused):
    key, message, field = "correction_reason_required", _("请写明更正的原因"), "correction"
