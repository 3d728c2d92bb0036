"""Every hook a plugin may implement, top to bottom the whole API. Implementations are plain functions in
`plugin.py`.

A noun declares: called once per process at start, no company at hand, answers frozen values. A verb acts:
awaited inside one company's transaction, only for plugins that company has on.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import pluggy

from core.plugin.contributions import (
    Card,
    Command,
    Document,
    Effect,
    Flow,
    Job,
    Listener,
    Manifest,
    NavItem,
    Permission,
    RoleTemplate,
)

GROUP = "guanjia"
hookspec = pluggy.HookspecMarker(GROUP)
hookimpl = pluggy.HookimplMarker(GROUP)

Route = Any
"""A Litestar controller or route handler."""


class Hooks(Protocol):
    @hookspec
    def manifest(self) -> Sequence[Manifest]:
        """Say who the plugin is: name, title, tables and migrations, settings. Exactly one."""
        ...

    @hookspec
    def permissions(self) -> Sequence[Permission]:
        """List what the plugin's routes and flows ask for, with the words an admin reads. Roles are
        granted these; what nobody lists cannot be asked for.
        """
        ...

    @hookspec
    def roles(self) -> Sequence[RoleTemplate]:
        """List which of the plugin's permissions each role of a new company starts with."""
        ...

    @hookspec
    def pages(self) -> Sequence[Route]:
        """List the HTML controllers, mounted under /<name> (and /m/<name> for phones). They answer 404
        to a company that has the plugin off.
        """
        ...

    @hookspec
    def api(self) -> Sequence[Route]:
        """List the JSON controllers, mounted under /api/v1/<name>, likewise."""
        ...

    @hookspec
    def navigation(self) -> Sequence[NavItem]:
        """List menu entries; each is shown to holders of its permission."""
        ...

    @hookspec
    def commands(self) -> Sequence[Command]:
        """List lines of the palette and their single keys, offered on every desktop page."""
        ...

    @hookspec
    def cards(self) -> Sequence[Card]:
        """List what is shown and offered on a household's page and where the desk has found it. One
        that raises or takes longer than two seconds is left out.
        """
        ...

    @hookspec
    def flows(self) -> Sequence[Flow]:
        """List procedures: states, arrows with the permission that may take each, clocks. A company
        may change how long a clock runs, never the flow.
        """
        ...

    @hookspec
    def documents(self) -> Sequence[Document]:
        """List printable papers: a template and the coroutine that gathers its data."""
        ...

    @hookspec
    def jobs(self) -> Sequence[Job]:
        """List coroutines for the workers, with a cron expression if they run by the clock. Each runs
        for one company at a time, may run twice, and is dropped if the plugin was switched off
        meanwhile.
        """
        ...

    @hookspec
    def listeners(self) -> Sequence[Listener]:
        """List coroutines called after the commit, at least once, for each event of a class."""
        ...

    @hookspec
    async def seed(self, demo: bool) -> None:
        """Write the rows a company needs when it switches the plugin on, and with `demo` those of the
        guided tour. Safe to run again.
        """

    @hookspec
    async def hidden_when_off(self) -> Sequence[Effect]:
        """Count what switching the plugin off would hide: open records, and whatever an admin should
        know first.
        """
        ...
