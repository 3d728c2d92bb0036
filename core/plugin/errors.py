"""Refusals of what plugins do."""

from core.kit.errors import DomainError
from core.kit.i18n import _


class PluginTooSlow(DomainError):
    """Its hook was cut off; nothing of it is kept."""

    key, status, message = "plugin_too_slow", 503, _("「{title}」没有及时响应，没有保存；请稍后再试")
