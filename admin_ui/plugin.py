"""The pages of core and administration, as a plugin that is always on."""

from collections.abc import Sequence

from admin_ui.pages import (
    app_files,
    brand,
    dash,
    desk,
    events,
    home,
    households,
    imports,
    owners,
    papers,
    people,
    phone,
    registers,
    tickets,
)
from admin_ui.pages.account import AccountPages, PasswordPages
from admin_ui.pages.callbacks import CallBackPages
from admin_ui.pages.carryover import CarryoverPages
from admin_ui.pages.navigation import COMMANDS, NAVIGATION
from admin_ui.pages.notices import NoticePages
from admin_ui.pages.plugins import PluginPages
from admin_ui.pages.search import SearchPages
from core.kit.i18n import _
from core.plugin.contributions import Command, Manifest, NavItem
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
        *desk.PAGES,
        *tickets.PAGES,
        *registers.PAGES,
        *papers.PAGES,
        CallBackPages,
        CarryoverPages,
        SearchPages,
        *phone.PAGES,
        households.HouseholdPages,
        people.PeoplePages,
        people.ErasurePages,
        owners.OwnerPages,
        imports.ImportPages,
        NoticePages,
        AccountPages,
        PasswordPages,
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


@hookimpl
def commands() -> Sequence[Command]:
    return COMMANDS
