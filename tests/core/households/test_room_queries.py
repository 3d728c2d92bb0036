"""What a front desk types for a room, and the readings a search tries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.households.room_queries import RoomQuery, room_queries


@pytest.mark.parametrize(
    "text", ["3-2-1802", "3栋2单元1802", "3棟2單元1802", "03021802", "３ ２ １８０２", "3栋2单元18层02"]
)
def test_a_whole_room_comes_first(text):
    assert room_queries(text)[0] == RoomQuery(building="3", stairwell="2", room="1802")


@pytest.mark.parametrize("text", ["3栋1802", "031802", "3-1802", "31802", "3#1802"])
def test_a_room_without_its_stairwell_may_be_in_any(text):
    assert room_queries(text)[0] == RoomQuery(building="3", room="1802")


def test_digits_in_a_row_are_also_a_plain_room():
    assert room_queries("031802") == [
        RoomQuery(building="3", room="1802"),
        RoomQuery(building="3", stairwell="1", room="802"),
        RoomQuery(room="031802"),
    ]
    assert RoomQuery(building="3", stairwell="2", room="1802") in room_queries("321802")
    assert room_queries("1802")[0] == RoomQuery(room="1802")


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("3栋", RoomQuery(building="3")),
        ("3栋2单元", RoomQuery(building="3", stairwell="2")),
        ("3-2", RoomQuery(building="3", stairwell="2")),
        ("3栋18层", RoomQuery(building="3", floor="18")),
        ("3栋18", RoomQuery(building="3", floor="18")),
        ("18", RoomQuery(building="18")),
        ("3-18-02", RoomQuery(building="3", room="1802")),
        ("翠湖苑3栋1802", RoomQuery(phase="翠湖苑", building="3", room="1802")),
        ("6号别墅", RoomQuery(room="6", kind="villa")),
        ("6号", RoomQuery(room="6", kind="villa")),
        ("商铺A12", RoomQuery(room="A-12", kind="shop")),
        ("A12", RoomQuery(room="A-12", kind="shop")),
        ("a-12", RoomQuery(building="A", room="12")),
        ("b1-0231", RoomQuery(room="B1-0231", kind="parking")),
        ("B1-0231", RoomQuery(building="B1", room="0231")),
        ("A1802", RoomQuery(building="A", room="1802")),
    ],
)
def test_other_readings(text, reading):
    assert reading in room_queries(text)


@pytest.mark.parametrize("text", ["", "单然", "shanran", "13900007364", "商铺", "漏水?1"])
def test_what_names_no_room(text):
    assert room_queries(text) == []


@given(st.text(alphabet="0123456789AB-栋单元层号室期 ", max_size=16))
def test_readings_are_distinct_and_say_something(text):
    queries = room_queries(text)
    assert len(queries) == len(set(queries))
    assert RoomQuery() not in queries
