"""Reads goods slips: lists by keyset, one by id, number or code, the gate's list of the day, the paper."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from core.flows.engine import known_flow
from core.flows.queries import offered
from core.households.errors import RoomInvalid
from core.households.rooms import parse_room
from core.kit import clock, crypto, paging, sql
from core.kit.access import can, in_view, places
from core.kit.addresses import origin_of
from core.kit.context import current
from core.kit.errors import NotFound
from core.staff import queries as staff
from plugins.property_desk import codes
from plugins.property_desk import schemas as s
from plugins.property_desk.errors import SlipCodeInvalid
from plugins.property_desk.flow import FINAL, SIGNED, TABLE

VIEW = "property_desk.goods_slip.view"
PREPARE = "property_desk.goods_slip.prepare"
RELEASE = "property_desk.goods_slip.release"
PRINT = "property_desk.goods_slip.print"
NUMBER = re.compile(r"^FT-\d{8}-\d{4,}$")
COLUMNS = """
id, number, version, state, project_id, room, place, applicant, applicant_name, mover_name, items, valid_on,
 created_at
"""
ONE = f"select * from core.{TABLE} where tenant_id = $1 and "
GATE = f"""
select {COLUMNS} from core.{TABLE}
where tenant_id = $1 and valid_on = $2 and state = 'issued' and ($3::uuid[] is null or project_id = any ($3))
order by room, id
"""
OPEN = f"select count(*) from core.{TABLE} where tenant_id = $1 and state <> all ($2)"
TODAY = f"select count(*) from core.{TABLE} where tenant_id = $1 and state = 'issued' and valid_on = $2"
OVER = f"""
select id from core.{TABLE} where tenant_id = $1 and valid_on < $2 and state = any ($3) order by id limit $4
"""
OUT = f"""
select project_id, count(*) as slips from core.{TABLE} where tenant_id = $1 and state = 'used'
group by project_id
"""
WRITTEN = """
select 1 from core.flows_event
where tenant_id = $1 and record_id = $2 and actor_id = $3 and name in ('create', 'amend', 'redo') limit 1
"""
ANY = f"select 1 from core.{TABLE} where tenant_id = $1 limit 1"


class Filter(msgspec.Struct, kw_only=True):
    """`state` may be `open` for all that has not ended; `q` is a number, a room or a person's whole name."""

    state: tuple[str, ...] = ()
    project: UUID | None = None
    unit: UUID | None = None
    household: UUID | None = None
    on: date | None = None
    q: str | None = None


async def slips(wanted: Filter, *, cursor: str | None = None, limit: int = 50) -> paging.Page[s.SlipRow]:
    """A page of the slips this caller may see, newest first; one query."""
    values: list[Any] = []
    where = ""
    for condition, value in _conditions(wanted):
        values.append(value)
        where += " and " + condition.replace("?", f"${len(values) + 1}")
    after = paging.decode(cursor, datetime, UUID)
    if after is not None:
        where += f" and (created_at, id) < (${len(values) + 2}, ${len(values) + 3})"
        values += after
    query = (
        f"select {COLUMNS} from core.{TABLE} where tenant_id = $1{where}"
        f" order by created_at desc, id desc limit ${len(values) + 2}"
    )
    rows = await sql.many(s.SlipRow, query, *values, limit + 1)
    return paging.page(rows, limit, lambda row: (row.created_at, row.id))


def _conditions(wanted: Filter) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    visible = in_view(VIEW)
    if visible is not None:
        found.append(("project_id = any (?)", list(visible)))
    if wanted.state == ("open",):
        found.append(("state <> all (?)", list(FINAL)))
    elif wanted.state:
        found.append(("state = any (?)", list(wanted.state)))
    equal = {"project_id": wanted.project, "unit_id": wanted.unit, "household_id": wanted.household}
    for column, value in {**equal, "valid_on": wanted.on}.items():
        if value is not None:
            found.append((f"{column} = ?", value))
    if wanted.q and wanted.q.strip():
        found.append(_words(wanted.q.strip()))
    return found


def _words(text: str) -> tuple[str, Any]:
    if NUMBER.match(text.upper()):
        return "number = ?", text.upper()
    try:
        return "room = ?", parse_room(text).short()
    except RoomInvalid:
        return "? in (applicant_name, mover_name)", text


async def row_of(identity: UUID | str) -> Mapping[str, Any]:
    """The whole row by id or number, if this caller may see it; raises NotFound."""
    try:
        key, value = "id", UUID(str(identity))
    except ValueError:
        key, value = "number", str(identity).upper()  # type: ignore[assignment]
    rows = await sql.records(f"{ONE}{key} = $2", value)
    visible = places(VIEW)
    if not rows or (visible is not None and rows[0]["project_id"] not in visible):
        raise NotFound
    return cast("Mapping[str, Any]", rows[0])


async def scanned(code: str) -> Mapping[str, Any]:
    """The slip whose code or address was scanned, or whose number was typed; SlipCodeInvalid."""
    text = code.strip().rpartition("code=")[2]
    try:
        if NUMBER.match(text.upper()):
            return await row_of(text)
        found = codes.read(text)
        row = await row_of(found[0]) if found else None
    except NotFound as problem:
        raise SlipCodeInvalid from problem
    if found is None or row is None or row["edition"] != found[1]:
        raise SlipCodeInvalid
    return row


async def at_gate() -> list[s.SlipRow]:
    """What may leave today and has not yet, in the projects where this caller may release."""
    allowed = in_view(RELEASE)
    return await sql.many(s.SlipRow, GATE, clock.today(), None if allowed is None else list(allowed))


async def open_count() -> int:
    count: int = await sql.value(OPEN, list(FINAL))
    return count


async def today_count() -> int:
    """Issued for today and not yet through the gate."""
    count: int = await sql.value(TODAY, clock.today())
    return count


async def over(day: date, limit: int) -> list[UUID]:
    """Signed slips whose day was before this one."""
    return [row["id"] for row in await sql.records(OVER, day, list(SIGNED), limit)]


async def not_collected() -> dict[UUID, int]:
    """By project, how many used slips still lie at the gate."""
    return {row["project_id"]: row["slips"] for row in await sql.records(OUT)}


async def has_written(slip: UUID, person: UUID) -> bool:
    """Whether this person wrote what stands on the slip, now or before it was amended."""
    return await sql.value(WRITTEN, slip, person) is not None


async def any_slip() -> bool:
    return await sql.value(ANY) is not None


async def shown(row: Mapping[str, Any]) -> s.Slip:
    """A row as the API answers it, with the arrows this caller may take; one query."""
    people = {row[f"{step}_by"] for step in ("prepared", *STEPS)} - {None}
    names = await staff.names(people)
    flow = known_flow("goods_slip")
    consent = None
    if row["consent_means"] is not None:
        consent = s.ConsentView(
            means=row["consent_means"], by=row["consent_by"], at=row["consent_at"], note=row["consent_note"]
        )
    return s.Slip(
        mover_id=row["mover_id_masked"],
        prepared_by_name=names.get(row["prepared_by"], ""),
        consent=consent,
        code=codes.code_of(row["id"], row["edition"]) if can(PRINT, row["project_id"]) else None,
        transitions=offered(flow, row) if flow else [],
        items=msgspec.convert(row["items"], list[s.GoodsItem]),
        duty_signed=_step(row, "duty_signed", names),
        stamped=_step(row, "stamped", names),
        issued=_step(row, "issued", names),
        released=_step(row, "released", names),
        **{name: row[name] for name in SAME},
    )


STEPS = ("duty_signed", "stamped", "issued", "released")
SAME = (
    *(
        "id",
        "number",
        "version",
        "state",
        "project_id",
        "room",
        "place",
        "applicant",
        "applicant_name",
        "mover_name",
    ),
    *("valid_on", "created_at", "updated_at", "unit_id", "household_id", "staff_id", "edition", "prints"),
    *("prepared_by", "applicant_signed_at", "filed_at", "difference", "void_reason"),
)


def _step(row: Mapping[str, Any], step: str, names: Mapping[UUID, str]) -> s.Step | None:
    at, who = row[f"{step}_at"], row[f"{step}_by"]
    return s.Step(at, who, names.get(who, "")) if at is not None else None


async def identity_number(row: Mapping[str, Any]) -> str:
    """The mover's ID number in full; whoever shows it writes the audit line."""
    return await crypto.decrypt(
        row["mover_id"], table=TABLE, column="mover_id", row=row["id"], data_key=row["mover_key"]
    )


def address_of(slip: s.Slip) -> str:
    """What the QR says: the gate's page of this company with the slip's code, and nothing about anybody."""
    code = codes.code_of(slip.id, slip.edition)
    return f"{origin_of(current().tenant)}/m/property_desk/gate?{urlencode({'code': code})}"
