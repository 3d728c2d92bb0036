"""Publishes versions of policies: the company's own, or one project's over it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from core.kit import audit, clock, sql
from core.kit.access import require
from core.kit.clock import SHANGHAI
from core.kit.context import current
from core.kit.database import DB
from core.kit.errors import Conflict, NotFound
from core.kit.events import publish as announce
from core.kit.ids import new_id
from core.policies import layers, queries
from core.policies.errors import PolicyFromPast
from core.policies.events import PolicyPublished
from core.policies.layers import Document
from core.policies.permissions import EDIT
from core.policies.presets import PRODUCT_DEFAULT, load_preset
from core.policies.schemas import PolicyVersion
from core.policies.sections import SECTIONS

BEGINNING = datetime(2000, 1, 1, tzinfo=SHANGHAI)
INSERT = """
insert into core.policies_version (tenant_id, id, project_id, number, from_at, preset, document, published_by)
values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning *
"""


async def publish(
    project_id: UUID | None, preset: str | None, document: Mapping[str, Any], from_at: datetime | None = None
) -> PolicyVersion:
    """Have a document of differences hold from that moment (now, unless said otherwise) on.

    Cases that are running keep the version they began under. Raises Forbidden, PresetUnknown,
    PolicyKeyUnknown, PolicyValueInvalid, PolicyFromPast, NotFound for a strange project, Conflict when
    somebody publishes at the same time, and what the values themselves refuse.
    """
    require(EDIT, project_id)
    now = clock.now()
    if from_at is not None and from_at < now:
        raise PolicyFromPast(field="from_at")
    return await _publish(project_id, preset, document, from_at or now)


async def choose_preset(name: str, project_id: UUID | None = None) -> PolicyVersion:
    """Set a company (or a project) up with one of the presets and nothing else.

    The first choice holds from the beginning of time, so that records entered afterwards count by it. For
    provisioning: it asks for no permission.
    """
    first = not any(head.project_id == project_id for head in await queries.heads())
    return await _publish(project_id, name, {}, BEGINNING if first else clock.now())


async def _publish(
    project: UUID | None, preset: str | None, document: Mapping[str, Any], from_at: datetime
) -> PolicyVersion:
    await _check(project, preset, document, from_at)
    number = 1 + max((h.number for h in await queries.heads() if h.project_id == project), default=0)
    values = (new_id(), project, number, from_at, preset, dict(document), current().somebody.id)
    try:
        version = await sql.maybe(PolicyVersion, INSERT, *values)
    except asyncpg.ForeignKeyViolationError as problem:
        raise NotFound from problem
    if version is None:
        raise Conflict
    DB.unit().memo.pop(queries.MEMO, None)
    audit.record(
        "policy.published", "policy", version.id, project=project, number=version.number, preset=preset,
        from_at=from_at, document=document,
    )  # fmt: skip
    announce(PolicyPublished(version.id, project))
    return version


async def _check(
    project: UUID | None, preset: str | None, document: Mapping[str, Any], from_at: datetime
) -> None:
    """Refuse what does not work by itself or together with the layers it comes to lie under or over."""
    load_preset(preset or PRODUCT_DEFAULT)
    layers.check(document, SECTIONS)
    for stack in await _stacks(project, preset, document, from_at):
        for struct, check in SECTIONS.items():
            values: msgspec.Struct = layers.resolve(struct, *stack)
            if check is not None:
                check(values)


async def _stacks(
    project: UUID | None, preset: str | None, document: Document, from_at: datetime
) -> list[list[Document]]:
    """Every pile of documents that this one becomes part of: its own, and for a company's each project's."""
    held = await queries.in_force(project, from_at)
    projects = {head.project_id for head in await queries.heads() if head.project_id} - {project}
    others = (
        [(await queries.in_force(other, from_at)).project for other in projects] if project is None else []
    )
    wanted = [held.company, *others] if project is not None else others
    rows = await queries.documents_of([identity for identity in wanted if identity is not None])
    if project is not None:
        company = rows.get(held.company) if held.company else None
        below = preset or (company and company["preset"]) or PRODUCT_DEFAULT
        return [[document, *([company["document"]] if company else []), load_preset(below)]]
    own = preset or PRODUCT_DEFAULT
    over = [[row["document"], document, load_preset(row["preset"] or own)] for row in rows.values()]
    return [[document, load_preset(own)], *over]
