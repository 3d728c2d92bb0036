"""A plugin as an administrator sees it, and how it is switched."""

import msgspec

from core.plugin.contributions import Effect


class PluginState(msgspec.Struct, kw_only=True):
    """`granted` is the platform's key, `enabled` the company's; `effects` what switching off would hide."""

    name: str
    title: str
    summary: str
    icon: str
    granted: bool
    enabled: bool
    version: int
    effects: list[Effect] | None = None


class SwitchPlugin(msgspec.Struct, kw_only=True):
    """With `dry_run` nothing is switched; the answer says what would be hidden."""

    enabled: bool
    dry_run: bool = False
    version: int | None = None
