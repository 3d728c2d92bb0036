"""What is late at this moment: the list, and in whose hands it is."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from admin_ui import pills
from admin_ui.pages.dash.asked import GROUPS, Asked
from core.kit import clock
from core.kit.access import can
from core.kit.i18n import _, gettext
from core.tickets.board_queries import MOST_LATE, Breach
from core.tickets.reminders import QUIET, REMIND

LISTED = 10


def shown(asked: Asked, breaches: Sequence[Breach]) -> dict[str, Any]:
    """`number` counts clocks; a ticket with two late clocks stands there twice."""
    estates = {one.id: one.name for one in asked.estates}
    return {
        "number": len(breaches),
        "number_text": gettext(_("{n} 个以上"), n=MOST_LATE) if len(breaches) >= MOST_LATE else len(breaches),
        "rows": [_row(one, estates.get(one.project_id, "")) for one in breaches[:LISTED]],
        "more": max(0, len(breaches) - LISTED),
        "groups": _groups(breaches, asked.by, estates),
        "by": [
            {"label": gettext(words), "href": f"{asked.query(by=name)}#late", "on": name == asked.by}
            for name, words in GROUPS.items()
            if name != "estate" or len(asked.estates) > 1
        ],
    }


def longest(breaches: Sequence[Breach]) -> timedelta:
    return clock.now() - breaches[0].due_at if breaches else timedelta()


def _row(one: Breach, estate: str) -> dict[str, Any]:
    label = pills.name_of(one.code)
    return {
        "id": f"{one.number}-{one.code}",
        "href": f"/tickets/{one.number}",
        "tone": "over",
        "breach": one,
        "estate": estate,
        "kind": pills.kind(one.kind),
        "remind": can(REMIND, one.project_id),
        "reminded": reminded(one.reminded_at),
        "clock": {"state": "over", "due": one.due_at, "label": label},
    }


def reminded(at: datetime | None) -> str:
    """`14:20` as long as nobody may press again, else empty."""
    return f"{clock.local(at):%H:%M}" if at is not None and clock.now() - at < QUIET else ""


def _groups(breaches: Sequence[Breach], by: str, estates: dict[Any, str]) -> list[dict[str, Any]]:
    """The largest first; each with its longest delay and, where there is one, its list's address."""
    found: dict[Any, list[Breach]] = defaultdict(list)
    for one in breaches:
        found[_key(one, by)].append(one)
    most = max((len(group) for group in found.values()), default=1)
    groups = [
        {
            "name": _name(group[0], by, estates),
            "href": _link(group[0], by),
            "number": len(group),
            "percent": round(100 * len(group) / most),
            "longest": longest(group),
        }
        for group in found.values()
    ]
    return sorted(groups, key=lambda group: (-group["number"], -group["longest"]))


def _key(one: Breach, by: str) -> object:
    return {"person": one.person, "department": one.department, "estate": one.project_id}[by]


def _name(one: Breach, by: str, estates: dict[Any, str]) -> str:
    if by == "person":
        return one.person_name or gettext(_("无人负责"))
    if by == "department":
        return one.department_name or gettext(_("未派部门"))
    return estates.get(one.project_id, "")


def _link(one: Breach, by: str) -> str:
    if by == "person":
        return ""
    value = one.department if by == "department" else one.project_id
    name = "department" if by == "department" else "project"
    return f"/tickets?overdue=1&{name}={value}" if value else ""
