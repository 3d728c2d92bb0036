"""The goods slip as states and arrows (PROCEDURES PD-01 and 3.Q). What they check is in `rules`."""

from typing import Any

from core.kit.i18n import _
from core.plugin.contributions import Flow, State, Transition
from plugins.property_desk import schemas as s

TABLE = "property_desk_goods_slip"
STATES = (
    State(name="draft", label=_("待办"), dot="todo"),
    State(name="consent_ok", label=_("已获同意"), dot="todo"),
    State(name="applicant_signed", label=_("待值班主任签"), dot="doing"),
    State(name="duty_signed", label=_("待主任盖章"), dot="doing"),
    State(name="stamped", label=_("待发出"), dot="return"),
    State(name="issued", label=_("待门岗核放"), dot="call"),
    State(name="mismatch", label=_("不符拦下"), dot="waiting"),
    State(name="used", label=_("已放行"), dot="return"),
    State(name="filed", label=_("已归档"), dot="done", final=True),
    State(name="expired", label=_("已过期"), dot="void", final=True),
    State(name="void", label=_("已作废"), dot="void", final=True),
)
SIGNED = frozenset({"applicant_signed", "duty_signed", "stamped", "issued"})
"""What a slip's day ends; drafts may be given another day."""
FINAL = frozenset(state.name for state in STATES if state.final)


def arrow(
    name: str, label: str, sources: set[str] | frozenset[str], target: str, may: str, **more: Any
) -> Transition:
    return Transition(
        name=name,
        label=label,
        sources=frozenset(sources),
        target=target,
        permission=f"property_desk.goods_slip.{may}",
        **more,
    )


def needs_consent(row: Any) -> bool:
    return bool(row["applicant"] != "owner")


def may_sign(row: Any) -> bool:
    return bool(row["applicant"] == "owner" or row["state"] == "consent_ok")


GOODS_SLIP = Flow(
    name="goods_slip",
    title=_("物品放行条"),
    prefix="FT",
    table=TABLE,
    form=s.NewGoodsSlip,
    icon="door-exit",
    states=STATES,
    transitions=(
        arrow("create", _("开放行条"), set(), "draft", "prepare", hidden=True, icon="plus"),
        arrow("record_consent", _("登记同意"), {"draft"}, "consent_ok", "prepare", form=s.Consent,
              tone="primary", icon="phone-call", offered_if=needs_consent),
        arrow("sign_applicant", _("办证人签字"), {"draft", "consent_ok"}, "applicant_signed", "prepare",
              form=s.ApplicantSigns, tone="primary", icon="signature", offered_if=may_sign),
        arrow("sign_duty", _("值班主任签字"), {"applicant_signed"}, "duty_signed", "sign", tone="primary",
              icon="writing-sign"),
        arrow("stamp", _("盖章"), {"duty_signed"}, "stamped", "stamp", tone="primary", icon="certificate"),
        arrow("issue", _("交给业主"), {"stamped"}, "issued", "issue", tone="primary", icon="send"),
        arrow("release", _("核放"), {"issued"}, "used", "release", form=s.Release, tone="primary",
              icon="door-exit"),
        arrow("mismatch", _("不符，拦下"), {"issued"}, "mismatch", "release", form=s.Mismatch, tone="danger",
              icon="ban"),
        arrow("redo", _("重新办理"), {"mismatch"}, "draft", "prepare", form=s.Amend, tone="primary",
              icon="refresh"),
        arrow("amend", _("修改"), {"draft"}, "=", "prepare", form=s.Amend, icon="pencil"),
        arrow("file", _("收回归档"), {"used"}, "filed", "issue", tone="primary", icon="archive"),
        arrow("expire", _("过期"), SIGNED, "expired", "view", hidden=True, icon="clock"),
        arrow("void", _("作废"), {"draft", "consent_ok", "mismatch", *SIGNED}, "void", "void", form=s.Reason,
              tone="danger", icon="trash"),
    ),
)  # fmt: skip
