"""Names are found by what people type and sorted by how they are said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.kit.pinyin import MOST_READINGS, search_keys, sort_key


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("单然", "shanran"),
        ("單然", "shanran"),
        ("曾静", "zengjing"),
        ("仇佳", "qiujia"),
        ("解文", "xiewen"),
        ("查杰", "zhajie"),
        ("区华", "ouhua"),
        ("尉迟恭", "yuchigong"),
        ("单于飞", "chanyufei"),
        ("万俟文", "moqiwen"),
        ("长孙国", "zhangsunguo"),
        ("欧阳娜", "ouyangna"),
        ("王 五", "wangwu"),
    ],
)
def test_surnames_are_read_as_surnames(name, first):
    assert search_keys(name)[0] == first


def test_the_usual_reading_finds_a_surname_too():
    assert {"danran", "dr", "shanran", "sr"} <= set(search_keys("单然"))


def test_readings_of_the_given_name_are_all_there():
    assert {"wangle", "wangyue", "wl", "wy"} <= set(search_keys("王乐"))


def test_u_with_dots_is_typed_as_v_or_u():
    assert {"lvbu", "lubu", "lb"} <= set(search_keys("吕布"))


def test_owners_written_together_are_keyed_one_by_one():
    assert search_keys("张三、李四") == ["zhangsan", "zs", "lisi", "ls"]


def test_latin_names():
    assert search_keys("John Smith") == ["johnsmith", "js"]


def test_nothing_has_no_keys():
    assert search_keys("") == search_keys(" ，") == []


@given(st.text(alphabet="单曾仇解查重乐长行还发万吕 a1、", max_size=30))
def test_keys_are_few_lower_case_and_distinct(name):
    keys = search_keys(name)
    assert len(keys) == len(set(keys)) <= (name.count("、") + 1) * 3 * MOST_READINGS
    assert all(key and key == key.lower() and " " not in key for key in keys)


def test_sorting_is_by_pinyin_and_not_by_code_point():
    names = ["周文", "单然", "安国", "仇佳", "曾静", "单", "王五"]
    assert sorted(names, key=sort_key) == ["安国", "仇佳", "单", "单然", "王五", "曾静", "周文"]
