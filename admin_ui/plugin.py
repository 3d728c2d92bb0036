"""The pages of core and administration, as a plugin that is always on."""

from collections.abc import Sequence

from admin_ui.pages import app_files, brand, dash, events, home, households, imports, papers, phone, tickets
from admin_ui.pages.account import AccountPages
from admin_ui.pages.callbacks import CallBackPages
from admin_ui.pages.desk import DeskPages
from admin_ui.pages.navigation import NAVIGATION
from admin_ui.pages.notices import NoticePages
from admin_ui.pages.plugins import PluginPages
from admin_ui.pages.search import SearchPages
from core.kit.i18n import _
from core.plugin.contributions import Manifest, NavItem
from core.plugin.hookspecs import Route, hookimpl


@hookimpl
def manifest() -> Sequence[Manifest]:
    return [Manifest(name="admin_ui", title=_("页面"), always_on=True)]


@hookimpl
def pages() -> Sequence[Route]:
    return [
        *events.PAGES,
        *app_files.PAGES,
        *home.PAGES,
        dash.DashPages,
        DeskPages,
        *tickets.PAGES,
        *papers.PAGES,
        CallBackPages,
        SearchPages,
        *phone.PAGES,
        households.HouseholdPages,
        imports.ImportPages,
        NoticePages,
        AccountPages,
        brand.BrandPages,
        PluginPages,
    ]


@hookimpl
def navigation() -> Sequence[NavItem]:
    return [
        *dash.NAVIGATION,
        *NAVIGATION,
        *phone.NAVIGATION,
        *households.NAVIGATION,
        *imports.NAVIGATION,
        *brand.NAVIGATION,
    ]
