"""Finds households and units by whatever the desk types: room, phone, last four digits, name, pinyin."""

import re
from typing import Any
from uuid import UUID

import msgspec

from core.households import phones
from core.households import schemas as s
from core.households.errors import PhoneInvalid
from core.households.queries.lookups import UNIT_COLUMNS, UNIT_FROM, VIEW, chosen, hits, unit_of
from core.households.room_queries import room_queries
from core.kit import crypto, paging, sql
from core.kit.access import in_view
from core.kit.chinese import fold
from core.kit.context import Places

MOST_LETTERS = 40
TAIL = 4
SEARCH = "select * from core.households_search($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
ALL = """
select h.id as household_id, 0 as rank, u.project_id, u.sort_key, u.id as unit_id
from core.households_unit u
join core.households_household h on h.tenant_id = u.tenant_id and h.unit_id = u.id and h.closed_at is null
where u.tenant_id = $1 and ($2::uuid[] is null or u.project_id = any ($2))
  and ($3::uuid is null or (u.project_id, u.sort_key, u.id) > ($3, $4, $5))
order by u.project_id, u.sort_key, u.id limit $6
"""
FOUND_ROOMS = "select * from core.households_rooms($1, $2, $3)"
UNITS = f"""
select {UNIT_COLUMNS} {UNIT_FROM} and ($2::uuid[] is null or u.project_id = any ($2))
  and ($3::uuid[] is null or u.id = any ($3))
  and ($4::uuid is null or (u.project_id, u.sort_key, u.id) > ($4, $5, $6))
order by u.project_id, u.sort_key, u.id limit $7
"""


class Key(msgspec.Struct):
    """Where a household stands in a list: the rank of its match, then project, room and unit."""

    household_id: UUID
    rank: int
    project_id: UUID
    sort_key: str
    unit_id: UUID


async def search_households(
    q: str | None, projects: Places, *, limit: int = 50, cursor: str | None = None
) -> paging.Page[s.HouseholdHit]:
    """Households of these projects that `q` may mean, likeliest first; without a `q` all, by room."""
    after: tuple[Any, ...] = paging.decode(cursor, int, UUID, str, UUID) or (None,) * 4
    if q and q.strip():
        wanted = await _understood(q)
        if not any(wanted):
            return paging.Page([], None)
        found = await sql.many(Key, SEARCH, chosen(projects), *wanted, *after, limit + 1)
    else:
        found = await sql.many(Key, ALL, chosen(projects), *after[1:], limit + 1)
    keys = paging.page(found, limit, lambda key: (key.rank, key.project_id, key.sort_key, key.unit_id))
    return paging.Page(await hits([key.household_id for key in keys.items]), keys.next)


async def units(
    q: str | None = None, project: UUID | None = None, *, limit: int = 50, cursor: str | None = None
) -> paging.Page[s.Unit]:
    """Units this caller may see, by room; with `q` those of the likeliest reading that finds any."""
    allowed = within(in_view(VIEW), project)
    after: tuple[Any, ...] = paging.decode(cursor, UUID, str, UUID) or (None,) * 3
    only: list[UUID] | None = None
    if q and q.strip():
        found = await sql.records(FOUND_ROOMS, chosen(allowed), _readings(q))
        only = [row[0] for row in found]
        if not only:
            return paging.Page([], None)
    rows = await sql.records(UNITS, chosen(allowed), only, *after, limit + 1)
    page = paging.page(rows, limit, lambda row: (row["project_id"], row["sort_key"], row["id"]))
    return paging.Page([unit_of(row) for row in page.items], page.next)


def within(allowed: Places, project: UUID | None) -> Places:
    if project is None:
        return allowed
    return frozenset({project}) if allowed is None or project in allowed else frozenset()


async def _understood(q: str) -> tuple[list[dict[str, str]], bytes | None, bytes | None, str | None]:
    """What the text may mean: readings as a room, a whole phone's index, four digits' index, a name's key."""
    text = fold(q)[:MOST_LETTERS]
    tail = text if re.fullmatch(rf"\d{{{TAIL}}}", text) else None
    try:
        phone = phones.normalise(q, service=True)
    except PhoneInvalid:
        phone = None
    return (
        _readings(q),
        await crypto.blind_index(phone, column="phone") if phone else None,
        await crypto.blind_index(tail, column="phone_tail") if tail else None,
        _name_key(text),
    )


def _readings(q: str) -> list[dict[str, str]]:
    return [msgspec.to_builtins(reading) for reading in room_queries(q[:MOST_LETTERS])]


def _name_key(text: str) -> str | None:
    """As names are keyed: no spaces or signs, ü typed as v or u. Digits alone are nobody's name."""
    key = re.sub(r"[\W_]+", "", text.replace("ü", "v"))
    return None if not key or key.isdecimal() else key
