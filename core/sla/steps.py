"""A count told in sentences: steps are built here and their words are message ids with holes."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from msgspec.structs import replace

from core.kit.clock import end_of
from core.kit.i18n import _, gettext
from core.sla.schemas import Step, StepKind

SENTENCES: dict[StepKind, str] = {
    "elapsed": _("{from} 至 {to}，计 {minutes} 分钟"),
    "window": _("服务时段 {from} 至 {to}，计 {minutes} 分钟"),
    "paused": _("{from} 至 {to} 暂停，不计时"),
    "start_day": _("{date} 是起始日，不计"),
    "day": _("第 {number} 日：{date}"),
    "working_day": _("第 {number} 个工作日：{date}"),
    "make_up_day": _("第 {number} 个工作日：{date}，{name}调休上班"),
    "weekend": _("{date} 周末，不计"),
    "holiday": _("{date} {name}放假，不计"),
    "paused_day": _("{date} 收班时处于暂停，不计"),
    "shut": _("{date} 不营业，顺延"),
    "after_close": _("{date} 已收班，顺延"),
    "same_day": _("{date} 收班前完成"),
    "month": _("{number} 个月后对应的日期：{date}"),
    "date": _("{date} 当日 24:00 为止"),
    "appointed": _("约定时间 {to}"),
    "before": _("提前 {minutes} 分钟：{from}"),
    "due": _("{to} 到期"),
    "tolerance": _("宽限 {minutes} 分钟，{to} 后才算超时"),
}


def of_stretch(kind: StepKind, start: datetime, end: datetime) -> Step:
    return Step(kind=kind, from_=start, to=end, minutes=(end - start) / timedelta(minutes=1))


def of_moment(kind: StepKind, at: datetime) -> Step:
    return Step(kind=kind, from_=at, to=at)


def of_day(
    kind: StepKind,
    day: date,
    *,
    span: tuple[datetime, datetime] | None = None,
    number: int | None = None,
    name: str = "",
) -> Step:
    """A step of one date; `span` is its open time, the whole date where it has none."""
    start, end = span or (end_of(day - timedelta(days=1)), end_of(day))
    return Step(kind=kind, from_=start, to=end, number=number, name=name)


def told(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps with their sentences in the current language: for the edge, where the language is known."""
    return tuple(replace(step, text=_sentence(step)) for step in steps)


def _sentence(step: Step) -> str:
    holes = {
        "from": f"{step.from_:%Y-%m-%d %H:%M}",
        "to": _until(step.to),
        "date": step.from_.date().isoformat(),
        "minutes": f"{round(step.minutes or 0, 2):g}",
        "number": step.number,
        "name": gettext(step.name) if step.name else "",
    }
    return gettext(SENTENCES[step.kind], **holes)


def _until(moment: datetime) -> str:
    """Midnight as 24:00 of the day before; seconds only where there are some."""
    if moment.time() == time.min:
        return f"{moment - timedelta(days=1):%Y-%m-%d} 24:00"
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment.second else f"{moment:%Y-%m-%d %H:%M}"
