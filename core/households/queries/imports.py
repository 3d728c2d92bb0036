"""Imports of household lists, with their counts and every refused row."""

from datetime import datetime
from uuid import UUID

import msgspec

from core.households import schemas as s
from core.kit import paging, sql
from core.kit.access import require
from core.kit.errors import REGISTRY
from core.kit.i18n import gettext

PERMISSION = "households.household.import"
COLUMNS = """
i.id, i.name, i.sha256, i.file_id, i.project_id, i.places, i.dry_run,
case when i.state = 'waiting' and t.state in ('running', 'failed') then t.state else i.state end as state,
case when i.state = 'waiting' then coalesce(t.progress, 0) else i.total end as progress, i.total,
i.row_count, i.household_count, i.refused_count, i.repeated_count, i.created_count, i.updated_count,
i.unchanged_count, i.skipped, coalesce(i.error_key, t.error) as error_key, i.error_params, i.task_id,
i.created_by_name, i.created_at, i.finished_at
"""
FROM = """
from core.households_import i left join core.kit_task t on t.tenant_id = i.tenant_id and t.id = i.task_id
where i.tenant_id = $1
"""
ONE = f"select {COLUMNS}, i.refused, i.overwritten {FROM} and i.id = $2"
NEWEST = f"""
select {COLUMNS}, '[]'::jsonb as refused {FROM}
  and ($2::timestamptz is null or (i.created_at, i.id) < ($2, $3))
order by i.created_at desc, i.id desc limit $4
"""


async def import_row(identity: UUID) -> s.ImportRow:
    """Raises NotFound, and Forbidden for who may not import into each of its projects."""
    row = await sql.one(s.ImportRow, ONE, identity)
    for project in {row.project_id, *row.places.values()}:
        require(PERMISSION, project)
    return row


async def imports(*, limit: int = 20, cursor: str | None = None) -> paging.Page[s.Import]:
    """The newest first, without their refused rows."""
    require(PERMISSION)
    after = paging.decode(cursor, datetime, UUID) or (None, None)
    rows = await sql.many(s.ImportRow, NEWEST, *after, limit + 1)
    page = paging.page(rows, limit, lambda row: (row.created_at, row.id))
    return paging.Page([shown(row) for row in page.items], page.next)


def shown(row: s.ImportRow) -> s.Import:
    """As the API answers it, sentences in the current language."""
    return s.Import(
        counts=s.Counts(row.row_count, row.household_count, row.refused_count, row.repeated_count),
        changes=s.Changes(row.created_count, row.updated_count, row.unchanged_count),
        refused=[_refused(one) for one in row.refused],
        error=s.Failure(row.error_key, _sentence(row.error_key, row.error_params)) if row.error_key else None,
        **{name: getattr(row, name) for name in SAME},
    )


SAME = (
    *("id", "name", "state", "dry_run", "overwritten", "skipped", "progress", "total"),
    *("created_at", "finished_at", "created_by_name"),
)


def _refused(one: dict[str, object]) -> s.RefusedRow:
    refused = msgspec.convert(one, s.StoredRefusal)
    message = _sentence(refused.key, refused.params)
    return s.RefusedRow(refused.sheet, refused.row, refused.column, refused.key, message)


def _sentence(key: str, params: dict[str, object]) -> str:
    """Reasons inside a sentence (why a file is refused) are message ids themselves."""
    kind = REGISTRY.get(key)
    inner = {name: gettext(value) if isinstance(value, str) else value for name, value in params.items()}
    return gettext(kind.message, **inner) if kind else key
