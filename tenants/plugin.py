"""What companies contribute: the switchboard of plugins and its permission."""

from collections.abc import Sequence

from core.kit.i18n import _
from core.plugin.contributions import Manifest, NavItem, Permission, RoleTemplate
from core.plugin.hookspecs import Route, hookimpl
from tenants.api import PluginsApi
from tenants.permissions import PERMISSIONS, ROLES, VIEW


@hookimpl
def manifest() -> Sequence[Manifest]:
    return [Manifest(name="tenants", title=_("公司"), database="tenants.piccolo_app", always_on=True)]


@hookimpl
def permissions() -> Sequence[Permission]:
    return PERMISSIONS


@hookimpl
def roles() -> Sequence[RoleTemplate]:
    return ROLES


@hookimpl
def api() -> Sequence[Route]:
    return [PluginsApi]


@hookimpl
def navigation() -> Sequence[NavItem]:
    return [
        NavItem(
            label=_("业务插件"),
            path="/admin/plugins",
            permission=VIEW,
            icon="puzzle",
            group=_("公司设置"),
            order=800,
        )
    ]
