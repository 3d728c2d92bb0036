"""Refusals of clocks, windows, calendars and limits."""

from core.kit.errors import Refused
from core.kit.i18n import _


class CalendarMissing(Refused):
    key, message = "calendar_missing", _("没有 {year} 年的工作日历")


class CalendarEmpty(Refused):
    key, message = "calendar_empty", _("{year} 年的工作日历里没有一个工作日")


class CalendarDayInvalid(Refused):
    """A holiday outside its year, or a make-up day that is no weekend day of it."""

    key, message = "calendar_day_invalid", _("{day} 不能这样写进 {year} 年的工作日历")


class WindowEmpty(Refused):
    """`field` names the window: `service_window`, `office_window` or `sales_window`."""

    key, message = "window_empty", _("时间窗里没有任何时段，无法计时")


class FrameEmpty(Refused):
    key, message, field = "frame_empty", _("时段的开始和结束不能相同：{opens}"), "closes"


class FramesOverlap(Refused):
    """A frame past midnight may not reach into one of the next date; on one date frames may overlap."""

    key, message = "frames_overlap", _("跨零点的时段与次日的时段重叠")


class PauseReversed(Refused):
    key, message, field = "pause_reversed", _("暂停的结束早于开始"), "pauses"


class AmountInvalid(Refused):
    key, message, field = "limit_amount_invalid", _("时限数量不合适：{amount}"), "amount"


class UnitNotAllowed(Refused):
    key, message, field = "limit_unit_not_allowed", _("{code} 不能按此单位计时：{unit}"), "unit"


class LimitUnknown(Refused):
    key, message, field = "limit_unknown", _("没有这个时限：{code}"), "code"


class LimitMissing(Refused):
    key, message = "limit_missing", _("策略缺少时限：{codes}")


class LimitNotTimed(Refused):
    """Ring counts and limits without a duration have no due moment."""

    key, message, field = "limit_not_timed", _("此时限不按时间计算"), "code"


class HotlineLimitLoosened(Refused):
    """CF-01: the quality hotline's 72 hours may be shortened, not lengthened or switched off."""

    key, message, field = (
        "hotline_limit_loosened",
        _("质量热线的 72 小时时限只能缩短，不能放宽或关闭"),
        "SLA-13d",
    )


class StartOutOfRange(Refused):
    key, message, field = "start_out_of_range", _("起算时间须在 2000 年至 2100 年之间"), "start"


class DueTooFar(Refused):
    key, message = "due_too_far", _("按此设置十年内都不会到期，请检查数量、暂停和时间窗")
