"""TK-04.T14: a ticket that is merged into another ends, follows it, and shows its result."""

from collections.abc import Mapping
from typing import Any

import msgspec

from core.flows import engine
from core.flows.engine import known_flow
from core.flows.schemas import Happened, Move
from core.kit import live, sql
from core.kit.errors import NotFound
from core.kit.i18n import gettext
from core.tickets import errors, orders, queries

ENDED = frozenset({"closed", "cancelled", "merged", "refused"})
FOLLOWED = "result_followed"
HAND_DOWN = """
update core.tickets_ticket set result = $3, version = version + 1, updated_at = core.now()
where tenant_id = $1 and merged_into = $2 returning id, kind
"""
FOLLOW = """
update core.tickets_ticket set merged_into = $3, version = version + 1, updated_at = core.now()
where tenant_id = $1 and merged_into = $2
"""
LEADS = """
update core.tickets_ticket set form = form || '{"leads": true}' where tenant_id = $1 and id = $2
"""
MERGED = """
select number, room, place, content, requester, phone_masked from core.tickets_ticket
where tenant_id = $1 and merged_into = $2 order by created_at, id
"""


class Merged(msgspec.Struct, kw_only=True):
    """A ticket that follows another: its requester is told at the other's call-back."""

    number: str
    room: str
    place: str | None
    content: str
    requester: str
    phone_masked: str | None


async def merged_into(row: Mapping[str, Any]) -> list[Merged]:
    """What follows this ticket; one query where anything does."""
    return await sql.many(Merged, MERGED, row["id"]) if row["form"].get("leads") else []


async def check_merge(move: Move) -> None:
    """The other ticket must be open, of the same project, and one that this caller sees."""
    try:
        other = await queries.row_of(move.form.into)
    except NotFound as problem:
        raise errors.MergeIntoItself from problem
    if other["id"] == move.id or other["state"] in ENDED:
        raise errors.MergeIntoItself
    if other["project_id"] != move.row["project_id"]:
        raise errors.MergeElsewhere
    move.changes |= {"merged_into": other["id"], "closed_at": move.at, "call_back_exemption": "merged"}
    move.extra["into"] = other["number"]


async def merge(move: Move) -> None:
    """What was merged into this one before goes with it."""
    await orders.change(move.id, "void", void_reason=gettext("合并"))
    await sql.execute(FOLLOW, move.id, move.changes["merged_into"])
    await sql.execute(LEADS, move.changes["merged_into"])


@engine.follow
async def hand_down(happened: Happened) -> None:
    """When a ticket ends, those merged into it get its result and a line of their own."""
    after = happened.after
    if happened.before is None or after["state"] not in ENDED - {"merged"}:
        return
    if happened.flow.table != "tickets_ticket" or happened.before["state"] in ENDED:
        return
    for row in await sql.records(HAND_DOWN, after["id"], after["result"]):
        await _line(row, happened)
        live.changed("tickets", row["id"])


async def _line(row: Mapping[str, Any], happened: Happened) -> None:
    flow = known_flow(row["kind"])
    if flow is not None:
        await engine.write_event(
            flow, row["id"], kind="system", name=FOLLOWED, actor=happened.actor, at=happened.at,
            note=happened.after["result"], form={"into": happened.after["number"]},
        )  # fmt: skip
