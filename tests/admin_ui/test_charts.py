"""Charts: well-formed drawings with a name for readers and a table of the same figures."""

import re
from xml.etree import ElementTree as ET

import pytest
from markupsafe import Markup

from admin_ui import charts
from admin_ui.charts import Bar, Part, Series

SVG = "{http://www.w3.org/2000/svg}"
DAYS = ["11-20", "11-21", "11-22"]
RATE = Series("时限达成", [93.8, None, 96.4])
EVIL = "<script>&\"'"


def parsed(drawing: Markup) -> ET.Element:
    assert "style" not in drawing
    return ET.fromstring(str(drawing))  # noqa: S314 - our own drawing


def every_chart(name: str) -> list[Markup]:
    return [
        charts.line(name, DAYS, [Series(name, [1, 2, 3])]),
        charts.bars(name, [Bar(name, [Part(name, 3)], name)]),
        charts.donut(name, [Part(name, 3)], center=name, below=name),
        charts.heat(name, [name], [name], [[3]]),
    ]


def test_everything_is_escaped_and_named() -> None:
    for drawing in every_chart(EVIL):
        root = parsed(drawing)
        assert root.get("role") == "img"
        assert root.get("aria-label", "").startswith(EVIL)
        assert "<script>" not in drawing


def test_line_breaks_where_a_figure_is_missing() -> None:
    root = parsed(charts.line("走势", DAYS, [RATE], target=95, bounds=(90, 100)))
    assert len(root.findall("polyline")) == 2
    assert "目标 95%" in {text.text for text in root.iter("text")}
    assert root.get("aria-label") == "走势：时限达成 最新 96.4%"


def test_line_stays_on_its_paper() -> None:
    root = parsed(charts.line("走势", DAYS, [Series("单", [3, 7, 40])], unit=""))
    heights = [float(dot.get("cy", "0")) for dot in root.findall("circle")]
    assert all(14 <= height <= 184 for height in heights)


def test_bars_share_the_room_by_their_figures() -> None:
    root = parsed(
        charts.bars(
            "负荷",
            [Bar("赵", [Part("完成", 3), Part("进行", 1, "warn")], "4"), Bar("马", [Part("完成", 2)], "2")],
        )
    )
    widths = [float(rect.get("width", "0")) for rect in root.findall("rect") if rect.get("class") != "bg"]
    assert widths[0] + 1 == pytest.approx(3 * (widths[1] + 1), abs=0.1)
    assert [rect.get("class") for rect in root.findall("rect")] == [
        "bg",
        "f-brand",
        "f-warn",
        "bg",
        "f-brand",
    ]


def test_donut_closes() -> None:
    root = parsed(charts.donut("满意度", [Part("满意", 3), Part("不满意", 1, "danger")], center="4.7"))
    rings = [[float(n) for n in ring.get("stroke-dasharray", "").split()] for ring in root.findall("circle")]
    around = sum(rings[0])
    assert sum(ring[0] + 2 for ring in rings) == pytest.approx(around, abs=0.1)


def test_heat_is_darkest_at_the_most() -> None:
    root = parsed(charts.heat("来电", ["一"], ["9", "10"], [[1, 4]]))
    assert [rect.get("opacity") for rect in root.findall("rect")] == ["0.29", "1"]


@pytest.mark.parametrize(
    "drawing",
    [
        lambda: charts.line("空", [], []),
        lambda: charts.line("空", DAYS, [Series("无", [None, None, None])]),
        lambda: charts.bars("空", []),
        lambda: charts.donut("空", [], center=""),
        lambda: charts.heat("空", [], [], []),
    ],
)
def test_nothing_to_draw_says_so(drawing) -> None:
    assert "暂无数据" in drawing()


def test_one_figure_and_equal_figures_do_not_divide_by_zero() -> None:
    parsed(charts.line("一", ["今"], [Series("单", [5])]))
    parsed(charts.line("平", DAYS, [Series("单", [0, 0, 0])]))
    parsed(charts.spark([2, 2, 2]))
    assert charts.spark([1]) == ""


def test_tables_hold_the_same_figures() -> None:
    assert charts.line_table("走势", DAYS, [RATE]).rows[1] == ["11-21", "–"]
    assert charts.line_table("走势", DAYS, [RATE]).rows[2] == ["11-22", "96.4%"]
    assert charts.donut_table("满意度", [Part("满意", 3), Part("不满意", 1)]).rows == [
        ["满意", "3", "75.0%"],
        ["不满意", "1", "25.0%"],
    ]
    assert charts.bars_table("负荷", [Bar("赵", [Part("完成", 3)], "3")]).rows == [["赵", "3", "3"]]
    assert charts.heat_table("来电", ["一"], ["9"], [[4]]).rows == [["一", "4"]]


def test_colours_are_classes_over_plain_attributes() -> None:
    drawing = charts.spark([1, 2])
    assert re.search(r'class="s-brand" stroke="#14806b"', drawing)
