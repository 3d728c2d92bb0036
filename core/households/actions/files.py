"""A household's file taken for a change, one change at a time, and marked as changed by hand."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from core.households import errors
from core.households.events import HouseholdChanged
from core.kit import audit, live, sql
from core.kit.access import require
from core.kit.context import current
from core.kit.errors import NotFound, Stale
from core.kit.events import publish
from core.kit.i18n import _, gettext

EDIT = "households.household.edit"
LOCK = """
select id, project_id, unit_id, owner_name, moved_in, mark, version, closed_at, updated_by
from core.households_household where tenant_id = $1 and id = $2 for no key update
"""
TOUCH = """
update core.households_household
set owner_name = $3, version = version + 1, updated_at = core.now(), edited_at = core.now(), updated_by = $4
where tenant_id = $1 and id = $2
"""


async def taken(household: UUID) -> Mapping[str, Any]:
    """The file, locked, open or closed. Raises NotFound."""
    rows = await sql.records(LOCK, household)
    if not rows:
        raise NotFound
    row: Mapping[str, Any] = rows[0]
    return row


async def opened(household: UUID) -> Mapping[str, Any]:
    """The open file, locked, for whoever may edit it. Raises NotFound, Forbidden, FileClosed."""
    row = await taken(household)
    require(EDIT, row["project_id"])
    if row["closed_at"] is not None:
        raise errors.FileClosed
    return row


async def locked(household: UUID, version: int | None) -> Mapping[str, Any]:
    """The open file, locked, if the caller may edit it and has seen its newest version. Raises Stale too."""
    row = await opened(household)
    if row["version"] != version:
        raise stale(row)
    return row


async def touched(household: UUID, owner: str, action: str, person: UUID) -> None:
    """The file bears this owner's name now; the change is recorded and told."""
    await sql.execute(TOUCH, household, owner, current().somebody.name)
    audit.record(action, "person", person, household=household)
    publish(HouseholdChanged(household))
    live.changed("households", household)


def stale(row: Mapping[str, Any]) -> Stale:
    return Stale(version=row["version"], by=row["updated_by"] or gettext(_("别人")))
