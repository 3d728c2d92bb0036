"""Refusals about what a company has."""

from core.kit.errors import Refused
from core.kit.i18n import _


class PluginNotGranted(Refused):
    """The second key is the platform's: what it has not granted, no company can switch on."""

    key, message = "plugin_not_granted", _("平台没有为本公司开通「{title}」，请联系平台")
