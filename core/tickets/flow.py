"""The procedures of tickets as states, arrows and clocks (PROCEDURES TK-04, RP-01, 3.Q). What they
check is in `rules`.
"""

from typing import Any

import msgspec

from core.kit.i18n import _
from core.plugin.contributions import Clock, Flow, Intake, State, Transition
from core.tickets import schemas as s

STATES = (
    State(name="registered", label=_("待派单"), dot="todo"),
    State(name="dispatched", label=_("待接单"), dot="todo"),
    State(name="accepted", label=_("已接单"), dot="doing"),
    State(name="in_progress", label=_("处理中"), dot="doing"),
    State(name="waiting_customer", label=_("等业主"), dot="waiting"),
    State(name="waiting_third_party", label=_("等第三方"), dot="waiting"),
    State(name="done", label=_("待返单"), dot="return"),
    State(name="pending_call_back", label=_("待回访"), dot="call"),
    State(name="closed", label=_("已关闭"), dot="done", final=True),
    State(name="cancelled", label=_("已取消"), dot="void", final=True),
    State(name="merged", label=_("已合并"), dot="void", final=True),
    State(name="refused", label=_("不受理"), dot="void", final=True),
)
STAGES = {
    "issued": _("已开单"),
    "handed_over": _("工程已签收"),
    "assigned": _("已派工"),
    "cannot_attend": _("无法上门"),
    "on_site": _("已到场"),
    "quoted": _("已报价"),
    "price_accepted": _("业主同意价格"),
    "cannot_complete": _("暂不能完成"),
    "completed": _("已完工"),
    "returned": _("已返单"),
    "void": _("已作废"),
}
OPEN = frozenset(state.name for state in STATES if not state.final)
WAITING = frozenset({"waiting_customer", "waiting_third_party"})
WORKING = frozenset({"in_progress", *WAITING})
TO_VISIT = frozenset({"registered", "dispatched", "accepted"})
WITHDRAWN = frozenset({"cancel", "refuse", "merge", "refuse_price"})
REBOOKED = frozenset({"assign", "rebook", "wait_customer", "wait_third_party"})
"""Events that may name another appointment."""
SIZED = {"register", "reopen", "assign", "take", "resize"}
"""Events after which the clocks of the size class that now holds are running; the start never moves
(RP-01 Exc).
"""


def arrow(
    name: str,
    label: str,
    sources: set[str] | frozenset[str],
    target: str,
    permission: str,
    *,
    area: str = "tickets",
    **more: Any,
) -> Transition:
    """`area` is whose right it is, where it is not one of all tickets."""
    return Transition(
        name=name,
        label=label,
        sources=frozenset(sources),
        target=target,
        permission=f"{area}.{permission}",
        **more,
    )


def clock(code: str, starts: set[str], stops: set[str], **more: Any) -> Clock:
    return Clock(
        code=code,
        starts_on=frozenset(starts),
        stops_on=frozenset(stops),
        withdrawn_on=more.pop("withdrawn_on", WITHDRAWN),
        **more,
    )


def is_paid(row: Any) -> bool:
    return bool(row["paid"])


def unquoted(row: Any) -> bool:
    """What is paid, and on site what turns out to be; a second quote stands for the first."""
    return row["stage"] != "quoted" and (bool(row["paid"]) or row["state"] == "in_progress")


def quoted(row: Any) -> bool:
    return row["stage"] == "quoted"  # type: ignore[no-any-return]


def goes_on_without(row: Any) -> bool:
    """A quote given before anybody was sent, or after one was agreed: refused, it leaves all as it was."""
    return quoted(row) and (row["resume_state"] == "registered" or "agreed" in row["form"])


def ends_without(row: Any) -> bool:
    return quoted(row) and not goes_on_without(row)


def awaits_visit(row: Any) -> bool:
    """An appointment that is still to be kept; one that a quote holds up too."""
    state = row["resume_state"] if quoted(row) else row["state"]
    return row["appointment_at"] is not None and state in TO_VISIT


def between_visits(row: Any) -> bool:
    """Begun, and to go on at the next appointment: what is counted of the work stands still until then."""
    return row["state"] == "accepted" and row["resume_state"] is not None


def not_major(row: Any) -> bool:
    return not row["major"]


def waits_for_work(row: Any) -> bool:
    return row["stage"] != "quoted"  # type: ignore[no-any-return]


def is_assigned(row: Any) -> bool:
    return row["engineer"] is not None


def in_pool(row: Any) -> bool:
    return row["engineer"] is None and row["stage"] == "handed_over"


def is_sized(row: Any) -> bool:
    return row["size"] is not None


TOLD_TODAY = clock("SLA-20", {"register"}, {"customer_told", "complete", "answer"})
CALLED_BACK_TODAY = clock(
    "SLA-22",
    {"complete", "answer"},
    {"call_back"},
    withdrawn_on=WITHDRAWN | {"reopen", "close"},
    runs_if=lambda row: bool(row["call_back_owed"]) and row["unit_id"] is not None,
)
REDIRECTED = clock(
    "SLA-60", {"decline"}, {"dispatch"}, due_at="redirect_by", withdrawn_on=WITHDRAWN | {"answer"}
)
SHARED = (
    arrow(
        "cancel",
        _("取消工单"),
        {"registered", "dispatched"},
        "cancelled",
        "ticket.cancel",
        form=s.Cancel,
        tone="danger",
        icon="x",
    ),
    arrow(
        "refuse",
        _("不受理"),
        {"registered"},
        "refused",
        "ticket.refuse",
        form=s.Refuse,
        tone="danger",
        icon="circle-x",
    ),
    arrow("merge", _("合并"), OPEN, "merged", "ticket.merge", form=s.Merge, icon="arrows-join"),
    arrow("escalate", _("上报"), OPEN, "=", "ticket.escalate", form=s.Escalate, icon="arrow-up"),
    arrow(
        "mark_major",
        _("定为重大事件"),
        OPEN,
        "=",
        "ticket.escalate",
        form=s.Reason,
        tone="danger",
        icon="alert-triangle",
        offered_if=not_major,
    ),
    arrow("reassign", _("转派专员"), OPEN, "=", "ticket.reassign", form=s.Reassign, icon="arrows-exchange"),
    arrow("deputy", _("指定代理人"), OPEN, "=", "ticket.deputy", form=s.NameDeputy, icon="user"),
    arrow(
        "instruct",
        _("批示"),
        {"registered", "dispatched", "accepted"},
        "=",
        "ticket.instruct",
        form=s.Instruct,
        icon="writing-sign",
    ),
    arrow(
        "wait_third_party",
        _("等第三方"),
        {"in_progress"},
        "waiting_third_party",
        "order.wait",
        form=s.WaitThirdParty,
        stage="cannot_complete",
        icon="player-pause",
    ),
    arrow(
        "wait_customer",
        _("挂起等业主"),
        {"in_progress"},
        "waiting_customer",
        "order.wait",
        form=s.WaitCustomer,
        stage="cannot_complete",
        icon="player-pause",
    ),
    arrow(
        "close", _("关闭"), {"pending_call_back"}, "closed", "ticket.view", hidden=True, icon="circle-check"
    ),
    arrow(
        "reopen",
        _("不满意，重开"),
        {"pending_call_back", "closed"},
        "dispatched",
        "ticket.reopen",
        form=s.Reopen,
        stage="issued",
        tone="danger",
        icon="refresh",
    ),
)

REPAIR = Flow(
    name="repair",
    title=_("报修"),
    prefix="BX",
    icon="tool",
    tone="i",
    form=s.NewTicket,
    intake=Intake(nature="facility_damage", scheduled=True, visited=True, called_back="repair_percent"),
    stages=STAGES,
    steps={
        "dispatch": _("派单"), "accept": _("接单"), "start": _("到场"), "complete": _("完工"),
        "return_sheet": _("返单"),
    },
    states=STATES,
    transitions=(
        arrow("dispatch", _("派单"), {"registered"}, "dispatched", "ticket.dispatch", form=s.Dispatch,
              stage="issued",
              tone="primary", icon="send"),
        arrow("accept", _("接单"), {"dispatched"}, "accepted", "order.accept", stage="handed_over",
              tone="primary", icon="check"),
        arrow("decline", _("退单"), {"dispatched"}, "registered", "order.accept", form=s.Reason, stage="void",
              tone="danger", icon="arrow-back-up"),
        arrow("answer", _("电话解决"), {"registered"}, "pending_call_back", "ticket.answer", form=s.Answer,
              icon="message-2"),
        arrow("assign", _("派工"), {"accepted", *WORKING}, "accepted", "order.assign", form=s.Assign,
              stage="assigned", tone="primary", icon="user", offered_if=waits_for_work),
        arrow("take", _("抢单"), {"accepted"}, "accepted", "order.take", form=s.Take, stage="assigned",
              tone="primary", icon="check", offered_if=in_pool),
        arrow("rebook", _("改约"), {*TO_VISIT, *WAITING}, "=", "order.rebook", form=s.Rebook,
              icon="calendar-time", offered_if=waits_for_work),
        arrow("cannot_attend", _("无法上门"), {"accepted"}, "accepted", "order.assign", form=s.Reason,
              stage="cannot_attend",
              icon="alert-triangle"),
        arrow("start", _("到场"), {"accepted"}, "in_progress", "order.start", form=s.Arrive, stage="on_site",
              tone="primary", icon="map-pin", offered_if=is_assigned),
        arrow("quote", _("报价"),
              {"registered", "dispatched", "in_progress"}, "waiting_customer", "order.quote", form=s.Quote,
              stage="quoted", icon="receipt", offered_if=unquoted),
        arrow("accept_price", _("业主同意价格"), {"waiting_customer"}, "in_progress", "order.quote",
              form=s.AcceptPrice,
              stage="price_accepted", tone="primary", icon="check", offered_if=quoted),
        arrow("refuse_price", _("业主不同意价格"), {"waiting_customer"}, "cancelled", "order.quote",
              form=s.Cancel, stage="void", tone="danger", icon="x", offered_if=ends_without),
        arrow("drop_quote", _("业主不同意价格"), {"waiting_customer"}, "registered", "order.quote",
              form=s.Reason, tone="danger", icon="x", offered_if=goes_on_without),
        arrow("resume", _("继续施工"), WAITING, "in_progress", "order.wait", stage="on_site", tone="primary",
              icon="player-play", offered_if=waits_for_work),
        arrow("complete", _("完工"), {"in_progress"}, "done", "order.complete", form=s.Complete,
              stage="completed",
              tone="primary", icon="circle-check"),
        arrow("return_sheet", _("确认返单"), {"done"}, "pending_call_back", "order.return",
              form=s.ReturnSheet,
              stage="returned", tone="primary", icon="circle-check"),
        arrow("void_sheet", _("作废派工单"), {"dispatched", "accepted"}, "registered", "order.void",
              form=s.Reason,
              stage="void", tone="danger", icon="trash"),
        arrow("resize", _("更改维修等级"), {"accepted", *WORKING}, "=", "order.resize", form=s.Resize,
              icon="pencil",
              offered_if=is_sized),
        *SHARED,
    ),
    clocks=(
        clock("SLA-02", {"register"}, {"accept"}, pauses_in=WAITING, withdrawn_on=WITHDRAWN | {"answer"}),
        clock("SLA-03", {"register", "reopen"}, {"start"}, pauses_in=WAITING,
              withdrawn_on=WITHDRAWN | {"answer"}, runs_if=lambda row: bool(row["immediate"])),
        clock("SLA-04", {"register", "reopen", *REBOOKED}, {"start"}, restarts_on=REBOOKED,
              due_at="appointment_at", withdrawn_on=WITHDRAWN | {"answer"}, runs_if=awaits_visit),
        clock("SLA-05", {"accept"}, {"complete"}, restarts_on=frozenset({"butler_report"})),
        clock("SLA-07", SIZED, {"complete", "answer"}, pauses_in=WAITING,
              pauses_if=between_visits, begins_at="work_starts_at",
              runs_if=lambda row: row["size"] in {None, "minor"}),
        clock("SLA-08", SIZED, {"complete", "answer"}, pauses_in=WAITING,
              pauses_if=between_visits, begins_at="work_starts_at",
              runs_if=lambda row: row["size"] in {None, "medium"}),
        clock("SLA-09", SIZED, {"complete", "answer"}, pauses_in=WAITING,
              pauses_if=between_visits, begins_at="work_starts_at",
              restarts_on=frozenset({"progress", "butler_report"}),
              runs_if=lambda row: row["size"] == "major"),
        clock("SLA-10", {"dispatch", "reopen"}, {"return_sheet"},
              withdrawn_on=WITHDRAWN | {"void_sheet", "decline"},
              runs_if=lambda row: not row["paid"]),
        clock("SLA-11", {"complete"}, {"return_sheet"}, runs_if=is_paid),
        TOLD_TODAY,
        CALLED_BACK_TODAY,
        REDIRECTED,
    ),
)  # fmt: skip


UNSTAGED = tuple(msgspec.structs.replace(shared, stage=None) for shared in SHARED)
"""The same for kinds without a work order."""


def by_department(finished: str) -> tuple[Transition, ...]:
    """What a department does with what it is given; `finished` is its last word."""
    return (
        arrow("accept", _("接单"), {"dispatched"}, "accepted", "ticket.accept", tone="primary", icon="check"),
        arrow("decline", _("退单"), {"dispatched"}, "registered", "ticket.accept", form=s.Reason,
              tone="danger", icon="arrow-back-up"),
        arrow("start", _("开始处理"), {"accepted"}, "in_progress", "ticket.work", tone="primary",
              icon="player-play"),
        arrow("resume", _("继续处理"), WAITING, "in_progress", "order.wait", tone="primary",
              icon="player-play"),
        arrow("complete", finished, {"in_progress"}, "done", "ticket.work", form=s.Finish, tone="primary",
              icon="circle-check"),
    )  # fmt: skip


def plain(name: str, title: str, prefix: str, **more: Any) -> Flow:
    """A request without a work order: given to a department, worked, finished, called back (TK-04)."""
    return Flow(
        name=name,
        title=title,
        prefix=prefix,
        states=STATES,
        form=s.NewTicket,
        steps={
            "dispatch": _("派单"), "accept": _("接单"), "start": _("处理"), "complete": _("完成"),
            "return_sheet": _("转回访"),
        },
        transitions=(
            arrow("dispatch", _("派单"), {"registered"}, "dispatched", "ticket.dispatch", form=s.Dispatch,
                  tone="primary", icon="send"),
            *by_department(_("处理完成")),
            arrow("return_sheet", _("转回访"), {"done"}, "pending_call_back", "ticket.dispatch",
                  tone="primary", icon="phone-call"),
            arrow("answer", _("当场答复"), {"registered"},
                  "pending_call_back", "ticket.answer",
                  form=s.Answer, tone="primary", icon="message-2"),
            *UNSTAGED,
        ),
        clocks=(*more.pop("clocks"), TOLD_TODAY, REDIRECTED),
        **more,
    )  # fmt: skip


HELP = plain(
    "help",
    _("求助"),
    "QZ",
    intake=Intake(called_back="help_percent"),
    icon="urgent",
    tone="v",
    clocks=(clock("SLA-54", {"register"}, {"first_reply", "start", "answer"}),),
)
HOME_SERVICE = plain(
    "home_service",
    _("家政服务"),
    "JZ",
    intake=Intake(nature="environment_hygiene", visited=True, called_back="home_service_percent"),
    icon="bucket",
    tone="g",
    clocks=(
        clock("SLA-35", {"register"}, {"customer_told", "start", "complete", "answer"}),
        CALLED_BACK_TODAY,
    ),
)
