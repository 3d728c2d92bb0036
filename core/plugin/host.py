"""Finds plugins, asks each noun once, and calls verbs one after another on the plugins a company has on.

pluggy discovers and validates. Its own hook calls are not used: their results do not say who said what,
coroutines would be made before they are awaited, and one company's switches must never reach another.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from types import MappingProxyType, ModuleType
from typing import Any, cast

import pluggy

from core.kit.context import current
from core.kit.database import savepoint
from core.kit.i18n import gettext
from core.kit.log import log
from core.plugin import hookspecs
from core.plugin.contributions import (
    Card,
    Command,
    Document,
    Flow,
    Job,
    Listener,
    Manifest,
    NavItem,
    Permission,
    RoleTemplate,
)
from core.plugin.errors import PluginTooSlow
from core.plugin.hookspecs import GROUP

LIMIT = 2.0
WAITED_FOR = {"page", "api"}
NOUNS = (
    *("permissions", "roles", "pages", "api", "navigation", "commands", "cards"),
    *("flows", "documents", "jobs", "listeners"),
)


class PluginError(Exception):
    """A plugin that cannot be loaded: the start stops and says which and why."""


class Catalogue:
    """Everything all installed plugins declare, each value under its plugin's name; frozen after `build`."""

    def __init__(self, manager: pluggy.PluginManager) -> None:
        self._manager = manager
        self.manifests: dict[str, Manifest] = {}
        self._packages: dict[str, str] = {}
        self._said: dict[str, dict[str, tuple[Any, ...]]] = {noun: {} for noun in NOUNS}
        for name, plugin in manager.list_name_plugin():
            self._read(name, plugin)

    def _read(self, registered: str, plugin: Any) -> None:
        manifest = _only(registered, _call(plugin, "manifest"))
        if manifest.name in self.manifests:
            raise PluginError(f"two plugins are called {manifest.name}")
        self.manifests[manifest.name] = manifest
        self._packages[manifest.name] = plugin.__name__.rpartition(".")[0]
        for noun in NOUNS:
            self._said[noun][manifest.name] = tuple(_call(plugin, noun) or ())
        if not manifest.always_on:
            _check_prefixes(manifest, self._said["permissions"][manifest.name])

    def of(self, noun: str, enabled: Iterable[str] | None = None) -> list[Any]:
        """All values of a noun, from every plugin or from those enabled (what is always on is always in)."""
        wanted = set(self.manifests) if enabled is None else self.on(enabled)
        return [value for name, values in self._said[noun].items() if name in wanted for value in values]

    def by_plugin(self, noun: str) -> Mapping[str, tuple[Any, ...]]:
        return MappingProxyType(self._said[noun])

    def on(self, enabled: Iterable[str]) -> set[str]:
        return {name for name, m in self.manifests.items() if m.always_on} | (
            set(enabled) & set(self.manifests)
        )

    def switchable(self) -> list[Manifest]:
        return [m for m in self.manifests.values() if not m.always_on]

    def package_of(self, name: str) -> str:
        """The Python package a plugin lives in: its templates and words are there."""
        return self._packages[name]

    def permissions(self) -> dict[str, Permission]:
        return {p.name: p for p in cast("list[Permission]", self.of("permissions"))}

    def flow(self, name: str) -> tuple[str, Flow] | None:
        """The flow and the plugin it belongs to."""
        return self._flows().get(name)

    @asynccontextmanager
    async def in_time(self, plugin: str) -> AsyncIterator[None]:
        """Cut off what a plugin that can be switched off awaits inside, where somebody waits for the answer:
        raises PluginTooSlow after two seconds.
        """
        manifest = self.manifests.get(plugin)
        limited = manifest is not None and not manifest.always_on and current().channel in WAITED_FOR
        clock = asyncio.timeout(LIMIT if limited else None)
        try:
            async with clock:
                yield
        except TimeoutError as hung:
            if manifest is None or not clock.expired():
                raise
            log("plugins").error("plugin cut off", plugin=plugin, seconds=LIMIT, exc_info=hung)
            raise PluginTooSlow(title=gettext(manifest.title)) from hung

    @cache  # noqa: B019 - one catalogue lives as long as its process
    def _flows(self) -> dict[str, tuple[str, Flow]]:
        return {flow.name: (plugin, flow) for plugin, flows in self._said["flows"].items() for flow in flows}

    @cache  # noqa: B019
    def view(self, enabled: frozenset[str]) -> "View":
        """What a company with these plugins sees; one object per distinct set."""
        return View(self, enabled)

    async def call(self, verb: str, *arguments: Any) -> dict[str, Any]:
        """Await a verb on the current company's plugins, each in a savepoint; answers by plugin name."""
        answers: dict[str, Any] = {}
        for name in sorted(self.on(current().plugins)):
            answer = await self.call_one(name, verb, *arguments)
            if answer is not None:
                answers[name] = answer
        return answers

    async def call_one(self, name: str, verb: str, *arguments: Any) -> Any:
        for _, plugin in self._manager.list_name_plugin():
            if _only(name, _call(plugin, "manifest")).name == name:
                implementation = _implementation(plugin, verb)
                if implementation is None:
                    return None
                async with self.in_time(name), savepoint():
                    return await cast("Callable[..., Awaitable[Any]]", implementation)(*arguments)
        return None


class View:
    def __init__(self, catalogue: Catalogue, enabled: frozenset[str]) -> None:
        self.navigation: tuple[NavItem, ...] = tuple(
            sorted(catalogue.of("navigation", enabled), key=lambda item: (item.order, item.path))
        )
        self.commands: tuple[Command, ...] = tuple(
            sorted(catalogue.of("commands", enabled), key=lambda command: (command.order, command.path))
        )
        self.cards: tuple[Card, ...] = tuple(
            sorted(catalogue.of("cards", enabled), key=lambda card: (card.order, card.name))
        )
        self.flows: dict[str, Flow] = {flow.name: flow for flow in catalogue.of("flows", enabled)}
        self.permissions: frozenset[str] = frozenset(p.name for p in catalogue.of("permissions", enabled))
        self.documents: dict[str, Document] = {d.name: d for d in catalogue.of("documents", enabled)}
        self.jobs: dict[str, Job] = {job.name: job for job in catalogue.of("jobs", enabled)}
        self.listeners: tuple[Listener, ...] = tuple(catalogue.of("listeners", enabled))
        self.roles: tuple[RoleTemplate, ...] = tuple(catalogue.of("roles", enabled))


def build(builtins: Iterable[ModuleType], *, discover: bool = True) -> Catalogue:
    """Register what the product is made of and every installed plugin; raises PluginError for one that
    is wrong.
    """
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs.Hooks)
    for module in builtins:
        manager.register(module)
    if discover:
        manager.load_setuptools_entrypoints(GROUP)
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as problem:
        raise PluginError(str(problem)) from problem
    use(Catalogue(manager))
    return catalogue()


_built: list[Catalogue] = []


def use(built: Catalogue) -> None:
    _built[:] = [built]


def catalogue() -> Catalogue:
    """The process's catalogue; raises LookupError before `build`."""
    if not _built:
        raise LookupError("the plugin catalogue has not been built")
    return _built[0]


def view() -> View:
    """What the current company sees."""
    return catalogue().view(current().plugins)


def _implementation(plugin: Any, hook: str) -> Callable[..., Any] | None:
    function = getattr(plugin, hook, None)
    return function if function is not None and hasattr(function, f"{GROUP}_impl") else None


def _call(plugin: Any, noun: str) -> Any:
    function = _implementation(plugin, noun)
    return function() if function else ()


def _only(name: str, manifests: Any) -> Manifest:
    if len(manifests) != 1:
        raise PluginError(f"{name} must say exactly one manifest, it says {len(manifests)}")
    manifest: Manifest = manifests[0]
    return manifest


def _check_prefixes(manifest: Manifest, permissions: tuple[Permission, ...]) -> None:
    wrong = [p.name for p in permissions if not p.name.startswith(f"{manifest.name}.")]
    if wrong:
        raise PluginError(f"{manifest.name}: permissions must begin with its name: {', '.join(wrong)}")
