"""Which plugins the company was granted and has on, and what switching one off would hide."""

from typing import Any

import msgspec

from core.kit import sql
from core.kit.errors import NotFound
from core.kit.i18n import _, gettext
from core.kit.log import log
from core.plugin.contributions import Effect, Flow, Manifest
from core.plugin.host import catalogue
from tenants.schemas import PluginState

ROWS = "select name, granted, enabled, version from core.tenants_plugin where tenant_id = $1"
OPEN = "select count(*) from core.{table} where tenant_id = $1 and state <> all ($2)"


async def plugins() -> list[PluginState]:
    """Every installed plugin that can be switched, by name; one that no row speaks of was never granted."""
    rows = {row["name"]: row for row in await sql.records(ROWS)}
    return [_state(manifest, rows.get(manifest.name)) for manifest in _installed()]


async def plugin(name: str) -> PluginState:
    """Raises NotFound for what is not installed or always on."""
    found = next((state for state in await plugins() if state.name == name), None)
    if found is None:
        raise NotFound
    return found


async def effects(name: str) -> list[Effect]:
    """What the company would no longer see: what the plugin itself says, open records, work by the clock.

    A plugin that cannot say is no reason to keep it on: the log has it, the rest is told.
    """
    try:
        said = list(await catalogue().call_one(name, "hidden_when_off") or ())
    except Exception as problem:  # noqa: BLE001 - whatever a plugin raises stays inside
        log("tenants").error("hidden_when_off failed", plugin=name, exc_info=problem)
        said = []
    labels = {effect.label for effect in said}
    for flow in catalogue().by_plugin("flows")[name]:
        if flow.title not in labels:
            said.append(Effect(flow.title, await _open(flow)))
    ticking = [job for job in catalogue().by_plugin("jobs")[name] if job.cron]
    said.append(Effect(_("停下的定时任务"), len(ticking)))
    return [msgspec.structs.replace(e, label=gettext(e.label)) for e in said if e.count]


async def _open(flow: Flow) -> int:
    ended = [state.name for state in flow.states if state.final]
    query = OPEN.format(table=flow.table)
    if flow.intake is not None:
        count = await sql.value(f"{query} and kind = $3", ended, flow.name)
    else:
        count = await sql.value(query, ended)
    return int(count)


def _installed() -> list[Manifest]:
    return sorted(catalogue().switchable(), key=lambda manifest: manifest.name)


def _state(manifest: Manifest, row: Any) -> PluginState:
    icons = [item.icon for item in catalogue().by_plugin("navigation")[manifest.name]]
    return PluginState(
        name=manifest.name,
        title=gettext(manifest.title),
        summary=gettext(manifest.summary) if manifest.summary else "",
        icon=icons[0] if icons else "puzzle",
        granted=bool(row and row["granted"]),
        enabled=bool(row and row["enabled"]),
        version=row["version"] if row else 0,
    )
