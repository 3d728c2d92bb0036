"""What browsers send for a goods slip, made into what structs bind: rows, rooms as typed, evidence."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request
from litestar.datastructures import UploadFile

from core.files import actions as files
from core.households import queries as households
from core.kit import clock
from core.kit.web import submitted
from plugins.property_desk.schemas import MOST_ITEMS, NewGoodsSlip

ROW = re.compile(r"^(?:form\.)?items\.(\d+)\.(name|n|measure)$")
BLANK = {"name": "", "n": "1", "measure": ""}
BUTTONS = {"add", "remove", "as", "redraw", "q"}
STAFFS, HOUSEHOLDS = ("project_id", "staff_id", "place"), ("unit_id", "applicant_name", "q")
"""What only an employee's slip asks, and what only a household's."""

Rows = list[dict[str, str]]
Sent = dict[str, Any]


def rows_of(sent: Mapping[str, Any]) -> Rows:
    """The item rows as they were typed, in order, empty ones too."""
    rows: dict[int, dict[str, str]] = {}
    for name, value in sent.items():
        found = ROW.match(name)
        if found:
            rows.setdefault(int(found[1]), dict(BLANK))[found[2]] = str(value)
    return [rows[number] for number in sorted(rows)]


def with_rows(sent: Mapping[str, Any], rows: Rows, prefix: str = "") -> Sent:
    """The form with these rows in place of its own, numbered anew."""
    others = {name: value for name, value in sent.items() if not ROW.match(name) and name not in BUTTONS}
    numbered = {f"{prefix}items.{n}.{name}": row[name] for n, row in enumerate(rows) for name in BLANK}
    return {**others, **numbered}


def edited(rows: Rows, sent: Mapping[str, Any]) -> Rows | None:
    """The rows after 「加一行」, 「删除」 or another applicant; None where the form was sent to be kept."""
    if "remove" in sent:
        gone = str(sent["remove"])
        return [row for number, row in enumerate(rows) if str(number) != gone] or [dict(BLANK)]
    if "add" in sent:
        return [*rows, dict(BLANK)][:MOST_ITEMS]
    return (rows or [dict(BLANK)]) if {"as", "redraw"} & set(sent) else None


def aside(applicant: str) -> tuple[str, ...]:
    """What is not asked of this applicant; the form keeps it, should another be chosen again."""
    return HOUSEHOLDS if applicant == "staff" else STAFFS


def asked(sent: Mapping[str, Any]) -> Sent:
    return {name: value for name, value in sent.items() if name not in aside(str(sent.get("applicant")))}


def filled(rows: Rows) -> Rows:
    return [row for row in rows if row["name"].strip() or row["measure"].strip()]


async def with_room(sent: Sent, text: str) -> Sent:
    """Where no room was picked from the list, the one that was typed, if it can mean only one."""
    if not sent.get("unit_id") and text.strip():
        found = await households.units(text, limit=2)
        if len(found.items) == 1:
            sent = {**sent, "unit_id": str(found.items[0].id)}
    if sent.get("unit_id"):
        unit = await households.unit(UUID(str(sent["unit_id"])))
        sent = {**sent, "project_id": str(unit.project_id)}
    return sent


async def evidence(request: Request[Any, Any, Any]) -> tuple[Sent, list[UUID]]:
    """The texts of an arrow's form and the ids of the pictures that came with it, stored."""
    sent = (await submitted(request, NewGoodsSlip)).raw
    texts = {name: value for name, value in sent.items() if not _uploads(value)}
    kept = []
    for upload in (one for value in sent.values() for one in _uploads(value)):
        data = await upload.read()
        if upload.filename and data:
            kept.append((await files.store(upload.filename, data)).id)
    return texts, kept


def _uploads(value: Any) -> list[UploadFile]:
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, UploadFile)]


def version_of(sent: Mapping[str, Any]) -> int | None:
    """The version the page showed when it was opened."""
    text = str(sent.get("version", ""))
    return int(text) if text.isdecimal() else None


def arrow_form(sent: Mapping[str, Any], rows: Rows) -> Sent:
    """What an arrow's struct is bound from: the names below `form.`, with these item rows."""
    plain = {name.removeprefix("form."): value for name, value in sent.items() if name.startswith("form.")}
    return with_rows(plain, rows)


def blank() -> Sent:
    """A new slip's form: for the owner, for today, with one empty row."""
    return with_rows({"applicant": "owner", "valid_on": str(clock.today())}, [dict(BLANK)])
