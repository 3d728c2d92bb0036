"""Every refusal of enquiries and look-ups (EQ-01 to EQ-05)."""

from core.kit.errors import Refused
from core.kit.i18n import _


class PermissionNeeded(Refused):
    key, message, field = "permission_needed", _("小区以外的事须物业部负责人同意后答复"), "form.answer"


class JointAnswerRequired(Refused):
    key, message, field = "joint_answer_required", _("专业咨询请写明会同哪个部门答复"), "form.joint_with"


class LetterRequired(Refused):
    key, message, field = "letter_required", _("书面咨询请填写复函编号"), "form.letter_no"


class IdentityNotChecked(Refused):
    key, message, field = "identity_not_checked", _("先核对身份，再告知查询结果"), "form.identity_checked"
