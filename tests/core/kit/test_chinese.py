"""Folding, bigrams and numerals."""

import pytest

from core.kit.chinese import bigrams, fold, numeral


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("３棟２單元", "3栋2单元"),
        (" 入夥時間 ", "入伙时间"),
        ("Ａ座", "a座"),
        ("備註", "备注"),
        ("臺北", "台北"),
        ("余文", "余文"),
        ("餘文", "余文"),
    ],
)
def test_every_way_of_writing_folds_to_one(text, folded):
    assert fold(text) == folded


def test_bigrams_are_pairs_of_characters_and_whole_words():
    assert bigrams("3栋1802 廚房漏水，漏水") == ["3", "栋", "1802", "厨房", "房漏", "漏水"]


def test_query_in_the_other_script_has_the_grams_of_the_text():
    assert set(bigrams("廚房")) <= set(bigrams("主卧厨房渗水"))
    assert not set(bigrams("厨卫")) <= set(bigrams("主卧厨房渗水"))


def test_nothing_has_no_grams():
    assert bigrams(" ，。") == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("零", 0),
        ("三", 3),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("九十九", 99),
        ("一八〇二", 1802),
        ("两", 2),
    ],
)
def test_numerals(text, value):
    assert numeral(text) == value


@pytest.mark.parametrize("text", ["", "百", "十十", "一二十", "十一二", "3"])
def test_what_is_no_numeral(text):
    with pytest.raises(ValueError, match=text or "^$"):
        numeral(text)
