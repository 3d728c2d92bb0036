"""Why an arrow may not be taken."""

from core.kit.errors import Conflict, Refused
from core.kit.i18n import _


class TransitionNotAllowed(Conflict):
    """The record stands where this arrow does not begin, usually because somebody took another one first."""

    key, message = "transition_not_allowed", _("现在不能「{action}」：当前状态是「{state}」")


class TransitionNotOffered(Conflict):
    """The state would allow it, what is known of the record does not: nothing was quoted, nobody assigned."""

    key, message = "transition_not_offered", _("「{action}」现在不适用于这张单，请先完成前面的步骤")


class UnknownTransition(Refused):
    key, message = "transition_unknown", _("没有「{action}」这个操作")


class PreparerIsApprover(Refused):
    """Separation of duties: who prepares does not approve, and two levels of approval are two people."""

    key, message = "preparer_is_approver", _("经办人与审批人、前后两级审批人不能是同一人，请换一位同事")


class OwnerAuthorisationRequired(Refused):
    key, message = "owner_authorisation_required", _("不是业主本人办理，须先登记业主的同意或委托")


class NoBackfill(Refused):
    """Registers are written when it happens (PROCEDURES 0.7, SLA-50); what was left out then stays out."""

    key, message = "no_backfill", _("已过登记时间，不能补填")


class DocumentMissing(Refused):
    key, message = "document_missing", _("请附上书面证明的照片或扫描件")
