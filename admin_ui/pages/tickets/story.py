"""The timeline in words: who did what, and what was said with it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from admin_ui.formats import moment, money, number
from admin_ui.pages.tickets.fields import Field, fields_of
from core.callbacks.schemas import METHODS, RESULTS, SATISFACTIONS
from core.files.schemas import File
from core.flows.schemas import TimelineEvent
from core.kit.i18n import _, gettext
from core.plugin.contributions import Flow
from core.staff.roles import ROLES
from core.tickets.schemas import CHANNELS, NOTE_TYPES

PEOPLE = frozenset({"person", "engineer"})
HIDDEN = frozenset({"signature", "checks"})
WORDS = {"register": _("登记诉求"), "call_back": _("回访未接通"), "close": _("关闭")}
LOOKS = {
    "register": ("phone", "info"),
    "butler_report": ("message-2", "violet"),
    "first_reply": ("message-2", "info"),
    "progress": ("notes", ""),
    "customer_contact": ("phone-call", "violet"),
    "remark": ("notes", ""),
    "call_back": ("phone-off", "violet"),
    "close": ("circle-check", "brand"),
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


def people_in(events: Iterable[TimelineEvent], flow: Flow | None) -> set[UUID]:
    """Whose names the story needs."""
    found: set[UUID] = set()
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
        facts=[*_facts(event, flow, names, departments), *_call_back(event)],
        files=[files[identity] for identity in event.attachments if identity in files],
        signed=bool(event.form.get("signature")),
    )


def _what(event: TimelineEvent) -> str:
    if event.kind == "note" and event.name in NOTE_TYPES:
        return gettext(NOTE_TYPES[event.name])
    if event.name == "register":
        return gettext(_("{channel}登记"), channel=gettext(CHANNELS.get(event.channel, _("页面"))))
    return gettext(WORDS[event.name]) if event.name in WORDS else event.label


def _look(event: TimelineEvent, flow: Flow | None) -> tuple[str, str]:
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
    if event.form.get("work_order"):
        facts.append((gettext(_("派工单")), str(event.form["work_order"])))
    return facts


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
    """A line of material: name, how many, what it cost."""
    return (
        f"{item.get('name', '')} × {number(_decimal(item.get('quantity', 1)))} {money(item.get('amount', 0))}"
    )


def _decimal(value: Any) -> float:
    return float(value)


def _call_back(event: TimelineEvent) -> list[tuple[str, str]]:
    if event.name not in {"close", "call_back"}:
        return []
    return [
        (gettext(label), gettext(words.get(str(event.form[name]), str(event.form[name]))))
        for name, label, words in CALL_BACK
        if event.form.get(name)
    ]
