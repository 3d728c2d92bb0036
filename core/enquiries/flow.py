"""Enquiry and look-up as states, arrows and clocks (EQ-01 to EQ-05); `rules` checks them."""

from typing import Any

from core.enquiries import schemas as s
from core.kit.i18n import _
from core.plugin.contributions import Flow, Intake
from core.tickets import flow as tickets
from core.tickets import schemas as ticket_schemas
from core.tickets.flow import OPEN, STATES, arrow, by_department, clock

STAGES = {
    "promised": _("已约答复时间"),
    "needs_permission": _("待物业部负责人同意"),
    "permitted": _("已同意答复"),
    "transferred": _("已转部门"),
    "coordination_needed": _("待协调"),
    "coordinated": _("已协调"),
}
ASKED = {"registered", "dispatched", "accepted", "in_progress", "done"}


def on_topic(*topics: str) -> Any:
    return lambda row: row["form"].get("topic", "oral") in topics


def by_word(row: Any) -> bool:
    return not on_topic("written")(row)


def unpermitted(row: Any) -> bool:
    return on_topic("out_of_competence")(row) and not row["form"].get("permitted")


def to_coordinate(row: Any) -> bool:
    return row["stage"] == "coordination_needed"  # type: ignore[no-any-return]


GIVEN_AWAY = arrow(
    "dispatch", _("转部门"), {"registered"}, "dispatched", "ticket.dispatch", form=ticket_schemas.Dispatch,
    stage="transferred", icon="send",
)  # fmt: skip
STEPS = {"dispatch": _("转部门"), "accept": _("接单"), "complete": _("部门答复"), "answer": _("答复")}
ENQUIRY = Flow(
    name="enquiry",
    title=_("咨询"),
    prefix="ZX",
    icon="message-2",
    tone="w",
    form=ticket_schemas.NewTicket,
    intake=Intake(details=s.Details, at_once=True),
    stages=STAGES,
    steps=STEPS,
    states=STATES,
    transitions=(
        arrow("answer", _("答复"), ASKED, "closed", "ticket.answer", form=s.Answer, tone="primary",
              icon="message-2"),
        arrow("promise", _("约定答复时间"), ASKED, "=", "ticket.answer", form=s.Promise, stage="promised",
              icon="calendar-time"),
        arrow("permit", _("同意答复"), OPEN, "=", "answer.permit", area="enquiries",
              form=s.Permit, stage="permitted", tone="primary", icon="check", offered_if=unpermitted),
        arrow("coordinate", _("请服务中心经理协调"), ASKED, "=", "ticket.escalate", form=s.Coordinate,
              stage="coordination_needed", icon="arrow-up", offered_if=on_topic("specialist")),
        arrow("coordinated", _("协调完毕"), OPEN, "=", "case.coordinate", area="enquiries",
              form=s.Coordinated, stage="coordinated", tone="primary", icon="check",
              offered_if=to_coordinate),
        GIVEN_AWAY,
        *by_department(_("部门答复")),
        *tickets.UNSTAGED,
    ),
    clocks=(
        clock("SLA-18", {"register"}, {"answer", "promise", "first_reply"}, runs_if=by_word),
        clock("SLA-19", {"promise"}, {"answer"}, restarts_on=frozenset({"promise"}),
              due_at="appointment_at"),
        clock("SLA-24", {"register"}, {"answer"}, runs_if=on_topic("written")),
        tickets.TOLD_TODAY,
        tickets.REDIRECTED,
    ),
)  # fmt: skip
LOOKUP = Flow(
    name="lookup",
    title=_("查询"),
    prefix="CX",
    icon="search",
    tone="w",
    form=ticket_schemas.NewTicket,
    intake=Intake(at_once=True),
    stages=STAGES,
    steps=STEPS,
    states=STATES,
    transitions=(
        arrow("answer", _("告知结果"), ASKED, "closed", "ticket.answer", form=s.Found, tone="primary",
              icon="message-2"),
        GIVEN_AWAY,
        *by_department(_("部门查明")),
        *tickets.UNSTAGED,
    ),
    clocks=(
        clock("SLA-25", {"register"}, {"answer"}),
        tickets.TOLD_TODAY,
        tickets.REDIRECTED,
    ),
)  # fmt: skip
