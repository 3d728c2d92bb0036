"""A household list as households, refused rows and repeated rows; nothing is written here."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import chain, islice
from typing import Any, Literal

import msgspec

from core.households import phones
from core.households.errors import HeaderMissing, OwnerMissing, RoomListedTwice, TooManyRows
from core.households.importing import cells
from core.households.importing.headers import REQUIRED, SEARCHED_ROWS, Header, find_header, repeats
from core.households.importing.workbooks import Row, Sheet, open_sheets
from core.households.rooms import Room, room_kind, room_of
from core.kit.chinese import fold
from core.kit.errors import Refused

MOST_ROWS = 100_000
Relation = Literal["owner", "renter", "relative", "other"]

_RELATIONS: dict[str, Relation] = {
    "": "owner", "业主": "owner", "户主": "owner", "本人": "owner", "产权人": "owner", "业主本人": "owner",
    "租户": "renter", "租客": "renter", "承租人": "renter", "租赁": "renter", "租住": "renter",
    "家属": "relative", "亲属": "relative", "亲戚": "relative", "家人": "relative", "配偶": "relative",
    "夫妻": "relative", "父母": "relative", "子女": "relative", "父亲": "relative", "母亲": "relative",
}  # fmt: skip
_ALL_REQUIRED = "、".join(REQUIRED.values())
_NOBODY = frozenset({"无", "空", "暂无", "没有", "未知", "不详", "空置", "-", "—", "--", "——", "/", "."})


class Contact(msgspec.Struct, frozen=True):
    """A number in its stored form, and whose it is."""

    phone: str
    relation: Relation = "owner"


class HouseholdRow(msgspec.Struct, frozen=True, kw_only=True):
    """One household as the list gives it; `row` is Excel's number of its first row, `area` is in ㎡."""

    sheet: str
    row: int
    room: Room
    owner: str
    contacts: tuple[Contact, ...] = ()
    area: Decimal | None = None
    moved_in: date | None = None
    note: str = ""


class RowRefusal(msgspec.Struct, frozen=True):
    """A row left out for its first fault: the column as the list titles it, the refusal's key and holes."""

    sheet: str
    row: int
    column: str
    key: str
    params: dict[str, Any] = {}


class Survey(msgspec.Struct, frozen=True):
    """How many rows a list has, and the names of its sheets."""

    rows: int
    sheets: list[str]


class _List(msgspec.Struct, frozen=True):
    """A sheet with its first rows already taken from `sheet.rows`."""

    sheet: Sheet
    top: list[tuple[int, Row]]
    header: Header


class HouseholdList(msgspec.Struct):
    """`rows` = households + refused + repeated; `skipped` names sheets that are hidden or hold no list."""

    rows: int = 0
    households: list[HouseholdRow] = []
    refused: list[RowRefusal] = []
    repeated: int = 0
    skipped: list[str] = []


def read_households(
    data: bytes, *, projects: Mapping[str, Any] | None = None, most_rows: int = MOST_ROWS
) -> HouseholdList:
    """Read all sheets of an xlsx file; a room is one within the sheets of one project.

    `projects` says which sheets belong to which project; sheets it does not name share one. A room listed
    again with the same owner is repeated: its phones join the first row's. With another owner it is refused.
    Raises UnsupportedFile, TooManyRows, HeaderMissing.
    """
    lists, skipped = _lists(*open_sheets(data))
    found = HouseholdList(skipped=skipped)
    places: dict[tuple[Any, Room], int] = {}
    for sheet, header, number, row in chain.from_iterable(map(_data_rows, lists)):
        found.rows += 1
        if found.rows > most_rows:
            raise TooManyRows(most=most_rows)
        try:
            _take(found, _household(sheet, number, row, header), places, (projects or {}).get(sheet))
        except Refused as refusal:
            column = header.title(refusal.at_field)
            found.refused.append(RowRefusal(sheet, number, column, refusal.key, refusal.params))
    return found


def survey(data: bytes, *, most_rows: int = MOST_ROWS) -> Survey:
    """A quick look before the reading. Raises UnsupportedFile, TooManyRows, HeaderMissing."""
    lists, _skipped = _lists(*open_sheets(data))
    rows = sum(1 for _ in islice(chain.from_iterable(map(_data_rows, lists)), most_rows + 1))
    if rows > most_rows:
        raise TooManyRows(most=most_rows)
    return Survey(rows, [one.sheet.name for one in lists])


def _lists(sheets: list[Sheet], hidden: list[str]) -> tuple[list[_List], list[str]]:
    """The sheets that are lists, and the names of those that are not.

    Raises HeaderMissing for a sheet with rooms that lacks another needed column, and where none is a list.
    """
    lists: list[_List] = []
    faulty: list[tuple[int, HeaderMissing]] = []
    for sheet in sheets:
        top = list(islice(sheet.rows, SEARCHED_ROWS))
        header = find_header(top)
        if header and not header.missing:
            lists.append(_List(sheet, top, header))
            continue
        missing = header.missing if header else list(REQUIRED.values())
        fault = HeaderMissing(sheet=sheet.name, columns="、".join(missing))
        if header and "room" in header.columns:
            raise fault
        faulty.append((len(missing), fault))
    if not lists:
        raise min(faulty, key=lambda f: f[0])[1] if faulty else HeaderMissing(sheet="", columns=_ALL_REQUIRED)
    read = {one.sheet.name for one in lists}
    return lists, hidden + [sheet.name for sheet in sheets if sheet.name not in read]


def _data_rows(one: _List) -> Iterator[tuple[str, Header, int, Row]]:
    """The rows under the header that hold something."""
    for number, row in chain(one.top, one.sheet.rows):
        if number > one.header.row and any(map(cells.text, row)) and not repeats(one.header, row):
            yield one.sheet.name, one.header, number, row


def _take(found: HouseholdList, row: HouseholdRow, places: dict[tuple[Any, Room], int], project: Any) -> None:
    """Raises RoomListedTwice."""
    place = places.setdefault((project, row.room), len(found.households))
    if place == len(found.households):
        found.households.append(row)
        return
    first = found.households[place]
    if fold(first.owner) != fold(row.owner):
        raise RoomListedTwice(sheet=first.sheet, row=first.row)
    found.repeated += 1
    known = {contact.phone for contact in first.contacts}
    more = tuple(contact for contact in row.contacts if contact.phone not in known)
    if more:
        found.households[place] = msgspec.structs.replace(first, contacts=first.contacts + more)


def _household(sheet: str, number: int, row: Row, header: Header) -> HouseholdRow:
    """Raises what is wrong with the row first: its room, owner, area, then its phones."""
    written = {field: cells.text(row[i]) for field, i in header.columns.items() if i < len(row)}
    value = {field: row[i] for field, i in header.columns.items() if i < len(row)}
    room = _room(written)
    moved_in = cells.day(value.get("moved_in", ""))
    relation = _RELATIONS.get(fold(written.get("identity", "")), "other")
    unread = [
        f"{header.title(field)}：{written[field]}"
        for field, read in (("moved_in", moved_in), ("identity", relation != "other"))
        if written.get(field) and not read
    ]
    return HouseholdRow(
        sheet=sheet,
        row=number,
        room=room,
        owner=_owner(written.get("owner", "")),
        area=cells.area(value.get("area", "")),
        contacts=_contacts(written, header, relation),
        moved_in=moved_in,
        note="；".join(filter(None, (written.get("note", ""), *unread))),
    )


def _room(written: Mapping[str, str]) -> Room:
    return room_of(
        room=written.get("room", ""),
        phase=written.get("phase", ""),
        building=written.get("building", ""),
        stairwell=written.get("stairwell", ""),
        floor=written.get("floor", ""),
        kind=room_kind(written.get("kind", "")),
    )


def _owner(name: str) -> str:
    """Two-character names are often spread to the width of three (张　三)."""
    if name in _NOBODY or fold(name) in _NOBODY or not name:
        raise OwnerMissing
    words = name.split()
    return ("" if all(len(word) == 1 for word in words) else " ").join(words)


def _contacts(written: Mapping[str, str], header: Header, relation: Relation) -> tuple[Contact, ...]:
    numbers: dict[str, None] = {}
    for field in header.phones:
        numbers.update(dict.fromkeys(phones.split(written.get(field, ""), field=field)))
    return tuple(Contact(number, relation) for number in numbers)
