"""Refusals of sign-in and of what people hold."""

from core.kit.errors import DomainError, Refused, TooMany
from core.kit.i18n import _


class SignInFailed(Refused):
    """The same for an unknown user, a wrong password and a disabled account."""

    key, message, field = "sign_in_failed", _("账号或密码不对，请再试一次"), "password"


class SignInThrottled(TooMany):
    key, message = "sign_in_throttled", _("尝试次数过多，请在 {seconds} 秒后再试")


class PasswordTooWeak(Refused):
    key, message, field = "password_too_weak", _("密码至少 {least} 个字符"), "password"


class PasswordWrong(Refused):
    key, message, field = "password_wrong", _("现在的密码不对，请再试一次"), "current"


class PasswordUnchanged(Refused):
    key, message, field = "password_unchanged", _("新密码不能和现在的一样"), "password"


class PasswordsDiffer(Refused):
    key, message, field = "passwords_differ", _("两次输入的新密码不一样"), "again"


class SlugInvalid(Refused):
    key, message, field = (
        "slug_invalid",
        _("子域名只能用小写字母、数字和连字符，以字母开头，3 到 32 位"),
        "slug",
    )


class SlugTaken(DomainError):
    key, status, message, field = "slug_taken", 409, _("子域名「{slug}」已被使用"), "slug"
