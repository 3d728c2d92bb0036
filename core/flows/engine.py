"""Takes arrows: lock the record, check version, permission and rules, write the event, move, tell the
followers.

An area gives its flows a `table`; the engine reads and writes its state, stage, version and whatever
`changes` a move collected. Clocks are followers: they run in the same transaction, so that no clock can
miss an arrow.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from core.flows.errors import TransitionNotAllowed, TransitionNotOffered, UnknownTransition
from core.flows.schemas import Happened, Move
from core.kit import audit, clock, forms, live, sql
from core.kit.access import require
from core.kit.context import Actor, current
from core.kit.errors import UNSEEN, Invalid, NotFound, Stale, VersionRequired
from core.kit.i18n import gettext
from core.kit.ids import new_id
from core.plugin.contributions import Flow, Transition
from core.plugin.host import catalogue, view

Follower = Callable[[Happened], Awaitable[None]]
FOLLOWERS: list[Follower] = []

EVENT = """
insert into core.flows_event (tenant_id, id, flow, record_id, kind, name, at, actor_id, actor_name, role,
 from_state,
 to_state, note, form, attachments, channel)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
"""
LAST_ACTOR = """
select actor_name from core.flows_event where tenant_id = $1 and record_id = $2 order by at desc,
 id desc limit 1
"""


def follow(follower: Follower) -> Follower:
    """Have a coroutine told of every move and note, in the transaction that makes it."""
    if follower not in FOLLOWERS:
        FOLLOWERS.append(follower)
    return follower


def flow_of(name: str) -> Flow:
    """The flow as the current company sees it; raises NotFound where its plugin is off."""
    flow = view().flows.get(name)
    if flow is None:
        raise NotFound
    return flow


def known_flow(name: str) -> Flow | None:
    """The flow whether or not its plugin is on, for showing records that stay readable as text."""
    found = catalogue().flow(name)
    return found[1] if found else None


async def locked(flow: Flow, record: UUID) -> Mapping[str, Any]:
    """The record as it is now, kept from others until the commit; raises NotFound."""
    rows = await sql.records(
        f"select * from core.{flow.table} where tenant_id = $1 and id = $2 for update", record
    )
    if not rows:
        raise NotFound
    row: Mapping[str, Any] = rows[0]
    return row


async def take(
    flow: Flow,
    row: Mapping[str, Any],
    name: str,
    *,
    version: int | None = None,
    raw: Mapping[str, Any] | None = None,
    form: Any = None,
    note: str | None = None,
    attachments: list[UUID] | None = None,
    browser: bool = False,
    hidden: bool = False,
    extra: dict[str, Any] | None = None,
) -> Mapping[str, Any]:
    """Move a locked record along an arrow and answer it as it is afterwards.

    `raw` is the form as sent, bound to the arrow's struct; `form` a struct made by code. Raises Stale for
    an old `version`, VersionRequired for UNSEEN, Forbidden, TransitionNotAllowed, Invalid for a wrong form,
    whatever the arrow's check refuses, and TransitionNotOffered where the arrow makes no sense for the
    record.
    """
    arrow = flow.transition(name)
    if arrow is None or (arrow.hidden and not hidden):
        raise UnknownTransition(action=name)
    await _check_version(row, version)
    if not hidden:
        require(arrow.permission, row["project_id"])
    if version == UNSEEN:
        raise VersionRequired(version=row["version"])
    if row["state"] not in arrow.sources:
        raise TransitionNotAllowed(action=gettext(arrow.label), state=gettext(flow.state(row["state"]).label))
    move = Move(
        flow=flow,
        transition=arrow,
        row=row,
        actor=current().somebody,
        at=clock.now(),
        form=form if form is not None else _bound(arrow, raw or {}, browser=browser),
        note=note or None,
        attachments=attachments or [],
        changes={},
        extra=extra or {},
        target=row["state"] if arrow.target == "=" else arrow.target,
        stage=arrow.stage if arrow.stage is not None else row["stage"],
    )
    owner = catalogue().flow(flow.name)
    async with catalogue().in_time(owner[0] if owner else ""):
        if arrow.check is not None:
            await arrow.check(move)
        if arrow.offered_if is not None and not arrow.offered_if(row):
            raise TransitionNotOffered(action=gettext(arrow.label))
        if arrow.effect is not None:
            await arrow.effect(move)
    return await _write(move)


async def _check_version(row: Mapping[str, Any], version: int | None) -> None:
    if version not in {None, UNSEEN, row["version"]}:
        by = await sql.value(LAST_ACTOR, row["id"])
        raise Stale(by=by or "", version=row["version"])


def _bound(arrow: Transition, raw: Mapping[str, Any], *, browser: bool) -> Any:
    if arrow.form is None:
        return None
    try:
        return forms.bind(arrow.form, raw, browser=browser)
    except Invalid as refusal:
        raise Invalid(
            [msgspec.structs.replace(e, field=f"form.{e.field}") for e in refusal.errors]
        ) from refusal


async def _write(move: Move) -> Mapping[str, Any]:
    after = await update(move.flow, move.id, {"state": move.target, "stage": move.stage, **move.changes})
    await write_event(
        move.flow,
        move.id,
        kind="move",
        name=move.transition.name,
        actor=move.actor,
        at=move.at,
        states=(move.row["state"], move.target),
        note=move.note,
        form={**_kept(move.form), **move.extra},
        attachments=move.attachments,
        role=role_for(move.actor, move.transition.permission, move.row["project_id"]),
    )
    audit.record(
        f"{move.flow.name}.{move.transition.name}", move.flow.name, move.id, version=after["version"]
    )
    await tell(
        Happened(
            flow=move.flow,
            name=move.transition.name,
            before=move.row,
            after=after,
            at=move.at,
            actor=move.actor,
            form=move.form,
        )
    )
    return after


async def update(flow: Flow, record: UUID, changes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Set columns of a record and count its version up; the row afterwards."""
    names = list(changes)
    assignments = "".join(f"{name} = ${number}, " for number, name in enumerate(names, 3))
    rows = await sql.records(
        f"update core.{flow.table} set {assignments} version = version + 1, updated_at = core.now()"
        " where tenant_id = $1 and id = $2 returning *",
        record,
        *changes.values(),
    )
    live.changed(flow.table.partition("_")[0], record)
    row: Mapping[str, Any] = rows[0]
    return row


async def write_event(
    flow: Flow,
    record: UUID,
    *,
    kind: str,
    name: str,
    actor: Actor,
    at: Any = None,
    states: tuple[str | None, str | None] = (None, None),
    note: str | None = None,
    form: Mapping[str, Any] | None = None,
    attachments: list[UUID] | None = None,
    channel: str | None = None,
    role: str | None = None,
) -> UUID:
    """One line of the timeline. `role` is the one held for it, the actor's first where none is named."""
    identity = new_id()
    await sql.execute(
        EVENT,
        identity,
        flow.name,
        record,
        kind,
        name,
        at or clock.now(),
        actor.id,
        actor.name,
        role if role is not None else _first_role(actor),
        *states,
        note,
        dict(form or {}),
        attachments or [],
        channel or current().channel,
    )
    return identity


async def tell(happened: Happened) -> None:
    """Let clocks and whoever else follows know, before the commit."""
    for follower in FOLLOWERS:
        await follower(happened)


def role_for(actor: Actor, permission: str, project: UUID) -> str:
    """The role by which the actor holds the permission in that project (PROCEDURES 0.7)."""
    for role, places in actor.held_by.get(permission, ()):
        if places is None or project in places:
            return role
    return _first_role(actor)


def _first_role(actor: Actor) -> str:
    return actor.roles[0] if actor.roles else ""


def _kept(form: Any) -> dict[str, Any]:
    kept: dict[str, Any] = msgspec.to_builtins(form) if form is not None else {}
    return kept
