"""What sign-in contributes: its pages, `/me`, its permissions and its tables."""

from collections.abc import Sequence
from typing import Any

from auth.api import me
from auth.pages import SignInPages
from auth.permissions import PERMISSIONS, ROLES
from core.kit.i18n import _
from core.plugin.contributions import Manifest, Permission, RoleTemplate
from core.plugin.hookspecs import hookimpl


@hookimpl
def manifest() -> Sequence[Manifest]:
    return [Manifest(name="auth", title=_("登录与角色"), database="auth.piccolo_app", always_on=True)]


@hookimpl
def permissions() -> Sequence[Permission]:
    return PERMISSIONS


@hookimpl
def roles() -> Sequence[RoleTemplate]:
    return ROLES


@hookimpl
def pages() -> Sequence[Any]:
    return [SignInPages]


@hookimpl
def api() -> Sequence[Any]:
    return [me]
