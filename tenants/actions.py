"""Switches plugins on and off for a company, and sets its colour.

Every process sees it with its next request: the company's version counts up in the same transaction.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from core.kit import audit, live, sql
from core.kit.access import require
from core.kit.context import SYSTEM, acting_as, current
from core.kit.database import after_commit
from core.kit.errors import Stale
from core.kit.events import publish
from core.kit.i18n import _, gettext
from core.kit.ids import new_id
from core.plugin.host import catalogue
from tenants import directory, queries
from tenants.errors import PluginNotGranted
from tenants.events import PluginSwitched
from tenants.permissions import BRAND, SWITCH
from tenants.schemas import PluginState

ROW = """
insert into core.tenants_plugin (tenant_id, id, name, granted) values ($1, $2, $3, $4)
on conflict (tenant_id, name) do nothing
"""
LOCK = """
select granted, enabled, version from core.tenants_plugin where tenant_id = $1 and name = $2 for update
"""
SET = """
update core.tenants_plugin set granted = $3, enabled = $4, version = version + 1
where tenant_id = $1 and name = $2
"""
BUMP = "update core.tenants_tenant set version = version + 1 where id = $1"
COLOR = "update core.tenants_tenant set color = $2, version = version + 1 where id = $1"


async def switch(
    name: str, *, enabled: bool, dry_run: bool = False, version: int | None = None
) -> PluginState:
    """Put a plugin on or off; switching on also writes what it needs (`seed`), nothing is ever deleted.

    A dry run changes nothing. Answers the state with what is, or would be, hidden. Raises PluginNotGranted,
    NotFound for what is not installed, Stale for an old `version`.
    """
    require(SWITCH)
    state = await queries.plugin(name)
    row = await _locked(name)
    if version is not None and version != row["version"]:
        raise Stale(by=gettext(_("别人")), version=row["version"])
    if enabled and not row["granted"]:
        raise PluginNotGranted(title=state.title)
    hidden = [] if enabled else await queries.effects(name)
    if not dry_run and enabled != row["enabled"]:
        await _put(name, granted=row["granted"], enabled=enabled)
        audit.record("plugin.switched", "plugin", name=name, before=row["enabled"], after=enabled)
        publish(PluginSwitched(name, enabled))
        if enabled:
            await _seed(name)
        state = await queries.plugin(name)
    return msgspec.structs.replace(state, effects=hidden)


async def grant(name: str, *, granted: bool) -> PluginState:
    """The platform's key, without which nobody can switch the plugin on; taking it back switches off."""
    await queries.plugin(name)
    row = await _locked(name)
    enabled = row["enabled"] and granted
    if granted != row["granted"]:
        await _put(name, granted=granted, enabled=enabled)
        audit.record("plugin.granted", "plugin", name=name, before=row["granted"], after=granted)
        if enabled != row["enabled"]:
            publish(PluginSwitched(name, enabled))
    return await queries.plugin(name)


async def set_color(color: str | None) -> None:
    """The company's brand colour as `#rrggbb`, None for the product's own; callers have checked that white
    can be read on it.
    """
    require(BRAND)
    await sql.execute(COLOR, color)
    audit.record(
        "company.color_set", "company", current().tenant.id, before=current().tenant.color, after=color
    )
    slug = current().tenant.slug
    after_commit(lambda: directory.forget(slug))


async def _locked(name: str) -> Mapping[str, Any]:
    await sql.execute(ROW, new_id(), name, False)  # noqa: FBT003 - a bound value: not granted
    row: Mapping[str, Any] = (await sql.records(LOCK, name))[0]
    return row


async def _put(name: str, *, granted: bool, enabled: bool) -> None:
    await sql.execute(SET, name, granted, enabled)
    await sql.execute(BUMP)
    live.changed("plugins", name)
    slug = current().tenant.slug
    after_commit(lambda: directory.forget(slug))


async def _seed(name: str) -> None:
    """The plugin's own rows, written by the product itself with all that the company has on from now."""
    context = current()
    on = context.plugins | {name}
    product = msgspec.structs.replace(SYSTEM, rights=dict.fromkeys(catalogue().view(on).permissions))
    with acting_as(msgspec.structs.replace(context, plugins=on, actor=product)):
        await catalogue().call_one(name, "seed", False)  # noqa: FBT003 - the hook's own argument
