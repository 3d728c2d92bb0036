"""How a slip looks: steps, timeline, facts and form fields as the templates' macros want them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from core.flows.schemas import TimelineEvent
from core.kit import clock
from core.kit.forms import Bound, label_of
from core.kit.i18n import _, gettext
from core.plugin.contributions import Transition
from core.staff.roles import label as role_label
from core.tickets.schemas import TakeTransition
from plugins.property_desk.flow import GOODS_SLIP
from plugins.property_desk.schemas import APPLICANTS, MEANS, GoodsItem, Slip, SlipRow, Step

DOTS = {
    "todo": "new",
    "doing": "go",
    "waiting": "wait",
    "return": "wait",
    "call": "call-back",
    "done": "ok",
    "void": "void",
}
WAITING = {
    "draft": _("等办证人签字，或先登记同意"),
    "consent_ok": _("等办证人签字"),
    "applicant_signed": _("等值班主任签字"),
    "duty_signed": _("等管理处主任盖章"),
    "stamped": _("等前台交给业主"),
    "issued": _("等门岗核放，当天有效"),
    "mismatch": _("门岗已拦下，等前台重新办理"),
    "used": _("已出门，等前台收回归档"),
    "filed": _("已归档"),
    "expired": _("当天没有用，已过期"),
    "void": _("已作废"),
}
TABS = (
    ("open", _("未完结"), ("open",)),
    ("sign", _("待签字盖章"), ("applicant_signed", "duty_signed")),
    ("gate", _("待核放"), ("issued",)),
    ("used", _("待收回"), ("used", "mismatch")),
    ("all", _("全部"), ()),
)
TONES = {"mismatch": "danger", "void": "danger", "expire": "warn", "release": "brand"}
FACES = {"owner": "user", "renter": "key", "renovation_lead": "hammer", "staff": "id-badge-2"}


class ArrowForm(Bound[TakeTransition]):
    """An arrow's form; `prefix` keeps the ids of several forms on one page apart."""

    def __init__(self, arrow: str, raw: Mapping[str, Any] | None = None) -> None:
        super().__init__(TakeTransition, raw)
        self.arrow, self.prefix = arrow, f"{arrow}-"

    def label(self, name: str) -> str:
        arrow = GOODS_SLIP.transition(self.arrow)
        return label_of(arrow.form, name.removeprefix("form.")) if arrow and arrow.form else ""


def status(slip: SlipRow) -> tuple[str, str]:
    state = GOODS_SLIP.state(slip.state)
    return DOTS[state.dot], gettext(state.label)


def goods(items: Iterable[GoodsItem]) -> str:
    """`旧三人沙发 1 张、浴缸 1 个`."""
    return "、".join(f"{item.name} {item.n} {item.measure}".rstrip() for item in items)


def where(slip: SlipRow) -> str:
    return slip.room or slip.place or gettext(_("管理处"))


def choices(words: Mapping[str, str], icons: Mapping[str, str] | None = None) -> list[dict[str, str]]:
    return [
        {"value": value, "label": gettext(label), "icon": (icons or {}).get(value, "")}
        for value, label in words.items()
    ]


def applicant(slip: SlipRow) -> str:
    return gettext(APPLICANTS[slip.applicant])


def means(name: str) -> str:
    return gettext(MEANS[name])


def steps(slip: Slip) -> list[dict[str, str]]:
    """The way of the paper with who and when; a slip that ended early has no step at hand."""
    way = _way(slip)
    ended = slip.state in {"expired", "void"}
    current = next((n for n, (_label, note) in enumerate(way) if not note), len(way))
    return [
        {
            "label": gettext(label),
            "note": note or (gettext(WAITING[slip.state]) if n == current and not ended else ""),
            "state": "done" if note else "now" if n == current and not ended else "todo",
        }
        for n, (label, note) in enumerate(way)
    ]


def _way(slip: Slip) -> list[tuple[str, str]]:
    consent: list[tuple[str, str]] = []
    if slip.applicant != "owner":
        said = f"{means(slip.consent.means)} {slip.consent.by}" if slip.consent else ""
        consent.append((_("同意"), said))
    return [
        (_("受理"), f"{_time(slip.created_at)} {slip.prepared_by_name}"),
        *consent,
        (_("办证人签字"), _time(slip.applicant_signed_at)),
        (_("值班主任"), _step(slip.duty_signed)),
        (_("主任盖章"), _step(slip.stamped)),
        (_("交给业主"), _step(slip.issued)),
        (_("门岗核放"), _step(slip.released)),
        (_("归档"), _time(slip.filed_at)),
    ]


def _time(at: datetime | None) -> str:
    return f"{clock.local(at):%m-%d %H:%M}" if at else ""


def _step(step: Step | None) -> str:
    return f"{_time(step.at)} {step.name}" if step else ""


def happened(events: list[TimelineEvent]) -> list[dict[str, Any]]:
    """The timeline, newest first."""
    return [
        {
            "id": str(event.id),
            "who": event.actor,
            "role": gettext(role_label(event.role)) if event.role else "",
            "what": event.label,
            "at": event.at,
            "icon": _icon(event.name),
            "tone": TONES.get(event.name, ""),
            "body": _said(event),
        }
        for event in reversed(events)
    ]


def _icon(name: str) -> str:
    arrow = GOODS_SLIP.transition(name)
    return arrow.icon if arrow else "notes"


def _said(event: TimelineEvent) -> str:
    form = event.form
    words = [event.note or "", form.get("reason", ""), form.get("difference", "")]
    if event.name == "record_consent":
        words += [means(form["means"]), form.get("by") or "", form.get("note", "")]
    if form.get("on_paper"):
        words.append(gettext(_("已在纸质放行条上签字")))
    if form.get("items"):
        words.append(goods(GoodsItem(one["name"], one["n"], one["measure"]) for one in form["items"]))
    return "；".join(word for word in words if word)


def split(arrows: list[Transition]) -> tuple[list[Transition], list[Transition]]:
    """What is done next, and what else may be done. The gate has a page of its own."""
    desk = [arrow for arrow in arrows if arrow.name not in {"release", "mismatch"}]
    return [a for a in desk if a.tone == "primary"], [a for a in desk if a.tone != "primary"]


def paged(path: str, asked: Mapping[str, str], cursor: str | None) -> dict[str, str]:
    """The addresses of a keyset pager; the way back is the browser's own."""
    if cursor is None:
        return {}
    return {"next": f"{path}?{urlencode({**asked, 'cursor': cursor})}"}
