"""What a search for a room may mean, likeliest first: each reading names the parts it is sure of."""

import re
from collections.abc import Iterator

import msgspec

from core.households.errors import RoomInvalid, RoomMissing
from core.households.rooms import RoomKind, bare, clean, cut, heads_and_room, likely_kind, parse_room, read

_MOST_DIGITS = 8
_SHORT = 2  # what has more characters names no floor and no stairwell
_CUTS: dict[int, tuple[tuple[int, int], ...]] = {
    4: ((1, 0),),
    5: ((1, 0), (2, 0), (1, 1)),
    6: ((2, 0), (1, 1), (2, 1)),
    7: ((2, 1), (1, 2), (2, 2)),
    8: ((2, 2),),
}


class RoomQuery(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One reading: a part that is "" and a kind that is None may be anything."""

    phase: str = ""
    building: str = ""
    stairwell: str = ""
    floor: str = ""
    room: str = ""
    kind: RoomKind | None = None


def room_queries(text: str) -> list[RoomQuery]:
    """Readings to try in this order; [] where the text names no room.

    `031802` → building 3 room 1802, then room 031802.
    """
    written = clean(text)
    if not re.search(r"\d", written) or (written.isdecimal() and len(written) > _MOST_DIGITS):
        return []
    return list(dict.fromkeys(_readings(written)))


def _readings(written: str) -> Iterator[RoomQuery]:
    try:
        named, parts = read(written)
    except ValueError:
        return
    kind = named or likely_kind(parts)
    digits = parts["room"]
    if written.isdecimal():
        yield from _digits(digits)
        return
    yield from _whole(written, kind)
    if not digits:
        yield from _partial(kind, parts)
    elif kind in ("flat", "parking"):
        yield from _hyphened(parts)
    if kind == "flat" and written.endswith("号") and digits:
        yield RoomQuery(phase=parts["phase"], room=bare(digits), kind="villa")
        yield RoomQuery(phase=parts["phase"], building=bare(digits))


def _whole(written: str, kind: RoomKind) -> Iterator[RoomQuery]:
    """The reading as one complete room."""
    try:
        room = parse_room(written)
    except (RoomInvalid, RoomMissing):
        return
    yield RoomQuery(
        phase=room.phase,
        building=room.building,
        stairwell=room.stairwell,
        room=room.room,
        kind=None if room.kind == "flat" == kind else room.kind,
    )


def _digits(digits: str) -> Iterator[RoomQuery]:
    parts = dict.fromkeys(("phase", "building", "stairwell", "floor", "room"), "")
    plain = len(digits) <= min(_CUTS)
    if plain:
        yield RoomQuery(room=digits)
    cuts = _CUTS.get(len(digits), ())
    if digits[0] == "0":
        cuts = tuple((buildings, stairwells) for buildings, stairwells in cuts if buildings > 1)
    for buildings, stairwells in cuts:
        made = cut(digits, buildings, stairwells, parts)
        if made:
            yield RoomQuery(
                building=bare(made["building"]), stairwell=bare(made["stairwell"]), room=made["room"]
            )
    if not plain:
        yield RoomQuery(room=digits)
    if len(digits) < min(_CUTS):
        yield RoomQuery(building=bare(digits))


def _partial(kind: RoomKind, parts: dict[str, str]) -> Iterator[RoomQuery]:
    """`3栋`, `3栋2单元`, `3栋18层`: everything there."""
    yield RoomQuery(
        phase=parts["phase"],
        building=bare(parts["building"]),
        stairwell=bare(parts["stairwell"]),
        floor=bare(parts["floor"]),
        kind=None if kind == "flat" else kind,
    )


def _hyphened(parts: dict[str, str]) -> Iterator[RoomQuery]:
    """Other readings where marks are missing: `3-2` is a stairwell too, `A-12` a shop, `3-18-02` a floor."""
    phase, building = parts["phase"], bare(parts["building"])
    heads, last = heads_and_room(parts["room"])
    if re.fullmatch(r"[A-Z]+-?\d+", parts["room"]) and not building:
        letters, number = re.findall(r"[A-Z]+|\d+", parts["room"])
        yield RoomQuery(phase=phase, room=f"{letters}-{number}", kind="shop")
        yield RoomQuery(phase=phase, building=letters, room=number)
    if building and not heads and len(last) <= _SHORT:
        yield RoomQuery(phase=phase, building=building, stairwell=bare(parts["stairwell"]), floor=bare(last))
    if len(heads) == 1 and not building:
        yield RoomQuery(phase=phase, building=bare(heads[0]), room=last)
    if len(heads) == 1 and not building and len(last) <= _SHORT:
        yield RoomQuery(phase=phase, building=bare(heads[0]), stairwell=bare(last))
    if [len(head) <= _SHORT for head in heads] == [True, True] and not building and len(last) <= _SHORT:
        yield RoomQuery(phase=phase, building=bare(heads[0]), room=bare(heads[1]) + last.zfill(2))
        yield RoomQuery(phase=phase, building=bare(heads[0]), stairwell=bare(heads[1]), floor=bare(last))
