"""Room numbers in every spelling, as parts and back: `3-2-1802`, `3栋2单元1802`, `031802`, `6号别墅`."""

import re
import unicodedata
from functools import lru_cache
from typing import Literal

import msgspec

from core.households.errors import RoomInvalid, RoomMissing
from core.kit.chinese import numeral, simplified

RoomKind = Literal["flat", "villa", "shop", "parking"]

_KIND_WORDS: dict[RoomKind, re.Pattern[str]] = {
    "villa": re.compile(r"号?(?:联排|独栋|双拼)?别墅|叠墅"),
    "shop": re.compile(r"(?:临街|底商)?(?:商铺|店铺|铺位|门面房?)|底商"),
    "parking": re.compile(r"(?:地下)?(?:停车位|车位|车库|泊位)|地库"),
}
_KIND_NAMES: dict[str, RoomKind] = {"住宅": "flat", "公寓": "flat", "洋房": "flat", "商业": "shop"}
_MARKERS = r"号?(?:楼|栋|幢|座|单元|梯|期|区|层|室|弄)"
_NUMERAL = re.compile(rf"[零〇一二两三四五六七八九十]+(?={_MARKERS})")
_HAN = r"(?!单元|[栋幢座号室层楼])[\u3400-\u9fff]"
_PHASE = rf"(?:[A-Z]?\d{{1,4}}(?:期|区|弄|苑|组团)|[A-Z](?:期|区|苑|组团)|{_HAN}+)"
_NUMBERS = {
    "phase": r"\d{1,2}",
    "building": r"[A-Z]{1,2}\d{0,4}|\d{1,4}[A-Z]?",
    "stairwell": r"[A-Z]?\d{1,2}|[A-Z]",
    "floor": r"B?\d{1,2}[A-Z]?",
}
_PARTS = re.compile(
    rf"""
    (?P<phase>{_PHASE}(?:{_PHASE})*)? -?
    (?:(?P<building>{_NUMBERS["building"]})
       (?:号?[栋幢座]楼?|号楼|\#楼?|楼|号(?=-?[A-Z\d]))-?)?
    (?:(?P<stairwell>{_NUMBERS["stairwell"]})(?:单元|梯)-?)?
    (?:(?P<floor>{_NUMBERS["floor"]})[层楼]-?)?
    (?P<room>[A-Z\d]+(?:-[A-Z\d]+)*)?
    (?:号?室|号?房间?|号|户)?
    """,
    re.VERBOSE,
)
_FLOOR = re.compile(r"(B?\d{1,2}[A-Z]?)\d{2}[A-Z]?")
_LEVEL = re.compile(r"(B\d)-?(\d{2,5})")
_BARE = re.compile(r"[A-Z]{0,2}\d{0,4}[A-Z]?")
_ROOMLIKE = 3  # a number of three characters or more names floor and door; fewer name a building or stairwell
_COMPACT = {
    5: (1, 0),
    6: (2, 0),
    7: (2, 1),
    8: (2, 2),
}  # digits in a row: those of the building, of the stairwell
_MOST_HEADS = 3


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """The parts a room is stored by, "" where it has none; made by `parse_room` or `room_of` only."""

    room: str
    phase: str = ""
    building: str = ""
    stairwell: str = ""
    kind: RoomKind = "flat"

    @property
    def floor(self) -> str:
        """Read from the room's number (1802 is on 18, B1-0231 on B1); "" where that does not tell."""
        if self.kind == "parking":
            level = _LEVEL.fullmatch(self.room)
            return level[1] if level else ""
        found = _FLOOR.fullmatch(self.room) if self.kind == "flat" else None
        return found[1].lstrip("0") if found else ""

    def short(self) -> str:
        """`3-2-1802`; the long form where hyphens alone would be read as another room."""
        hyphened = "-".join(filter(None, (self.building, self.stairwell, self.room)))
        text = f"{self.phase} {hyphened}".strip()
        return text if self.kind == "flat" and _reads_as(text, self) else self.long()

    def long(self) -> str:
        """`3 栋 2 单元 1802`, `6 号别墅`, `商铺 A-12`, `B1-0231`."""
        building = f"{self.building} 栋" if self.building else ""
        stairwell = f"{self.stairwell} 单元" if self.stairwell else ""
        return " ".join(filter(None, (self.phase, building, stairwell, self._last())))

    def sort_key(self) -> str:
        """Orders by parts, numbers by value; compare with COLLATE "C"."""
        kind = "" if self.kind == "flat" else self.kind
        return " ".join(
            _natural(part) for part in (self.phase, kind, self.building, self.stairwell, self.room)
        )

    def _last(self) -> str:
        if self.kind == "villa":
            return f"{self.room} 号别墅"
        if self.kind == "shop":
            return f"商铺 {self.room}"
        if self.kind == "parking" and not (_LEVEL.fullmatch(self.room) and not self.building):
            return f"车位 {self.room}"
        return self.room


def parse_room(text: str) -> Room:
    """The likeliest reading of a whole room number. Raises RoomMissing, RoomInvalid."""
    return room_of(room=text)


def room_of(
    *,
    room: str,
    phase: str = "",
    building: str = "",
    stairwell: str = "",
    floor: str = "",
    kind: RoomKind | None = None,
) -> Room:
    """A room whose parts stand apart (`3栋`, `2单元`, `1802室`); a mark in the room's own text wins.

    A building with a name and no number (翠竹阁) counts as the phase. Raises RoomMissing, RoomInvalid.
    """
    apart = [(phase, "期"), (building, "栋"), (stairwell, "单元"), (floor, "层")]
    if not clean(room) and kind != "villa":
        raise RoomMissing
    try:
        given = [_apart(text, mark) for text, mark in apart if text]
        named, own = read(clean(room))
        parts = {name: own[name] or next((g[name] for g in given if g[name]), "") for name in own}
        parts["phase"] = own["phase"] or "".join(dict.fromkeys(g["phase"] for g in given))
        return _made(named or kind or likely_kind(parts), parts)
    except ValueError:
        raise RoomInvalid(
            room=" ".join(filter(None, (phase, building, stairwell, floor, room)))[:40]
        ) from None


def room_kind(text: str) -> RoomKind | None:
    """What a 类型 column says: 住宅 flat, 别墅 villa, 商铺 shop, 车位 parking; None for anything else."""
    written = clean(text)
    if written in _KIND_NAMES:
        return _KIND_NAMES[written]
    return _kind_named(written)


@lru_cache(maxsize=65536)
def clean(text: str) -> str:
    """Half width, upper case, simplified, digits for 三 before a mark, one `-` between parts, no spaces."""
    text = simplified(unicodedata.normalize("NFKC", text)).upper()
    text = re.sub(r"(?<=\d)\.0+(?!\d)", "", text)
    text = re.sub(r"(?<=[A-Z\d])\s+(?=[A-Z\d])", "-", text)
    text = _NUMERAL.sub(lambda found: _arabic(found[0]), re.sub(r"\s", "", text))
    text = re.sub(r"第(?=\d)", "", re.sub(r"负(?=\d)", "B", text))
    return re.sub(r"[\u2010-\u2015\u2212_/\\.,·-]+", "-", text).strip("-")


def read(written: str) -> tuple[RoomKind | None, dict[str, str]]:
    """The kind that a word names, and the marked parts of a cleaned text; the rest is `room`.

    Raises ValueError.
    """
    kind = _kind_named(written)
    if kind:
        written = re.sub("-+", "-", _KIND_WORDS[kind].sub("-", written)).strip("-")
    found = _PARTS.fullmatch(written)
    if found is None:
        raise ValueError(written)
    return kind, {name: value or "" for name, value in found.groupdict().items()}


def likely_kind(parts: dict[str, str]) -> RoomKind:
    """Where no word says it: `B1-0231` alone is a parking space, all else a flat."""
    alone = not (parts["building"] or parts["stairwell"] or parts["floor"])
    return "parking" if alone and re.fullmatch(r"B\d-\d{2,5}", parts["room"]) else "flat"


def _kind_named(written: str) -> RoomKind | None:
    return next((kind for kind, words in _KIND_WORDS.items() if words.search(written)), None)


def bare(part: str) -> str:
    """`03` and `3` are one building, `A03` and `A3` too."""
    return re.sub(r"^([A-Z]*)0+(?=\d)", r"\1", part)


def heads_and_room(room: str) -> tuple[list[str], str]:
    """`3-2-1802` → building and stairwell before the room; `1802-1` is all room."""
    tokens = room.split("-")
    for i, token in enumerate(tokens):
        follows = any(len(t) >= _ROOMLIKE for t in tokens[i + 1 :])
        if len(token) >= _ROOMLIKE and not follows:
            return tokens[:i], "-".join(tokens[i:])
    return tokens[:-1], tokens[-1]


def _made(kind: RoomKind, parts: dict[str, str]) -> Room:
    if kind == "flat":
        parts = _compact(parts) or _distributed(parts)
    elif kind == "villa" and not parts["room"]:
        parts = parts | {"room": parts["building"], "building": ""}
    room = _numbered(kind, parts["floor"], parts["room"])
    if not re.search(r"\d", room):
        raise ValueError(room)
    building, stairwell = bare(parts["building"]), bare(parts["stairwell"])
    return Room(kind=kind, phase=parts["phase"], building=building, stairwell=stairwell, room=room)


def _compact(parts: dict[str, str]) -> dict[str, str] | None:
    """031802 is building 3, room 1802; 03021802 has the stairwell too."""
    digits = parts["room"]
    if parts["building"] or parts["stairwell"] or not digits.isdecimal():
        return None
    if len(digits) not in _COMPACT:
        return None
    buildings, stairwells = (
        (2, 0) if len(digits) == min(_COMPACT) and digits[0] == "0" else _COMPACT[len(digits)]
    )
    return cut(digits, buildings, stairwells, parts)


def cut(digits: str, buildings: int, stairwells: int, parts: dict[str, str]) -> dict[str, str] | None:
    """The parts with the first digits as building, the next as stairwell; None where one would be nought."""
    building, rest = digits[:buildings], digits[buildings:]
    stairwell, room = rest[:stairwells], rest[stairwells:]
    if not int(building) or (stairwell and not int(stairwell)) or not int(room):
        return None
    return parts | {"building": building, "stairwell": stairwell, "room": room}


def _distributed(parts: dict[str, str]) -> dict[str, str]:
    """Unmarked parts in front of the room go to what is not yet known: phase, building, stairwell, floor."""
    heads, room = heads_and_room(parts["room"])
    building, stairwell = bare(parts["building"]), bare(parts["stairwell"])
    known = [part for part in (building, stairwell) if part]
    repeated = len(room) >= _ROOMLIKE and [bare(head) for head in heads] in ([building], [stairwell], known)
    if not heads or (building and stairwell and repeated):
        return parts | {"room": room}
    if building and bare(heads[0]) == building and len(heads) > 1:
        heads = heads[1:]
    names = _names(
        len(heads), room, building=bool(building), stairwell=bool(stairwell), phase=bool(parts["phase"])
    )
    if not names and not known and len(heads) > _MOST_HEADS:
        raise ValueError(parts["room"])
    if not names or not all(map(re.fullmatch, (_NUMBERS[name] for name in names), heads)):
        return parts
    named = dict(zip(names, heads, strict=True))
    if "phase" in named:
        named["phase"] = f"{bare(named['phase'])}期"
    return parts | named | {"room": room}


def _names(heads: int, room: str, *, building: bool, stairwell: bool, phase: bool) -> tuple[str, ...]:
    """What the unmarked parts before the room are; () where they belong to the room's own number."""
    if building:
        options = [()] if stairwell else [(), ("stairwell",), ("stairwell", "floor")]
    elif stairwell:
        options = [(), ("building",)]
    else:
        whole = len(room) >= _ROOMLIKE and not phase
        last = ("phase", "building", "stairwell") if whole else ("building", "stairwell", "floor")
        options = [(), ("building",), ("building", "stairwell"), last]
    names = options[heads] if heads < len(options) else ()
    return () if names[-1:] == ("floor",) and len(room) >= _ROOMLIKE else names


def _numbered(kind: RoomKind, floor: str, room: str) -> str:
    if kind == "flat":
        floor = bare(floor)
        if not floor or len(room) >= _ROOMLIKE or not room:
            return room
        return floor + (room.zfill(2) if room.isdecimal() else room)
    if floor and room:
        room = f"{floor}-{room}"
    if kind == "villa":
        return bare(re.sub(r"^([A-Z]+)-(?=\d)", r"\1", room))
    if kind == "parking" and (level := _LEVEL.fullmatch(room)):
        return f"{level[1]}-{level[2]}"
    return re.sub(r"^([A-Z]+)-?(\d+)$", r"\1-\2", room)


@lru_cache(maxsize=4096)
def _apart(text: str, mark: str) -> dict[str, str]:
    """The parts that one cell names: `3`, `3栋`, `一期3栋`, `3-2` (building and stairwell), `翠竹阁`."""
    written = re.sub(r"(?<=[A-Z\d])号$", "", clean(text))
    pair = re.fullmatch(r"([A-Z]?\d{1,3})-(\d{1,2})", written)
    if pair and mark == "栋":
        written = f"{pair[1]}栋{pair[2]}单元"
    elif written and _BARE.fullmatch(written):
        written += mark
    found = _PARTS.fullmatch(written)
    if found is None or found["room"]:
        raise ValueError(text)
    return {name: value or "" for name, value in found.groupdict().items()}


def _arabic(numerals: str) -> str:
    try:
        return str(numeral(numerals))
    except ValueError:
        return numerals


def _natural(part: str) -> str:
    """Each number behind its length, so that text order is number order."""
    return re.sub(r"\d+", lambda found: f"{len(found[0].lstrip('0')):02d}{found[0].lstrip('0')}", part)


def _reads_as(text: str, room: Room) -> bool:
    try:
        return parse_room(text) == room
    except (RoomInvalid, RoomMissing):
        return False
