"""Refusals about people and what they hold."""

from core.kit.errors import Conflict, Refused
from core.kit.i18n import _


class UsernameTaken(Conflict):
    key, message, field = "username_taken", _("用户名「{username}」已被使用"), "username"


class RoleUnknown(Refused):
    key, message, field = "role_unknown", _("没有「{role}」这个角色"), "role"


class AssignmentOverlaps(Conflict):
    key, message, field = "assignment_overlaps", _("这段时间已经有同一角色"), "role"
