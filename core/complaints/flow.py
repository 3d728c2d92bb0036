"""The complaint as states, arrows and clocks (CP-01 to CP-06, PROCEDURES 3.Q); `rules` checks them."""

from functools import partial
from typing import Any

import msgspec

from core.complaints import schemas as s
from core.kit.i18n import _
from core.plugin.contributions import Flow, Intake
from core.tickets import flow as tickets
from core.tickets import schemas as ticket_schemas
from core.tickets.flow import OPEN, STATES, WAITING, arrow, clock

STAGES = {
    "informed": _("已告知部门"),
    "instructed": _("主任已批示"),
    "department_contact": _("部门已联系业主"),
    "director_coordination": _("主任协调"),
    "remedied": _("已补救"),
    "replied": _("已答复"),
}
SHARED_STAGES = {"instruct": "instructed", "reopen": "informed"}
FIRST_REPLIES = {"first_reply", "reply", "answer"}
REPLIES = {"reply", "answer"}


def graded(severity: str) -> Any:
    return lambda row: row["form"].get("severity", "general") == severity


def within_72_hours(row: Any) -> bool:
    return bool(row["form"].get("answer_in_72_hours"))


def of_service(row: Any) -> bool:
    return row["nature"] == "service_quality"  # type: ignore[no-any-return]


def forwarded(row: Any) -> bool:
    return row["channel"] == "government_forward"  # type: ignore[no-any-return]


def unsigned(row: Any) -> bool:
    return row["butler"] is not None and not row["form"].get("butler_signed")


def owes_feedback(row: Any) -> bool:
    return forwarded(row) and not row["form"].get("fed_back")


def followed_by_butler(row: Any) -> bool:
    return row["butler"] is not None


own = partial(arrow, area="complaints")
COMPLAINT = Flow(
    name="complaint",
    title=_("投诉"),
    prefix="TS",
    icon="alert-triangle",
    tone="d",
    form=ticket_schemas.NewTicket,
    intake=Intake(details=s.Details, anonymous=True, called_back="complaint_percent"),
    stages=STAGES,
    steps={
        "dispatch": _("告知部门"), "contact": _("联系业主"), "complete": _("补救"), "reply": _("答复"),
    },
    states=STATES,
    transitions=(
        own("answer", _("当场答复"), {"registered"}, "pending_call_back", "complaint.reply", form=s.Reply,
            stage="replied", icon="message-2"),
        arrow("dispatch", _("告知部门"), {"registered"}, "dispatched", "ticket.dispatch", form=s.Inform,
              stage="informed", tone="primary", icon="send"),
        arrow("decline", _("退回前台"), {"dispatched"}, "registered", "ticket.accept",
              form=ticket_schemas.Reason, tone="danger", icon="arrow-back-up"),
        own("contact", _("部门联系业主"), {"dispatched", "in_progress"}, "in_progress",
            "complaint.contact", form=s.Contact, stage="department_contact", tone="primary",
            icon="phone-call"),
        own("coordinate", _("请主任协调"), {"dispatched", "in_progress"}, "in_progress",
            "complaint.contact", form=s.Coordinate, stage="director_coordination", icon="arrow-up"),
        arrow("resume", _("继续处理"), WAITING, "in_progress", "order.wait", tone="primary",
              icon="player-play"),
        own("complete", _("已补救"), {"in_progress"}, "done", "complaint.contact", form=s.Remedy,
            stage="remedied", tone="primary", icon="circle-check"),
        own("reply", _("答复业主"), {"done"}, "pending_call_back", "complaint.reply", form=s.Reply,
            stage="replied", tone="primary", icon="message-2"),
        own("butler_sign", _("管家签字"), {"done", "pending_call_back"}, "=", "complaint.sign",
            form=s.ButlerSign, icon="writing-sign", offered_if=unsigned),
        own("feed_back", _("反馈转办单位"), OPEN, "=", "complaint.feed_back", form=s.FeedBack, icon="send",
            offered_if=owes_feedback),
        own("regrade", _("更改投诉等级"), OPEN, "=", "complaint.regrade", form=s.Regrade, icon="pencil"),
        *(msgspec.structs.replace(a, stage=SHARED_STAGES.get(a.name)) for a in tickets.SHARED),
    ),
    clocks=(
        clock("SLA-06", {"dispatch", "reopen"}, {"complete", "reply"},
              restarts_on=frozenset({"butler_report"}), runs_if=followed_by_butler),
        clock("SLA-13a", {"register"}, FIRST_REPLIES),
        clock("SLA-13b", {"register"}, FIRST_REPLIES | {"butler_report"}),
        clock("SLA-13c", {"register"}, FIRST_REPLIES),
        clock("SLA-13d", {"register"}, FIRST_REPLIES, runs_if=within_72_hours),
        *(clock(code, {"register", "regrade", "reopen"}, REPLIES, begins_at="received_at",
                runs_if=graded(severity))
          for code, severity in (("SLA-14a", "simple"), ("SLA-14b", "general"), ("SLA-14c", "complex"))),
        clock("SLA-15", {"overdue"}, {"customer_told", *FIRST_REPLIES}),
        clock("SLA-16", {"dispatch"}, {"contact"}),
        clock("SLA-17", {"register"}, REPLIES, runs_if=of_service),
        clock("SLA-20", {"register"}, {"customer_told", "reply", "answer"}),
        tickets.REDIRECTED,
        clock("SLA-52", REPLIES, {"call_back"}, withdrawn_on=tickets.WITHDRAWN | {"reopen", "close"},
              runs_if=lambda row: bool(row["call_back_owed"])),
        clock("SLA-55", {"register"}, {"feed_back"}, due_at="promised_reply", runs_if=forwarded),
    ),
)  # fmt: skip
