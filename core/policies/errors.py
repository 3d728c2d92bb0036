"""Refusals of policy documents."""

from core.kit.errors import Refused
from core.kit.i18n import _


class PresetUnknown(Refused):
    key, message, field = "preset_unknown", _("没有这个预设：{name}"), "preset"


class PolicyKeyUnknown(Refused):
    """A section or value that no policy struct declares."""

    key, message = "policy_key_unknown", _("没有这个策略项：{name}")


class PolicyValueInvalid(Refused):
    """`path` is the dotted name of the value; what is wrong with it is the decoder's own word."""

    key, message = "policy_value_invalid", _("策略项 {path} 的值不合适")


class PolicyFromPast(Refused):
    key, message = "policy_from_past", _("策略只能从现在或将来起生效")
