"""The timeline in words: who did what, and what was said with it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from admin_ui.formats import day, moment, money, number
from admin_ui.pages.tickets.fields import Field, fields_of
from core.callbacks.schemas import METHODS, RESULTS, SATISFACTIONS
from core.carryover.actions import NOTED
from core.files.schemas import File
from core.flows.schemas import TimelineEvent
from core.kit.i18n import _, gettext
from core.plugin.contributions import Flow
from core.staff.roles import ROLES
from core.tickets.schemas import CHANNELS, NOTE_TYPES
from core.tickets.words import AGREED_HOW

PEOPLE = frozenset({"person", "engineer"})
HIDDEN = frozenset({"signature", "checks"})
WORDS = {"register": _("登记诉求"), "close": _("关闭")}
REACHED, MISSED = _("回访"), _("回访未接通")
LOOKS = {
    "register": ("phone", "info"),
    "butler_report": ("message-2", "violet"),
    "first_reply": ("message-2", "info"),
    "progress": ("notes", ""),
    "customer_contact": ("phone-call", "violet"),
    "remark": ("notes", ""),
    "reminder": ("bell", "danger"),
    "close": ("circle-check", "brand"),
    NOTED: ("writing-sign", "warn"),
    "major_told": ("alert-triangle", "danger"),
    "priority_raised": ("arrow-up", "danger"),
    "result_followed": ("arrows-join", "brand"),
}
TONES = {"primary": "brand", "danger": "danger"}
CALL_BACK = (
    ("method", _("方式"), METHODS),
    ("result", _("结果"), RESULTS),
    ("satisfaction", _("满意度"), SATISFACTIONS),
)


class Line(msgspec.Struct, kw_only=True):
    """One line for the macro `timeline`, its body still in parts."""

    id: str
    who: str
    role: str
    what: str
    at: datetime
    icon: str
    tone: str
    note: str
    facts: list[tuple[str, str]]
    files: list[File]
    signed: bool


def people_in(row: Mapping[str, Any], events: Iterable[TimelineEvent], flow: Flow | None) -> set[UUID]:
    """Whose names the story and the details need."""
    found: set[UUID] = set()
    if flow is not None and flow.intake is not None:
        asked = [field.name for field in fields_of(flow.intake.details) if field.kind in PEOPLE]
        found |= {UUID(str(row["form"][name])) for name in asked if row["form"].get(name)}
    for event in events:
        for field in _fields(event, flow):
            if field.kind in PEOPLE and event.form.get(field.name):
                found.add(UUID(str(event.form[field.name])))
    return found


def story(
    events: Sequence[TimelineEvent],
    flow: Flow | None,
    *,
    names: Mapping[UUID, str],
    departments: Mapping[str, str],
    files: Mapping[UUID, File],
) -> list[Line]:
    """Newest first."""
    return [_line(event, flow, names, departments, files) for event in reversed(events)]


def _line(
    event: TimelineEvent,
    flow: Flow | None,
    names: Mapping[UUID, str],
    departments: Mapping[str, str],
    files: Mapping[UUID, File],
) -> Line:
    icon, tone = _look(event, flow)
    return Line(
        id=str(event.id),
        who=gettext(event.actor),
        role=gettext(ROLES[event.role].label) if event.role in ROLES else "",
        what=_what(event),
        at=event.at,
        icon=icon,
        tone=tone,
        note="\n".join([*([event.note] if event.note else []), *_texts(event, flow)]),
        facts=[*_facts(event, flow, names, departments), *_call_back(event), *_carried(event)],
        files=[files[identity] for identity in event.attachments if identity in files],
        signed=bool(event.form.get("signature")),
    )


def _what(event: TimelineEvent) -> str:
    if event.kind == "note" and event.name in NOTE_TYPES:
        return gettext(NOTE_TYPES[event.name])
    if event.name == "register":
        return gettext(_("{channel}登记"), channel=gettext(CHANNELS.get(event.channel, _("页面"))))
    if event.name == "call_back":
        return gettext(REACHED if _reached(event) else MISSED)
    return gettext(WORDS[event.name]) if event.name in WORDS else event.label


def _reached(event: TimelineEvent) -> bool:
    return event.form.get("result") == "reached"


def _look(event: TimelineEvent, flow: Flow | None) -> tuple[str, str]:
    if event.name == "call_back":
        return ("phone-call" if _reached(event) else "phone-off"), "violet"
    if event.name in LOOKS:
        return LOOKS[event.name]
    arrow = flow.transition(event.name) if flow else None
    return (arrow.icon, TONES.get(arrow.tone, "")) if arrow else ("circle", "")


def _fields(event: TimelineEvent, flow: Flow | None) -> list[Field]:
    arrow = flow.transition(event.name) if flow and event.kind == "move" else None
    return fields_of(arrow.form) if arrow else []


def _facts(
    event: TimelineEvent, flow: Flow | None, names: Mapping[UUID, str], departments: Mapping[str, str]
) -> list[tuple[str, str]]:
    facts = []
    for field in _fields(event, flow):
        value = event.form.get(field.name)
        if field.kind == "long" or (field.kind == "check" and field.default):
            continue
        if value in {None, "", False} if not isinstance(value, list) else not value:
            continue
        text = _said(field, value, names, departments)
        if text:
            facts.append((field.label, text))
    facts += _told(event)
    if event.form.get("work_order"):
        facts.append((gettext(_("派工单")), str(event.form["work_order"])))
    if event.form.get("follow_up_ticket"):
        facts.append((gettext(_("后续工单")), str(event.form["follow_up_ticket"])))
    return facts


def _told(event: TimelineEvent) -> list[tuple[str, str]]:
    """Whom it reached, and what was quoted and agreed at registration."""
    said = event.form
    facts = []
    if said.get("told"):
        facts.append((gettext(_("已通知")), "、".join(said["told"])))
    if event.name == "progress" and said.get("customer_told"):
        facts.append((gettext(_("已告知业主")), gettext(_("是"))))
    if event.name == "register" and said.get("price"):
        facts.append((gettext(_("报价")), f"{said.get('price_item', '')} {money(said['price'])}".strip()))
        if said.get("price_accepted_by"):
            how = gettext(AGREED_HOW.get(said["price_accepted_how"], ""))
            facts.append((gettext(_("同意人")), f"{said['price_accepted_by']} · {how}"))
    return facts


def details(
    row: Mapping[str, Any], flow: Flow | None, names: Mapping[UUID, str], departments: Mapping[str, str]
) -> list[tuple[str, str]]:
    """What the kind asked besides, in words; what was answered with no is left out."""
    asked = fields_of(flow.intake.details) if flow is not None and flow.intake is not None else []
    said = [(field, row["form"].get(field.name)) for field in asked]
    return [
        (field.label, _said(field, value, names, departments))
        for field, value in said
        if value not in {None, "", False}
    ]


def _texts(event: TimelineEvent, flow: Flow | None) -> list[str]:
    """What was written, without its heading: the arrow's own word says what it is."""
    long = [field for field in _fields(event, flow) if field.kind == "long"]
    return [str(event.form[field.name]) for field in long if event.form.get(field.name)]


def _said(field: Field, value: Any, names: Mapping[UUID, str], departments: Mapping[str, str]) -> str:
    if field.kind in HIDDEN:
        return gettext(_("{n} 项"), n=len(value)) if isinstance(value, list) else ""
    if field.kind in PEOPLE:
        return names.get(UUID(str(value)), "")
    if field.kind == "department":
        return departments.get(str(value), str(value))
    if field.kind == "rows":
        return "；".join(_row(item) for item in value)
    return _plain(field, value)


def _plain(field: Field, value: Any) -> str:
    if field.labels:
        return gettext(field.labels.get(str(value), str(value)))
    match field.kind:
        case "money":
            return money(value)
        case "moment":
            return moment(datetime.fromisoformat(str(value)))
        case "check":
            return gettext(_("是"))
    return str(value)


def _row(item: Mapping[str, Any]) -> str:
    """A line of material: name, how many, and what it cost where it was charged for."""
    amount = item.get("amount", 0)
    cost = f" {money(amount)}" if _decimal(amount) else ""
    return f"{item.get('name', '')} × {number(_decimal(item.get('quantity', 1)))}{cost}"


def _decimal(value: Any) -> float:
    return float(value)


def _carried(event: TimelineEvent) -> list[tuple[str, str]]:
    """What the closing list says comes next (TK-06)."""
    if event.name != NOTED:
        return []
    said = {
        _("下一步"): event.form.get("next_step"),
        _("跟进日期"): day(date.fromisoformat(event.form["next_on"])),
        _("更正的原因"): event.form.get("correction"),
    }
    return [(gettext(label), str(text)) for label, text in said.items() if text]


def _call_back(event: TimelineEvent) -> list[tuple[str, str]]:
    if event.name not in {"close", "call_back"}:
        return []
    return [
        (gettext(label), gettext(words.get(str(event.form[name]), str(event.form[name]))))
        for name, label, words in CALL_BACK
        if event.form.get(name)
    ]
