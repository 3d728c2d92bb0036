"""Figures as the page draws them: the row on top, and the charts with their tables."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from unicodedata import east_asian_width

from babel.dates import get_day_names
from markupsafe import Markup

from admin_ui import charts, pills
from admin_ui.charts import Bar, Part, Series
from admin_ui.formats import LOCALES, span
from admin_ui.pages.dash import late
from admin_ui.pages.dash.asked import Asked, Span
from core.callbacks.board_queries import Answers
from core.callbacks.schemas import SATISFACTIONS, Rate
from core.kit.i18n import _, gettext, language
from core.sla.rate_queries import Kept, percent
from core.tickets.board_queries import Breach, Day, Figures, Hour, Load

NONE = "—"
PHONE = 330.0
GOOD, FAIR = 95.0, 85.0
DAYTIME = (7, 21)
TONES: dict[str, charts.Tone] = {"satisfied": "brand", "acceptable": "soft", "dissatisfied": "danger"}


def late_now(breaches: Sequence[Breach]) -> dict[str, Any]:
    words = {"label": gettext(_("正在超时")), "unit": gettext(_("个时限"))}
    if not breaches:
        return {**words, "value": 0, "note": gettext(_("都在时限内"))}
    longest = gettext(_("最久 {span}"), span=span(late.longest(breaches)))
    return {**words, "value": len(breaches), "note": longest, "danger": True, "href": "#late"}


def open_now(figures: Figures, asked: Asked) -> dict[str, Any]:
    return {
        "label": gettext(_("未关闭")),
        "value": f"{figures.open:,}",
        "unit": gettext(_("张")),
        "note": gettext(_("待回访 {n} · 本期登记 {m}"), n=figures.call_backs, m=f"{figures.registered:,}"),
        "href": f"/tickets?state=open{f'&project={asked.estate.id}' if asked.estate else ''}",
    }


def kept_share(kept: Sequence[Kept]) -> dict[str, Any]:
    met, ended = sum(one.met for one in kept), sum(one.ended for one in kept)
    before = percent(sum(k.met_before for k in kept), sum(k.met_before + k.late_before for k in kept))
    return {
        "label": gettext(_("按时率")),
        **_share(percent(met, ended)),
        "trend": _trend(percent(met, ended), before),
        "note": gettext(_("{ended} 个时限中 {met} 个按时"), ended=f"{ended:,}", met=f"{met:,}")
        if ended
        else gettext(_("本期没有结束的时限")),
    }


def called(rate: Rate) -> dict[str, Any]:
    note = gettext(
        _("应回访 {owed} · 已接通 {reached} · 联系不上 {unreachable} · 免回访 {exempt}"),
        owed=rate.owed,
        reached=rate.reached,
        unreachable=rate.unreachable,
        exempt=rate.exempt,
    )
    return {
        "label": gettext(_("回访率")),
        **_share(percent(rate.reached, rate.owed)),
        "target": gettext(_("目标 {value}"), value="100%"),
        "note": _together(note),
    }


def _together(note: str) -> Markup:
    """A line may break between its parts only."""
    parts = [Markup('<span class="nw">{}</span>').format(part) for part in note.split(" · ")]
    return Markup(" · ").join(parts)


def content(answers: Answers, before: Answers) -> dict[str, Any]:
    now = percent(answers.satisfied, answers.number)
    return {
        "label": gettext(_("满意率")),
        **_share(now),
        "trend": _trend(now, percent(before.satisfied, before.number)),
        "note": gettext(_("{n} 份回答，不满意 {m} 份"), n=answers.number, m=answers.dissatisfied)
        if answers.number
        else gettext(_("本期还没有回答")),
    }


def share_text(part: int, whole: int) -> str:
    """`75%`, or a dash where there is nothing to divide by."""
    value = percent(part, whole)
    return NONE if value is None else f"{value:g}%"


def _share(value: float | None) -> dict[str, str]:
    return {"value": NONE, "unit": ""} if value is None else {"value": f"{value:g}", "unit": "%"}


def _trend(now: float | None, before: float | None) -> dict[str, Any] | None:
    """Against the period before, in percentage points."""
    if now is None or before is None or now == before:
        return None
    change = now - before
    return {"text": f"{'▲' if change > 0 else '▼'} {abs(change):.1f}", "good": change > 0}


def kept(rates: Sequence[Kept]) -> dict[str, Any]:
    """A bar per limit that ended in the period, the worst first."""
    title = gettext(_("各时限按时率"))
    known = sorted((one for one in rates if one.ended), key=lambda one: (one.met / one.ended, -one.ended))
    names = [pills.name_of(one.code) or one.code for one in known]

    def draw(width: float) -> Markup:
        signs, pixels = (22, 164) if width == PHONE else (29, 190)
        rows = [
            Bar(
                _short(name, signs),
                [Part(gettext(_("按时")), percent(one.met, one.ended) or 0, _tone(one))],
                share_text(one.met, one.ended),
            )
            for name, one in zip(names, known, strict=True)
        ]
        return charts.bars(title, rows, most=100, label_width=pixels, tail_width=54, width=width)

    table = charts.DataTable(
        title,
        ["", gettext(_("按时")), gettext(_("已结束")), gettext(_("按时率"))],
        [
            [name, f"{one.met:,}", f"{one.ended:,}", share_text(one.met, one.ended)]
            for name, one in zip(names, known, strict=True)
        ],
    )
    return {"title": title, "svg": _both(draw, 460), "table": table}


def _both(draw: Callable[[float], Markup], wide: float) -> Markup:
    """The drawing for a desk and for a phone, of which only one is shown: letters do not shrink with it."""
    pair = Markup('<div class="hide-s">{}</div><div class="only-s">{}</div>')
    return pair.format(draw(wide), draw(PHONE))


def _short(text: str, most: int) -> str:
    """What fits beside a bar, in Latin letters' widths; the table beneath has it whole."""
    width = 0
    for at, sign in enumerate(text):
        width += 2 if east_asian_width(sign) in "WF" else 1
        if width > most:
            return text[: at - 1] + "…"
    return text


def _tone(one: Kept) -> charts.Tone:
    share = 100 * one.met / one.ended
    return "brand" if share >= GOOD else "warn" if share >= FAIR else "danger"


def course(days: Span, found: Sequence[Day]) -> dict[str, Any]:
    """Registered and closed per day; a day without any is a zero, not a gap."""
    title, known = gettext(_("登记与关闭走势")), {one.day: one for one in found}
    dates = [days.first + timedelta(days=n) for n in range(days.days)]
    every = [known.get(day) or Day(day, 0, 0) for day in dates]
    labels = [f"{day:%m-%d}" for day in dates]
    series = [
        Series(gettext(_("登记")), [one.registered for one in every], "info"),
        Series(gettext(_("关闭")), [one.closed for one in every], "brand", dashed=True),
    ]
    most = max(4, *(int(value or 0) for one in series for value in one.values))
    most += -most % 4
    return {
        "title": title,
        "svg": _both(
            lambda width: charts.line(title, labels, series, bounds=(0, most), unit="", width=width), 640
        ),
        "table": charts.line_table(title, labels, series, unit=""),
        "items": [(series[0].name, "info"), (series[1].name, "brand", "dashed")],
    }


def load(label: str, loads: Sequence[Load]) -> dict[str, Any]:
    title = gettext(label)
    names: tuple[tuple[str, charts.Tone], ...] = (
        (gettext(_("本期完成")), "brand"),
        (gettext(_("在办")), "warn"),
        (gettext(_("在办超时")), "danger"),
    )
    rows = [
        Bar(
            one.name,
            [
                Part(name, value, tone)
                for (name, tone), value in zip(names, (one.done, one.doing, one.late), strict=True)
            ],
            f"{one.done + one.doing + one.late:,}",
        )
        for one in loads
    ]
    return {
        "title": title,
        "svg": _both(lambda width: charts.bars(title, rows, width=width), 540),
        "table": charts.bars_table(title, rows),
        "items": names,
    }


def heat(hours: Sequence[Hour]) -> dict[str, Any]:
    """Weekdays by hours; as early and as late as anybody ever called."""
    title = gettext(_("登记热区"))
    known = {(one.weekday, one.hour): one.number for one in hours}
    first = min([DAYTIME[0], *(one.hour for one in hours)])
    last = max([DAYTIME[1], *(one.hour for one in hours)])
    names = get_day_names("abbreviated", locale=LOCALES.get(language.get(), "zh_Hans"))
    rows = [names[number] for number in range(7)]
    columns = [str(hour) for hour in range(first, last + 1)]
    figures = [[float(known.get((day, hour), 0)) for hour in range(first, last + 1)] for day in range(1, 8)]
    busiest = max(hours, key=lambda one: one.number, default=None)
    words = ""
    if busiest is not None:
        words = gettext(
            _("{day} {hour} 时最忙，近 4 周共 {n} 件"),
            day=rows[busiest.weekday - 1],
            hour=busiest.hour,
            n=busiest.number,
        )
    return {
        "title": title,
        "svg": _both(
            lambda width: charts.heat(title, rows, columns, figures, summary=words, width=width), 380
        ),
        "table": charts.heat_table(title, rows, columns, figures),
        "words": words,
    }


def moods(answers: Answers) -> list[Part]:
    return [Part(gettext(SATISFACTIONS[name]), getattr(answers, name), tone) for name, tone in TONES.items()]
