"""Opens goods slips and takes them along their arrows; every change of a slip passes here (PD-01)."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from stdnum.cn import ric

from core.files import actions as files
from core.flows import engine
from core.flows.schemas import Happened
from core.households import queries as households
from core.kit import audit, clock, crypto, live, sql
from core.kit.access import require
from core.kit.context import current
from core.kit.errors import DomainError, FieldError, Required, refuse
from core.kit.events import publish
from core.kit.ids import new_id
from core.kit.numbering import next_number
from core.plugin.contributions import Flow
from core.staff import queries as staff
from core.tickets.errors import UnitNotInProject
from plugins.property_desk import errors, queries
from plugins.property_desk.events import GoodsSlipCreated, GoodsSlipMoved
from plugins.property_desk.flow import SIGNED, TABLE
from plugins.property_desk.rules import is_owner
from plugins.property_desk.schemas import NewGoodsSlip

NAME = "goods_slip"
BATCH = 200
PRINTED = f"update core.{TABLE} set prints = prints + 1 where tenant_id = $1 and id = $2 returning prints"


async def create(new: NewGoodsSlip, wrong: Sequence[FieldError] = ()) -> Mapping[str, Any]:
    """PD-01: a draft with who carries what out on which day; the row. `wrong` are fields that could not be
    read and are refused together with what the rules refuse.

    Raises Invalid with every refused field.
    """
    require("property_desk.goods_slip.prepare", new.project_id)
    flow = engine.flow_of(NAME)
    place, name = await _accepted(new, wrong)
    identity = new_id()
    row = await sql.insert(
        TABLE,
        {
            "id": identity,
            "project_id": new.project_id,
            "unit_id": place.unit_id,
            "household_id": place.household_id,
            "room": place.room_short,
            "place": new.place,
            "applicant": new.applicant,
            "applicant_name": name,
            "staff_id": new.staff_id if new.applicant == "staff" else None,
            "mover_name": new.mover_name,
            **await _sealed(identity, normal_id(new.mover_id)),
            "items": msgspec.to_builtins(new.items),
            "valid_on": new.valid_on,
            "prepared_by": current().somebody.id,
            "created_at": clock.now(),
            "number": await next_number(flow.prefix),
        },
    )
    await _announce(flow, row)
    return row  # type: ignore[no-any-return]


async def _accepted(new: NewGoodsSlip, wrong: Sequence[FieldError]) -> tuple[households.Located, str]:
    """Where it is and the name in the 办证人 column, after everything a slip may be refused for."""
    unread = {error.field.partition(".")[0] for error in wrong}
    refusals: list[DomainError] = []
    place = None
    if unread.isdisjoint({"project_id", "unit_id"}):
        place = await households.locate(new.project_id, household_id=None, unit_id=new.unit_id)
        if place.project_id != new.project_id:
            refusals.append(UnitNotInProject())
    name = new.applicant_name
    if unread.isdisjoint({"applicant", "applicant_name", "staff_id"}):
        name = await _applicant(new, place, refusals)
    refusals += _wrong(new, unread)
    refuse(wrong, refusals)
    assert place is not None  # noqa: S101 - else it was refused
    return place, name


async def _applicant(new: NewGoodsSlip, place: households.Located | None, refusals: list[DomainError]) -> str:
    name = new.applicant_name
    if new.applicant == "staff":
        employee = await staff.person(new.staff_id) if new.staff_id else None
        if employee is None or employee.state != "active":
            refusals.append(errors.EmployeeRequired())
        else:
            name = employee.name
    elif place is not None and place.unit_id is None:
        refusals.append(errors.UnitRequired())
    elif new.applicant != "owner":
        if not name:
            refusals.append(Required(field="applicant_name"))
    elif place is not None:
        name = name or place.owner_name
        if not is_owner(place.owner_name, name):
            refusals.append(errors.ApplicantNotOwner())
    return name


def _wrong(new: NewGoodsSlip, unread: set[str]) -> list[DomainError]:
    refusals: list[DomainError] = []
    if not new.items and "items" not in unread:
        refusals.append(errors.GoodsRequired())
    if "mover_id" not in unread and not ric.is_valid(normal_id(new.mover_id)):
        refusals.append(errors.IdNumberInvalid())
    if "valid_on" not in unread and new.valid_on < clock.today():
        refusals.append(errors.SlipDayPast())
    return refusals


def normal_id(text: str) -> str:
    """Full-width signs and spaces as people type them; the check letter is an X."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign.isalnum()).upper()


def masked_id(number: str) -> str:
    """`3501**********1213`: the place of birth and the last four."""
    return f"{number[:4]}{'*' * 10}{number[-4:]}"


async def _sealed(identity: UUID, number: str) -> dict[str, Any]:
    key = await crypto.new_person_key()
    sealed = await crypto.encrypt(number, table=TABLE, column="mover_id", row=identity, data_key=key)
    return {"mover_key": key, "mover_id": sealed, "mover_id_masked": masked_id(number)}


async def _announce(flow: Flow, row: Mapping[str, Any]) -> None:
    actor, at = current().somebody, row["created_at"]
    await engine.write_event(
        flow, row["id"], kind="move", name="create", actor=actor, at=at, states=(None, "draft")
    )
    audit.record("goods_slip.create", NAME, row["id"], number=row["number"])
    live.changed(TABLE.partition("_")[0], row["id"])
    publish(GoodsSlipCreated(row["id"]))
    await engine.tell(Happened(flow=flow, name="create", before=None, after=row, at=at, actor=actor))


async def move(
    slip: UUID | str,
    transition: str,
    *,
    version: int | None = None,
    raw: Mapping[str, Any] | None = None,
    form: msgspec.Struct | None = None,
    note: str | None = None,
    attachments: list[UUID] | None = None,
    browser: bool = False,
) -> Mapping[str, Any]:
    """Take an arrow by name; the row afterwards. Raises what `engine.take` and the arrow's rule raise."""
    seen = await queries.row_of(slip)
    flow = engine.flow_of(NAME)
    row = await engine.locked(flow, seen["id"])
    after = await engine.take(
        flow,
        row,
        transition,
        version=version,
        raw=raw,
        form=form,
        note=note,
        attachments=attachments,
        browser=browser,
    )
    await files.attach(
        attachments or [],
        record=NAME,
        record_id=row["id"],
        permission=queries.VIEW,
        project_id=row["project_id"],
    )
    publish(GoodsSlipMoved(row["id"], transition))
    return after


async def expire(day: date | None = None) -> int:
    """End signed slips whose day is over; how many. At most a batch: run it again after a full one."""
    flow = engine.flow_of(NAME)
    ended = await queries.over(day or clock.today(), BATCH)
    for slip in ended:
        row = await engine.locked(flow, slip)
        if row["state"] in SIGNED:
            await engine.take(flow, row, "expire", hidden=True)
            publish(GoodsSlipMoved(slip, "expire"))
    return len(ended)


async def count_print(slip: UUID | str) -> int:
    """Remember that the paper was printed once more; which time this is."""
    row = await queries.row_of(slip)
    require(queries.PRINT, row["project_id"])
    times: int = await sql.value(PRINTED, row["id"])
    audit.record("goods_slip.printed", NAME, row["id"], number=row["number"], times=times)
    return times


async def reveal(slip: UUID | str) -> str:
    """The mover's ID number in full, with a line in the audit."""
    row = await queries.row_of(slip)
    require("property_desk.goods_slip.reveal", row["project_id"])
    audit.record("goods_slip.id_revealed", NAME, row["id"], number=row["number"])
    return await queries.identity_number(row)
