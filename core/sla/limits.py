"""The limits SLA-01 to SLA-60 of PROCEDURES 4.1 as data: what they are, and how long by default.

Each may be given any unit of its own family, minutes (E, S) or days (CD, WD), not only those the table
gives an "option". What lies before its start or ends at midnight keeps its unit.
"""

from typing import Any, get_args

from core.kit.i18n import _
from core.sla.schemas import Breach, Definition, Limit, Unit

FAMILIES: tuple[tuple[Unit, ...], ...] = (("E", "S"), ("CD", "WD"))
HOUR = 60
HOTLINE = "SLA-13d"
HOTLINE_MOST = 72 * HOUR


def _row(  # noqa: PLR0917 - a row of a table reads by position
    code: str,
    name: str,
    starts: str,
    stops: str,
    unit: Unit,
    amount: int = 0,
    breach: str = "",
    *,
    repeats: bool = False,
    then: str = "",
    **values: Any,
) -> tuple[Definition, Limit]:
    """`breach` is a string of letters; `values` are further fields of Limit."""
    fixed = amount < 0 or values.get("ends") == "midnight"
    family = next((units for units in FAMILIES if unit in units and not fixed), (unit,))
    units = (unit, *(other for other in family if other != unit))
    letters = tuple(letter for letter in get_args(Breach) if letter in breach)
    limit = Limit(unit=unit, amount=amount, breach=letters, **values)
    return Definition(code, name, starts, stops, units, repeats, then), limit


_REPAIR = (
    _row("SLA-01", _("三声铃响内接听"), _("第一声铃响"), _("接听"), "rings", 3, "N"),
    _row("SLA-02", _("报修单交工程签收"), _("报修登记"), _("工程签收"), "E", 3, "WE"),
    _row("SLA-03", _("即时维修到场"), _("业户要求即时维修"), _("工程人员到场"), "E", 15, "WE"),
    _row("SLA-04", _("按约定时间到场"), _("约定"), _("到场"), "AT", 0, "W", tolerance=10),
    _row(
        "SLA-05",
        _("维修进展管家汇报"),
        _("接单，之后每次汇报"),
        _("汇报或完工"),
        "S",
        4 * HOUR,
        "WE",
        repeats=True,
        on=False,
    ),
    _row("SLA-06", _("投诉管家汇报"), _("告知管家"), _("汇报"), "S", 4 * HOUR, "WE", repeats=True, on=False),
    _row("SLA-07", _("小修完工"), _("登记；预约的自约定时间"), _("完工"), "E", 8 * HOUR, "WE"),
    _row("SLA-08", _("中修完工"), _("登记；预约的自约定日"), _("完工"), "CD", 3, "WE"),
    _row("SLA-09", _("大修跟踪进展"), _("登记，之后每次进展"), _("进展或完工"), "CD", 7, "W", repeats=True),
    _row("SLA-10", _("无偿维修单当日返单"), _("开单"), _("返单"), "SD", 0, "W", then="carry_over", on=False),
    _row("SLA-11", _("有偿维修单及时返单"), _("完工"), _("返单"), "SD", 0, "W"),
    _row("SLA-12", _("返修每日进展"), _("当日开始"), _("收到进展"), "SD", 0, "WE", repeats=True),
)
_COMPLAINT = (
    _row("SLA-13a", _("投诉两小时内回复处理情况"), _("投诉受理"), _("回复"), "E", 2 * HOUR, "WE", on=False),
    _row(
        "SLA-13b",
        _("投诉四小时内回复"),
        _("投诉受理"),
        _("管家回复前台；无管家汇报时限的为首次回复业户"),
        "S",
        4 * HOUR,
        "WE",
    ),
    _row("SLA-13c", _("投诉当日回复"), _("投诉受理"), _("回复业户"), "SD", 0, "WE", on=False),
    _row("SLA-13d", _("质量热线投诉七十二小时内回复"), _("投诉受理"), _("回复"), "E", HOTLINE_MOST, "WE"),
    _row("SLA-14a", _("简单投诉当场答复"), _("投诉受理"), _("答复"), "E", 15, "W"),
    _row("SLA-14b", _("一般投诉办结"), _("投诉受理"), _("答复"), "WD", 3, "WE", target=1),
    _row("SLA-14c", _("复杂投诉办结"), _("投诉受理"), _("答复"), "WD", 7, "WE", target=5),
    _row("SLA-15", _("超时后主动联系业户"), _("超过最长时限"), _("联系业户"), "SD", 0, "E"),
    _row("SLA-16", _("被投诉部门当日联系致歉"), _("告知部门"), _("登记联系"), "SD", 0, "WE", on=False),
    _row("SLA-17", _("服务质量问题当日整改并回复"), _("投诉受理"), _("整改并回复"), "SD", 0, "WE", on=False),
)
_DESK = (
    _row("SLA-18", _("咨询当场答复"), _("提问"), _("答复或约定答复时间"), "E", 10, "W"),
    _row("SLA-19", _("按约定时间答复咨询"), _("约定"), _("答复"), "AT", 0, "WE"),
    _row("SLA-20", _("当日未办结告知进展"), _("登记"), _("告知进展"), "SD", 0, "W"),
    _row("SLA-21", _("承诺的电话回复"), _("承诺"), _("回电"), "E", 20, "W"),
    _row("SLA-22", _("上门维修与家庭清洁完工当日回访"), _("完工"), _("回访或尝试回访"), "SD", 0, "W"),
    _row("SLA-23", _("验房缺陷当日统计转交"), _("收到验房表"), _("转交"), "SD", 0, "W"),
    _row("SLA-24", _("书面咨询答复"), _("登记"), _("寄出复函"), "CD", 2, "WE"),
    _row("SLA-25", _("查询答复"), _("提问"), _("答复"), "E", 15, "WE"),
    _row(
        "SLA-26", _("紧急事件立即呼救"), _("接报"), _("拨打 120、110 或 119"), "E", 2, "E", then="all_levels"
    ),
    _row("SLA-27", _("次月排班表"), _("每月 1 日"), _("上报"), "date", 25, "WE"),
    _row("SLA-28", _("请假换班提前一天"), _("班次开始"), _("申请"), "CD", -1, "B", ends="midnight"),
    _row("SLA-29", _("接班人员提前到岗"), _("班次开始"), _("签到"), "E", -15, "N", then="conduct_case"),
    _row("SLA-30", _("发出付款请求书"), _("当月"), _("发出"), "date", 15, "E", then="finance"),
    _row("SLA-31", _("缴费期限"), _("发出付款请求书"), _("缴清"), "date", 20, then="SLA-32"),
    _row("SLA-32", _("逾期上门收款"), _("逾期"), _("上门"), "date", 31, "W"),
)
_SERVICE = (
    _row("SLA-33", _("客户资料送网络运营商"), _("缴费；不收费的自登记"), _("发出邮件"), "CD", 2, "WE"),
    _row("SLA-34", _("电话申请表当日传真"), _("受理"), _("发出"), "SD", 0, "W"),
    _row("SLA-35", _("家庭清洁回电约时间"), _("登记"), _("确认时间"), "E", 2 * HOUR, "WE"),
    _row("SLA-36", _("出入证不超过许可证期限"), _("施工超过一日"), _("许可证到期"), "none", 0, "B"),
    _row("SLA-37", _("装修期限"), _("许可证起始日"), _("完工"), "month", 3, "W", then="passes_invalid"),
    _row("SLA-38", _("签订买卖合同"), _("签署认购书"), _("签订合同"), "CD", 5, "WE", target=3),
    _row("SLA-39", _("备案合同可领取"), _("递交备案"), _("领取"), "WD", 6, "W", ends="open", remind_after=3),
    _row("SLA-40", _("销售资料移交"), _("签署认购书"), _("签收"), "WD", 5, "WE"),
    _row("SLA-41", _("预留保留期"), _("预留"), _("释放或续留"), "CD", 3, window="sales", then="release"),
    _row(
        "SLA-42", _("客户确认有效期"), _("登记或进展登记"), _("失效"), "CD", 7, ends="midnight", then="lapse"
    ),
    _row("SLA-43", _("用餐保留轮次"), _("开始用餐"), _("返回"), "E", 30, then="turn_passes"),
    _row("SLA-44", _("入伙档案移交"), _("宣布集中入伙结束"), _("签收"), "month", 1, "W"),
    _row("SLA-45", _("季度档案移交"), _("季度末日"), _("签收"), "WD", 10, "W"),
    _row("SLA-46", _("半年服务资料移交"), _("半年末日"), _("签收"), "WD", 10, "W"),
)
_CARE_AND_REST = (
    _row("SLA-47", _("老人每日巡视探访"), _("当日开始"), _("登记"), "SD", 0, "WE", repeats=True),
    _row("SLA-48", _("受托探访按约汇报"), _("上次汇报"), _("汇报"), "AT", 0, "W", repeats=True),
    _row("SLA-49", _("风暴前询问老人"), _("发布预警"), _("全部询问"), "AT", 0, "WE"),
    _row("SLA-50", _("登记不得补填"), _("接触客户"), _("登记"), "E", 30, "B"),
    _row("SLA-50b", _("业务员日报当日填写"), _("日报日期"), _("登记"), "CD", 0, "B", ends="midnight"),
    _row("SLA-51", _("派工单月末核对归档"), _("每月 1 日"), _("签字"), "date", 31, "W"),
    _row("SLA-52", _("投诉回访"), _("回复业户"), _("回访或尝试回访"), "CD", 3, "W"),
    _row("SLA-53", _("建议答复"), _("登记"), _("反馈"), "WD", 5, "W"),
    _row("SLA-54", _("求助首次响应"), _("登记"), _("首次处理"), "S", 30, "WE"),
    _row("SLA-55", _("政府转办投诉反馈"), _("登记"), _("反馈转办单位"), "WD", 5, "WE"),
    _row("SLA-56", _("特殊邮件提醒与退回"), _("收件"), _("领取"), "CD", 15, "W", target=3),
    _row("SLA-57", _("装修方案审核"), _("提交"), _("审核结论"), "WD", 3, "W"),
    _row("SLA-58", _("借出档案归还"), _("借出"), _("归还"), "WD", 3, "W"),
    _row("SLA-59", _("轮候机会保留期"), _("发出邀约"), _("接受"), "E", 24 * HOUR, then="next_in_queue"),
    _row("SLA-60", _("退单后改派"), _("退单"), _("改派"), "AT", 0, "WE"),
)

ROWS = (*_REPAIR, *_COMPLAINT, *_DESK, *_SERVICE, *_CARE_AND_REST)
DEFINITIONS: dict[str, Definition] = {definition.code: definition for definition, _limit in ROWS}
DEFAULTS: dict[str, Limit] = {definition.code: limit for definition, limit in ROWS}
