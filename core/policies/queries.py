"""The values in force: project over company over preset over product default.

Versions never change once written, so their merged values are kept per process by the versions' ids. Which
versions are in force is asked once per transaction: a publication holds everywhere from the next one on.
"""

from datetime import datetime
from typing import Any, TypeVar, cast
from uuid import UUID

import msgspec

from core.kit import clock, sql
from core.kit.database import DB
from core.policies.layers import Document, resolve
from core.policies.presets import PRODUCT_DEFAULT, load_preset
from core.policies.schemas import PolicyVersion, Versions

PolicyT = TypeVar("PolicyT", bound=msgspec.Struct)

MEMO = "policies.versions"
KEPT = 2000
HEADS = """
select id, project_id, number, from_at, preset, published_at, published_by from core.policies_version
where tenant_id = $1 order by from_at desc, number desc
"""
DOCUMENTS = """
select id, project_id, preset, document from core.policies_version where tenant_id = $1 and id = any ($2)
"""
OF_SCOPE = """
select * from core.policies_version where tenant_id = $1 and project_id is not distinct from $2
order by from_at desc, number desc
"""
_values: dict[tuple[type[msgspec.Struct], Versions], msgspec.Struct] = {}


async def policy(struct: type[PolicyT], project: UUID | None = None, at: datetime | None = None) -> PolicyT:
    """The values that hold in a project (or for the company as a whole), now or at that moment.

    One query per transaction, one more when a process first meets a version.
    """
    return await values_of(struct, await in_force(project, at))


async def in_force(project: UUID | None = None, at: datetime | None = None) -> Versions:
    """Which versions hold there, to be kept with what begins under them."""
    moment = at or clock.now()
    begun = [head for head in await heads() if head.from_at <= moment]
    company = next((head.id for head in begun if head.project_id is None), None)
    own = next((head.id for head in begun if project is not None and head.project_id == project), None)
    return Versions(company, own)


async def values_of(struct: type[PolicyT], versions: Versions) -> PolicyT:
    """The values under those versions, whatever has been published since."""
    known = _values.get((struct, versions))
    if known is None:
        known = resolve(struct, *await _documents(versions))
        if len(_values) >= KEPT:
            _values.clear()
        _values[struct, versions] = known
    return cast("PolicyT", known)


async def heads() -> list[PolicyVersion]:
    """All versions without their documents, the latest to begin first; read once per transaction."""
    memo = DB.unit().memo
    if MEMO not in memo:
        memo[MEMO] = await sql.many(PolicyVersion, HEADS)
    found: list[PolicyVersion] = memo[MEMO]
    return found


async def history(project: UUID | None = None) -> list[PolicyVersion]:
    """The versions of one scope with their documents, the latest to begin first, future ones too."""
    return await sql.many(PolicyVersion, OF_SCOPE, project)


async def documents_of(identities: list[UUID]) -> dict[UUID, Any]:
    """Rows (id, project_id, preset, document) by id."""
    if not identities:
        return {}
    return {row["id"]: row for row in await sql.records(DOCUMENTS, identities)}


async def _documents(versions: Versions) -> list[Document]:
    wanted = [identity for identity in (versions.project, versions.company) if identity is not None]
    rows = await documents_of(wanted)
    found = [rows[identity] for identity in wanted]
    preset = next((row["preset"] for row in found if row["preset"] is not None), PRODUCT_DEFAULT)
    return [*(row["document"] for row in found), load_preset(preset)]
