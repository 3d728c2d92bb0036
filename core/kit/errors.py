"""Refusals: each is a class with a stable key, an HTTP status and a sentence; the sentence is a message id.

A subclass lives beside the rule that raises it and registers itself, so that `docs/errors.md`, the problem
documents and the translations all come from one list. Holes in the sentence are filled from the keyword
arguments: `PhoneInvalid(phone="12")`.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec

from core.kit.i18n import _

REGISTRY: dict[str, type["DomainError"]] = {}


class FieldError(msgspec.Struct, frozen=True):
    """One refused field: its dotted name in the form or JSON body, the refusal's key, and what fills
    its sentence.
    """

    field: str
    key: str
    params: dict[str, Any] = {}


class DomainError(Exception):
    """A refusal that a caller can do something about. Never raised itself: raise a subclass with a key."""

    key: ClassVar[str] = ""
    status: ClassVar[int] = 422
    message: ClassVar[str] = ""
    field: ClassVar[str] = ""

    def __init__(self, *, field: str = "", **params: Any) -> None:
        """`field` names the input at fault where the class does not."""
        self.params = params
        self.at_field = field or type(self).field
        super().__init__(self.key)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "key" in cls.__dict__:
            known = REGISTRY.setdefault(cls.key, cls)
            if (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
                raise TypeError(f"refusal key {cls.key!r} is declared twice: {known} and {cls}")

    @property
    def errors(self) -> list[FieldError]:
        """The refused fields; empty where the refusal concerns no single input."""
        return [FieldError(self.at_field, self.key, self.params)] if self.at_field else []


class Unauthorized(DomainError):
    key, status, message = "sign_in_required", 401, _("请先登录")


class Forbidden(DomainError):
    key, status, message = "permission_missing", 403, _("您没有此操作的权限，请联系公司管理员")


class PasswordChangeRequired(Forbidden):
    """Signed in with a password that somebody else has set."""

    key, message = "password_change_required", _("请先把初始密码改成您自己的密码")


class NotFound(DomainError):
    """Also the answer for what is another company's, or belongs to a plugin that is switched off."""

    key, status, message = "not_found", 404, _("找不到您要的内容")


class Conflict(DomainError):
    key, status, message = "conflict", 409, _("刚被别人修改，请刷新后再试")


class Refused(DomainError):
    """Refused by a rule of the procedures (422)."""


class Unavailable(DomainError):
    key, status, message = "unavailable", 503, _("服务暂时不可用，请稍后再试；您填写的内容没有丢失")


class TooMany(DomainError):
    key, status, message = "rate_limited", 429, _("尝试次数过多，请在 {seconds} 秒后再试")


class Stale(Conflict):
    """Somebody else changed the record first; `by` is the other's name, `version` the current version."""

    key, message = "stale_version", _("刚被{by}修改，请刷新后再试")


UNSEEN = -1
"""In place of a version: a caller who must say which one they saw has not."""


class VersionRequired(Conflict):
    """Nobody changes what they have not looked at; `version` is the current one."""

    key, message = (
        "version_required",
        _("请说明您看到的是哪个版本（version 或 If-Match）；当前版本是 {version}"),
    )


class Invalid(DomainError):
    """Several refused fields at once; its `type` is the first one's key."""

    status = 422

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__()
        self.fields = errors
        self.key_of_first = errors[0].key

    @property
    def errors(self) -> list[FieldError]:
        return self.fields


def refuse(wrong: Sequence[FieldError], refusals: Sequence[DomainError]) -> None:
    """Raise what there is: fields that could not be read and what the rules say of the others, together.
    A single refusal is raised as it is.
    """
    if len(refusals) == 1 and not wrong:
        raise refusals[0]
    fields = [*wrong, *(error for refusal in refusals for error in refusal.errors)]
    if fields:
        raise Invalid(fields)


class Required(Refused):
    key, message = "required", _("请填写此项")


class TooShort(Refused):
    key, message = "too_short", _("至少 {least} 个字")


class TooLong(Refused):
    key, message = "too_long", _("最多 {most} 个字")


class NotAChoice(Refused):
    key, message = "not_a_choice", _("请从列出的选项中选择")


class NotANumber(Refused):
    key, message = "not_a_number", _("请填写数字")


class TooManyPlaces(Refused):
    key, message = "too_many_places", _("最多 {most} 位小数")


class NotADate(Refused):
    key, message = "not_a_date", _("请填写日期，例如 2026-11-24 15:00")


class ZoneRequired(Refused):
    key, message = "zone_required", _("时间必须带时区，例如 2026-11-24T15:00:00+08:00")


class PayloadTooLarge(DomainError):
    key, status, message = "payload_too_large", 413, _("内容太大，最多 {limit}")


class UnsupportedFile(Refused):
    key, message = "unsupported_file", _("不支持这种文件：{reason}")
