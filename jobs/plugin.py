"""What the background contributes to the foreground: the audit and its verification."""

from collections.abc import Sequence
from typing import Any

from core.kit.i18n import _
from core.plugin.contributions import Manifest, Permission, RoleTemplate
from core.plugin.hookspecs import hookimpl
from jobs.api import AuditApi


@hookimpl
def manifest() -> Sequence[Manifest]:
    return [Manifest(name="jobs", title=_("后台"), always_on=True)]


@hookimpl
def permissions() -> Sequence[Permission]:
    return [Permission("jobs.audit.view", _("查看并核验审计日志"), "audit:read")]


@hookimpl
def roles() -> Sequence[RoleTemplate]:
    return [RoleTemplate(name="tenant_admin", label="", permissions=frozenset({"jobs.audit.view"}))]


@hookimpl
def api() -> Sequence[Any]:
    return [AuditApi]
