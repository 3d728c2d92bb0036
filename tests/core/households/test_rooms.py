"""Rooms: every spelling, both forms back again, order by parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.households.errors import RoomInvalid, RoomMissing
from core.households.rooms import Room, parse_room, room_kind, room_of

FULL = Room(building="3", stairwell="2", room="1802")
NO_STAIRWELL = Room(building="3", room="1802")


@pytest.mark.parametrize(
    "spelling",
    [
        "3-2-1802",
        "3栋2单元1802",
        "3 栋 2 单元 1802",
        "3棟2單元1802",
        "３－２－１８０２",
        "3幢2单元1802室",
        "3号楼2单元1802号",
        "3号楼2单元1802号房",
        "3座2梯1802",
        "3#2单元1802",
        "3#楼-2单元-1802",
        "第3栋第2单元1802",
        "三栋二单元一八〇二室",
        "3/2/1802",
        "3.2.1802",
        "3 2 1802",
        "3—2—1802",
        "03-02-1802",
        "3-2-18-02",
        "3栋2单元18层02室",
        "3栋2单元18楼1802",
        "3栋2-1802",
        "03021802",
        "0321802",
        "3-2-1802.0",
    ],
)
def test_spellings_of_one_room(spelling):
    assert parse_room(spelling) == FULL
    assert (FULL.short(), FULL.long(), FULL.floor) == ("3-2-1802", "3 栋 2 单元 1802", "18")


@pytest.mark.parametrize(
    "spelling", ["3栋1802", "031802", "31802", "3-1802", "3#1802", "3幢18层02室", "3號樓1802"]
)
def test_spellings_without_a_stairwell(spelling):
    assert parse_room(spelling) == NO_STAIRWELL
    assert (NO_STAIRWELL.short(), NO_STAIRWELL.long()) == ("3-1802", "3 栋 1802")


@pytest.mark.parametrize(
    ("spelling", "room", "short", "long", "floor"),
    [
        ("301.0", Room(room="301"), "301", "301", "3"),
        ("1802", Room(room="1802"), "1802", "1802", "18"),
        ("2单元1802", Room(stairwell="2", room="1802"), "2 单元 1802", "2 单元 1802", "18"),
        ("A座1802", Room(building="A", room="1802"), "A-1802", "A 栋 1802", "18"),
        ("1802-1", Room(room="1802-1"), "1802-1", "1802-1", ""),
        ("3-1802-1", Room(building="3", room="1802-1"), "3-1802-1", "3 栋 1802-1", ""),
        ("101号楼1802", Room(building="101", room="1802"), "101-1802", "101 栋 1802", "18"),
        ("B1栋0231", Room(building="B1", room="0231"), "B1 栋 0231", "B1 栋 0231", "2"),
        ("翠湖苑3-2-101", Room(phase="翠湖苑", building="3", stairwell="2", room="101"),
         "翠湖苑 3-2-101", "翠湖苑 3 栋 2 单元 101", "1"),
        ("一期3栋2单元101", Room(phase="1期", building="3", stairwell="2", room="101"),
         "1期 3-2-101", "1期 3 栋 2 单元 101", "1"),
        ("1-3-2-1802", Room(phase="1期", building="3", stairwell="2", room="1802"),
         "1期 3-2-1802", "1期 3 栋 2 单元 1802", "18"),
        ("88弄3号1802室", Room(phase="88弄", building="3", room="1802"),
         "88弄 3-1802", "88弄 3 栋 1802", "18"),
        ("6号别墅", Room(kind="villa", room="6"), "6 号别墅", "6 号别墅", ""),
        ("6 號別墅", Room(kind="villa", room="6"), "6 号别墅", "6 号别墅", ""),
        ("别墅06号", Room(kind="villa", room="6"), "6 号别墅", "6 号别墅", ""),
        ("6栋别墅", Room(kind="villa", room="6"), "6 号别墅", "6 号别墅", ""),
        ("翠湖苑 A-6号联排别墅", Room(kind="villa", phase="翠湖苑", room="A6"),
         "翠湖苑 A6 号别墅", "翠湖苑 A6 号别墅", ""),
        ("商铺 A-12", Room(kind="shop", room="A-12"), "商铺 A-12", "商铺 A-12", ""),
        ("商鋪Ａ１２", Room(kind="shop", room="A-12"), "商铺 A-12", "商铺 A-12", ""),
        ("A-12商铺", Room(kind="shop", room="A-12"), "商铺 A-12", "商铺 A-12", ""),
        ("3栋商铺12", Room(kind="shop", building="3", room="12"), "3 栋 商铺 12", "3 栋 商铺 12", ""),
        ("B1-0231", Room(kind="parking", room="B1-0231"), "B1-0231", "B1-0231", "B1"),
        ("地下車位B1-0231", Room(kind="parking", room="B1-0231"), "B1-0231", "B1-0231", "B1"),
        ("负一层0231号车位", Room(kind="parking", room="B1-0231"), "B1-0231", "B1-0231", "B1"),
        ("车位231", Room(kind="parking", room="231"), "车位 231", "车位 231", ""),
    ],
)  # fmt: skip
def test_every_kind(spelling, room, short, long, floor):
    assert parse_room(spelling) == room
    assert (room.short(), room.long(), room.floor) == (short, long, floor)


@pytest.mark.parametrize("spelling", ["张三", "3栋", "3栋2单元", "---x", "商铺", "1-2-3-4-1802", "东?101"])
def test_what_is_no_room(spelling):
    with pytest.raises(RoomInvalid) as refused:
        parse_room(spelling)
    assert refused.value.params == {"room": spelling}


@pytest.mark.parametrize("spelling", ["", "  ", "　", "-"])
def test_no_room_at_all(spelling):
    with pytest.raises(RoomMissing):
        parse_room(spelling)


@pytest.mark.parametrize(
    ("columns", "short"),
    [
        ({"building": "1", "stairwell": "1", "room": "102"}, "1-1-102"),
        ({"building": " 1栋", "stairwell": "1单元", "room": "301"}, "1-1-301"),
        ({"building": "１棟", "stairwell": "１單元", "room": "301.0"}, "1-1-301"),
        ({"building": "三栋", "room": "301室"}, "3-301"),
        ({"building": "3号楼", "room": "2-1802"}, "3-2-1802"),
        ({"building": "3", "stairwell": "2", "room": "3-2-1802"}, "3-2-1802"),
        ({"building": "3", "stairwell": "2", "room": "2-1802"}, "3-2-1802"),
        ({"building": "3-2", "room": "1802"}, "3-2-1802"),
        ({"building": "3", "room": "3栋2单元1802"}, "3-2-1802"),
        ({"building": "3", "floor": "18层", "room": "2"}, "3-1802"),
        ({"building": "3", "floor": "18", "room": "1802"}, "3-1802"),
        ({"phase": "二期", "building": "3", "room": "1802"}, "2期 3-1802"),
        ({"phase": "2", "building": "3", "room": "1802"}, "2期 3-1802"),
        ({"phase": "翠湖苑", "building": "3", "room": "1802"}, "翠湖苑 3-1802"),
        ({"building": "翠竹阁", "room": "1802"}, "翠竹阁 1802"),
        ({"building": "一期3栋", "room": "1802"}, "1期 3-1802"),
        ({"building": "6栋", "room": "", "kind": "villa"}, "6 号别墅"),
        ({"building": "3", "room": "A12", "kind": "shop"}, "3 栋 商铺 A-12"),
        ({"room": "B1-0231", "kind": "parking"}, "B1-0231"),
        ({"building": "A1号", "room": "101"}, "A1-101"),
    ],
)
def test_parts_in_columns_of_their_own(columns, short):
    assert room_of(**columns).short() == short


@pytest.mark.parametrize(
    "columns", [{"building": "3", "room": ""}, {"building": "6", "room": " ", "kind": "flat"}]
)
def test_a_room_column_may_not_be_empty(columns):
    with pytest.raises(RoomMissing):
        room_of(**columns)


@pytest.mark.parametrize(
    "columns",
    [{"building": "?", "room": "101"}, {"building": "3栋1802", "room": "101"}, {"room": "", "kind": "villa"}],
)
def test_parts_that_are_none(columns):
    with pytest.raises(RoomInvalid):
        room_of(**columns)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("住宅", "flat"), ("高层公寓", None), ("公寓", "flat"), ("別墅", "villa"), ("商铺", "shop"),
     ("商业", "shop"), ("地下车位", "parking"), ("", None), ("其他", None)],
)  # fmt: skip
def test_kinds_of_the_type_column(text, kind):
    assert room_kind(text) == kind


def test_order_is_by_parts_and_numbers():
    ordered = [
        "101",
        "1-1-101",
        "1-1-102",
        "1-1-1001",
        "1-2-101",
        "2-1-101",
        "10-1-101",
        "A-101",
        "6号别墅",
        "60号别墅",
    ]
    ordered += ["1期 2-101", "2期 1-101", "10期 1-101"]
    rooms = [parse_room(text) for text in ordered]
    rooms.reverse()
    assert [room.long() for room in sorted(rooms, key=Room.sort_key)] == [
        parse_room(text).long() for text in ordered
    ]


PARTS = {
    "phase": st.sampled_from(["", "1", "二期", "翠湖苑", "A区", "翠湖天地一期", "88弄"]),
    "building": st.from_regex(r"([A-Z]{0,2}[0-9]{1,3}|[A-Z]|[0-9]{1,2}[A-Z])?(栋|幢|号楼)?", fullmatch=True),
    "stairwell": st.from_regex(r"([0-9]{1,2}|[A-Z])?", fullmatch=True),
    "floor": st.from_regex(r"(B?[0-9]{1,2}[A-Z]?)?", fullmatch=True),
    "room": st.from_regex(r"[A-Z]?[0-9]{1,5}[A-Z]?(-[A-Z]?[0-9]{1,4}){0,3}", fullmatch=True),
    "kind": st.sampled_from([None, "flat", "villa", "shop", "parking"]),
}


@given(st.fixed_dictionaries(PARTS))
def test_both_forms_lead_back_to_the_room(parts):
    try:
        room = room_of(**parts)
    except RoomInvalid:
        return
    assert parse_room(room.short()) == room
    assert parse_room(room.long()) == room
    assert room_of(room=room.room, phase=room.phase, building=room.building, stairwell=room.stairwell,
                   kind=room.kind) == room  # fmt: skip


@given(st.integers(1, 40), st.integers(1, 9), st.integers(1, 60), st.integers(1, 12))
def test_usual_flats_are_never_refused(building, stairwell, floor, door):
    number = f"{floor}{door:02d}"
    room = Room(building=str(building), stairwell=str(stairwell), room=number)
    assert parse_room(f"{building}-{stairwell}-{number}") == room == parse_room(room.long())
    assert room.floor == str(floor)


@given(st.text(max_size=30))
def test_any_text_is_a_room_or_refused(text):
    try:
        room = parse_room(text)
    except (RoomInvalid, RoomMissing):
        return
    assert room.room
