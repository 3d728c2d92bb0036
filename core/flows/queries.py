"""The timeline of a record, and the arrows somebody may take from where it stands."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from core.flows.schemas import OfferedTransition, TimelineEvent
from core.kit import paging, sql
from core.kit.access import can
from core.kit.i18n import _, gettext, titled
from core.plugin.contributions import Flow, Transition

WORDS: dict[str, str] = {"register": _("登记")}
"""What lines of the timeline are called that are no arrows; an area adds its own by `name_lines`."""
TIMELINE = """
select id, at, kind, name, actor_name as actor, actor_id, role, from_state as "from", to_state as "to",
 note, form,
 attachments, channel
from core.flows_event where tenant_id = $1 and record_id = $2
 and ($3::timestamptz is null or (at, id) > ($3, $4)) order by at, id limit $5
"""


def name_lines(words: Mapping[str, str]) -> None:
    """Say what notes and system lines of these names are called (message ids)."""
    WORDS.update(words)


async def timeline(record: UUID, flow: Flow | None) -> list[TimelineEvent]:
    """Everything that happened to the record, oldest first, with the arrows' words in the current
    language.
    """
    return _named(await sql.many(TimelineEvent, TIMELINE, record, None, None, None), flow)


async def timeline_page(
    record: UUID, flow: Flow | None, *, cursor: str | None, limit: int
) -> paging.Page[TimelineEvent]:
    """`timeline` piece by piece."""
    after: tuple[Any, ...] = paging.decode(cursor, datetime, UUID) or (None, None)
    events = _named(await sql.many(TimelineEvent, TIMELINE, record, *after, limit + 1), flow)
    return paging.page(events, limit, lambda event: (event.at, event.id))


def _named(events: list[TimelineEvent], flow: Flow | None) -> list[TimelineEvent]:
    for event in events:
        arrow = flow.transition(event.name) if flow else None
        event.label = gettext(arrow.label if arrow else WORDS.get(event.name, event.name))
    return events


def open_arrows(flow: Flow, row: Mapping[str, Any]) -> list[Transition]:
    """The arrows that begin at the record's state, are this actor's to take, and make sense for this
    record.
    """
    return [
        arrow
        for arrow in flow.transitions
        if not arrow.hidden
        and row["state"] in arrow.sources
        and can(arrow.permission, row["project_id"])
        and (arrow.offered_if is None or arrow.offered_if(row))
    ]


def offered(flow: Flow, row: Mapping[str, Any]) -> list[OfferedTransition]:
    """`open_arrows` as the API tells them."""
    return [
        OfferedTransition(arrow.name, gettext(arrow.label), form_schema(arrow), arrow.tone, arrow.icon)
        for arrow in open_arrows(flow, row)
    ]


def form_schema(arrow: Transition) -> dict[str, Any]:
    """The JSON schema of what the arrow asks, with titles in the current language."""
    if arrow.form is None:
        return {"type": "object", "properties": {}}
    schema = msgspec.json.schema(arrow.form)
    definitions: dict[str, Any] = schema.get("$defs", {})
    name = schema.get("$ref", "").rpartition("/")[2]
    body: dict[str, Any] = definitions.get(name, schema)
    others = {key: value for key, value in definitions.items() if key != name}
    translated: dict[str, Any] = titled({**body, **({"$defs": others} if others else {})})
    return translated
