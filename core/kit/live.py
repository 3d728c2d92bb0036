"""Live updates: a notice that something changed, sent with the commit; never data, only what to look at
again.

Works without Valkey: PostgreSQL carries the notice to the one listening connection of each web process.
"""

from typing import Any

from core.kit import database
from core.kit.context import current

CHANNEL = "live"


def changed(topic: str, subject: object = "") -> None:
    """Tell open pages that `topic` (such as `tickets`) changed at `subject` (an id), when this commits."""
    notice = f"{current().tenant.id}|{topic}|{subject}"
    unit = database.DB.unit()
    if notice not in unit.deferred.get(_write, []):
        database.defer(_write, notice)


async def _write(notices: list[Any]) -> None:
    unit = database.DB.unit()
    await unit.connection.executemany("select pg_notify('live', $1)", [(notice,) for notice in notices])
