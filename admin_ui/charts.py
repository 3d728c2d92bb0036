"""Charts drawn on the server as SVG: no script, printable, read aloud. Each has a table of the same figures.

Colours are classes (`f-…` fills, `s-…` strokes, themed by `gj.css`) over literal attributes, all PDFs see.
"""

import math
from collections.abc import Sequence
from typing import Literal

import msgspec
from markupsafe import Markup, escape

from core.kit.i18n import _, gettext

Tone = Literal["brand", "soft", "warn", "danger", "neutral", "info", "violet", "ok"]
COLORS: dict[Tone, str] = {
    "brand": "#14806b",
    "soft": "#a6d6c7",
    "warn": "#c27803",
    "danger": "#c5321a",
    "neutral": "#c4cdc9",
    "info": "#1f5fae",
    "violet": "#6246a8",
    "ok": "#1e7a3d",
}
MAX_LABELS = 7
NARROW = 500
PLAIN_BELOW = 10_000
INK, INK_2, LINE, FIELD = "#141b19", "#495551", "#dce2df", "#ebefed"


class Series(msgspec.Struct, frozen=True):
    """One line of a chart; a dashed one has no area beneath. A missing figure is None."""

    name: str
    values: Sequence[float | None]
    tone: Tone = "brand"
    dashed: bool = False


class Part(msgspec.Struct, frozen=True):
    """A slice of a donut or a segment of a bar."""

    name: str
    value: float
    tone: Tone = "brand"


class Bar(msgspec.Struct, frozen=True):
    label: str
    parts: Sequence[Part]
    tail: str = ""


class DataTable(msgspec.Struct, frozen=True):
    """What stands beside a chart for readers: the `data_table` macro shows it."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


def _tag(name: str, body: str = "", /, **attributes: object) -> str:
    """One SVG element; `kind` is its class, `_` in a name stands for `-`; numbers rounded, words escaped."""
    shown = "".join(
        f' {"class" if key == "kind" else key.replace("_", "-")}="{_number(value)}"'
        for key, value in attributes.items()
        if value != ""
    )
    return f"<{name}{shown}>{body}</{name}>" if body else f"<{name}{shown}/>"


def _number(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(escape(value))


def _filled(name: str, tone: Tone, tip: str = "", **attributes: object) -> str:
    return _tag(name, _tip(tip), kind=f"f-{tone}", fill=COLORS[tone], **attributes)


def _drawn(name: str, tone: Tone, tip: str = "", **attributes: object) -> str:
    return _tag(name, _tip(tip), kind=f"s-{tone}", stroke=COLORS[tone], fill="none", **attributes)


def _tip(words: str) -> str:
    return _tag("title", str(escape(words))) if words else ""


def _text(x: float, y: float, words: str, *, anchor: str = "start", kind: str = "", size: float = 11) -> str:
    ink = INK if kind == "t-k" else INK_2
    return _tag("text", str(escape(words)), kind=kind, x=x, y=y, text_anchor=anchor, font_size=size, fill=ink)


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:,.4g}" if abs(value) < PLAIN_BELOW else f"{value:,.0f}"


def _svg(width: float, height: float, title: str, summary: str, body: str) -> Markup:
    label = f"{title}：{summary}" if summary else title
    kind = "chart chart--s" if width < NARROW else "chart"
    view = f"0 0 {width:g} {height:g}"
    drawing = _tag("svg", body, kind=kind, viewBox=view, role="img", aria_label=label)
    return Markup(drawing)  # noqa: S704 - every text in it went through escape()


def _nothing(width: float, height: float, title: str) -> Markup:
    words = gettext(_("暂无数据"))
    return _svg(width, height, title, words, _text(width / 2, height / 2, words, anchor="middle"))


class _Frame(msgspec.Struct, frozen=True):
    """Where figures fall on a line chart's paper."""

    width: float
    height: float
    low: float
    high: float
    steps: int
    left: float = 40
    right: float = 14
    top: float = 14
    bottom: float = 26

    @property
    def end(self) -> float:
        return self.width - self.right

    @property
    def floor(self) -> float:
        return self.height - self.bottom

    def x(self, index: int) -> float:
        return self.left + (self.end - self.left) * index / max(1, self.steps - 1)

    def y(self, value: float) -> float:
        share = (self.high - value) / ((self.high - self.low) or 1)
        return self.top + (self.floor - self.top) * share

    def rule(self, value: float, **attributes: object) -> str:
        y = float(self.y(value))
        return _tag("line", **attributes, x1=self.left, x2=self.end, y1=y, y2=y)

    def points(self, run: Sequence[tuple[int, float]]) -> str:
        return " ".join(f"{self.x(at):.1f},{self.y(value):.1f}" for at, value in run)


def _axes(frame: _Frame, labels: Sequence[str], unit: str) -> str:
    parts = []
    for quarter in range(5):
        value = frame.low + (frame.high - frame.low) * quarter / 4
        parts.append(frame.rule(value, kind="ax", stroke=LINE))
        parts.append(_text(frame.left - 6, frame.y(value) + 4, f"{value:g}{unit}", anchor="end"))
    most = MAX_LABELS if frame.width > NARROW else 4
    every = max(1, math.ceil(len(labels) / most))
    parts += [
        _text(frame.x(at), frame.height - 8, label, anchor="middle")
        for at, label in enumerate(labels)
        if at % every == 0
    ]
    return "".join(parts)


def _target(frame: _Frame, target: float, unit: str) -> str:
    words = gettext(_("目标 {value}"), value=f"{target:g}{unit}")
    line = frame.rule(target, kind="tg", stroke=INK_2, stroke_dasharray="4 4")
    return line + _text(frame.end, frame.y(target) - 5, words, anchor="end")


def _runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Unbroken stretches of figures; a gap in the data is a gap in the line."""
    runs: list[list[tuple[int, float]]] = [[]]
    for at, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((at, value))
    return [run for run in runs if run]


def _curve(frame: _Frame, series: Series, labels: Sequence[str], unit: str) -> str:
    parts, tone = [], series.tone
    dash = "5 4" if series.dashed else ""
    for run in _runs(series.values):
        points = frame.points(run)
        first, last = frame.x(run[0][0]), frame.x(run[-1][0])
        if not series.dashed:
            area = f"{first:.1f},{frame.floor:g} {points} {last:.1f},{frame.floor:g}"
            parts.append(_filled("polygon", tone, opacity=0.08, points=area))
        parts.append(
            _drawn(
                "polyline",
                tone,
                points=points,
                stroke_width=2,
                stroke_linejoin="round",
                stroke_dasharray=dash,
            )
        )
        for at, value in run:
            tip = _tip(f"{labels[at]} {series.name} {_figure(value)}{unit}")
            parts.append(_tag("circle", tip, cx=frame.x(at), cy=frame.y(value), r=7, fill="transparent"))
        parts.append(_filled("circle", tone, cx=last, cy=frame.y(run[-1][1]), r=3.5))
    return "".join(parts)


def _bounds(series: Sequence[Series], target: float | None) -> tuple[float, float]:
    """Round numbers that hold all figures."""
    figures = [value for one in series for value in one.values if value is not None]
    figures += [target] if target is not None else []
    low, high = min(figures), max(figures)
    step = 10 ** math.floor(math.log10((high - low) or abs(high) or 1))
    low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    return (low, high) if high > low else (low, low + step)


def line(
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    target: float | None = None,
    bounds: tuple[float, float] | None = None,
    unit: str = "%",
    width: float = 640,
    height: float = 210,
) -> Markup:
    """Figures over time; `bounds` fixes the scale, else it is chosen to hold all figures."""
    if not any(value is not None for one in series for value in one.values):
        return _nothing(width, height, title)
    low, high = bounds or _bounds(series, target)
    frame = _Frame(width, height, low, high, len(labels))
    body = _axes(frame, labels, unit)
    if target is not None:
        body += _target(frame, target, unit)
    body += "".join(_curve(frame, one, labels, unit) for one in series)
    newest = [
        gettext(_("{name} 最新 {value}"), name=one.name, value=_figure(run[-1][-1][1]) + unit)
        for one in series
        if (run := _runs(one.values))
    ]
    return _svg(width, height, title, "；".join(newest), body)


def line_table(title: str, labels: Sequence[str], series: Sequence[Series], *, unit: str = "%") -> DataTable:
    rows = [
        [
            label,
            *(_figure(one.values[at]) + (unit if one.values[at] is not None else "") for one in series),
        ]
        for at, label in enumerate(labels)
    ]
    return DataTable(title, ["", *(one.name for one in series)], rows)


def bars(
    title: str,
    rows: Sequence[Bar],
    *,
    most: float | None = None,
    width: float = 460,
    row_height: float = 30,
    label_width: float = 88,
    tail_width: float = 56,
) -> Markup:
    """Horizontal bars, stacked where a row has several parts; `most` is the figure of a full bar."""
    if not rows:
        return _nothing(width, row_height * 3, title)
    full = most or max(sum(part.value for part in row.parts) for row in rows) or 1
    room, body = width - label_width - tail_width, ""
    for at, row in enumerate(rows):
        y, x = at * row_height + 4, label_width
        body += _text(0, y + 15, row.label, kind="t-l", size=12.5)
        body += (
            f'<rect class="bg" fill="{FIELD}" x="{x:g}" y="{y + 4:g}" width="{room:g}" height="14" rx="3"/>'
        )
        for part in row.parts:
            length = room * min(1.0, part.value / full)
            tip = f"{row.label} {part.name} {_figure(part.value)}"
            shown = max(length - 1, 0)
            body += _filled("rect", part.tone, tip, x=x, y=y + 4, width=shown, height=14, rx=2)
            x += length
        body += _text(width, y + 15, row.tail, anchor="end", kind="t-v", size=12)
    summary = "，".join(f"{row.label} {row.tail}" for row in rows)
    return _svg(width, len(rows) * row_height + 4, title, summary, body)


def bars_table(title: str, rows: Sequence[Bar]) -> DataTable:
    names = [part.name for part in max(rows, key=lambda row: len(row.parts)).parts] if rows else []
    lines = [[row.label, *(_figure(part.value) for part in row.parts), row.tail] for row in rows]
    return DataTable(title, ["", *names, gettext(_("合计"))], lines)


def donut(title: str, parts: Sequence[Part], *, center: str, below: str = "", size: float = 148) -> Markup:
    """Shares of a whole around a figure."""
    total = sum(part.value for part in parts)
    if not total:
        return _nothing(size, size, title)
    middle, radius, used, body = size / 2, size * 0.39, 0.0, ""
    around = 2 * math.pi * radius
    for part in parts:
        length = around * part.value / total
        shown = max(length - 2, 0)
        body += _drawn(
            "circle",
            part.tone,
            f"{part.name} {_figure(part.value)}",
            cx=middle,
            cy=middle,
            r=radius,
            stroke_width=17,
            stroke_dasharray=f"{shown:.2f} {around - shown:.2f}",
            stroke_dashoffset=-used,
            transform=f"rotate(-90 {middle:g} {middle:g})",
        )
        used += length
    body += _text(middle, middle + 2, center, anchor="middle", kind="t-k", size=25)
    body += _text(middle, middle + 21, below, anchor="middle")
    return _svg(size, size, title, "，".join(f"{part.name} {_figure(part.value)}" for part in parts), body)


def donut_table(title: str, parts: Sequence[Part]) -> DataTable:
    total = sum(part.value for part in parts) or 1
    rows = [[part.name, _figure(part.value), f"{100 * part.value / total:.1f}%"] for part in parts]
    return DataTable(title, ["", gettext(_("数量")), gettext(_("占比"))], rows)


def spark(values: Sequence[float], tone: Tone = "brand", *, width: float = 92, height: float = 26) -> Markup:
    """A figure's recent course, beside the figure: decoration, hidden from readers."""
    if len(values) < 2:  # noqa: PLR2004 - a line needs two points
        return Markup("")
    low, high = min(values), max(values)

    def at(index: int) -> str:
        x = 1 + (width - 6) * index / (len(values) - 1)
        y = 3 + (height - 6) * (high - values[index]) / ((high - low) or 1)
        return f"{x:.1f},{y:.1f}"

    x, y = at(len(values) - 1).split(",")
    points = " ".join(at(index) for index in range(len(values)))
    body = _drawn("polyline", tone, points=points, stroke_width=1.75, stroke_linejoin="round")
    body += _filled("circle", tone, cx=x, cy=y, r=2.5)
    view = f"0 0 {width:g} {height:g}"
    drawing = _tag("svg", body, kind="spark", viewBox=view, width=width, height=height, aria_hidden="true")
    return Markup(drawing)  # noqa: S704 - figures only


def heat(
    title: str,
    rows: Sequence[str],
    columns: Sequence[str],
    figures: Sequence[Sequence[float]],
    *,
    summary: str = "",
    width: float = 400,
    row_height: float = 21,
    label_width: float = 34,
) -> Markup:
    """A grid whose cells are the darker the larger the figure: row per day, column per hour."""
    most = max((value for row in figures for value in row), default=0)
    if not most:
        return _nothing(width, row_height * 4, title)
    cell, body = (width - label_width) / len(columns), ""
    for at, name in enumerate(columns):
        if at % 2 == 0:
            body += _text(label_width + cell * (at + 0.5), 11, name, anchor="middle")
    for line_at, name in enumerate(rows):
        y = 18 + line_at * row_height
        body += _text(0, y + 14, name)
        for at, value in enumerate(figures[line_at]):
            body += _filled(
                "rect",
                "brand",
                f"{name} {columns[at]} {_figure(value)}",
                x=label_width + cell * at + 1,
                y=y + 1,
                width=cell - 2,
                height=row_height - 2,
                rx=3,
                opacity=0.06 + 0.94 * value / most,
            )
    words = summary or gettext(_("见下方数据表"))
    return _svg(width, 18 + len(rows) * row_height, title, words, body)


def heat_table(
    title: str, rows: Sequence[str], columns: Sequence[str], figures: Sequence[Sequence[float]]
) -> DataTable:
    lines = [[name, *(_figure(value) for value in figures[at])] for at, name in enumerate(rows)]
    return DataTable(title, ["", *columns], lines)
