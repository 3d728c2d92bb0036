"""What is announced of companies, after the commit."""

from core.kit.events import Event


class PluginSwitched(Event, frozen=True):
    plugin: str
    enabled: bool
