"""Pages with every component and invented data: what the macro tests render and the browser tests look at."""

from itertools import count
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from admin_ui.rendering import STATIC, environment, own_loader
from core.kit import clock
from core.kit.i18n import language, load
from tests.admin_ui.forms import WRONG, Form
from tests.admin_ui.gallery_data import dash, desk, slip, ticket

__all__ = ["PAGES", "WRONG", "Form", "base", "made", "page"]

TEMPLATES = Path(__file__).parent / "gallery_templates"
PAGES = {
    "/desk": "desk.html",
    "/ticket": "ticket.html",
    "/dash": "dash.html",
    "/m/jobs": "job.html",
    "/print": "slip.html",
}


def made() -> Environment:
    load([STATIC.parent / "locale"])  # type: ignore[attr-defined]
    return environment([FileSystemLoader(TEMPLATES), own_loader()])


def base(path: str = "/desk", locale: str = "zh-Hans") -> dict[str, Any]:
    keys = count(1)

    def item(
        icon: str, label: str, href: str, *, badge: int = 0, tone: str = "", go: str = ""
    ) -> dict[str, Any]:
        return {
            "icon": icon,
            "label": label,
            "href": href,
            "badge": {
                "name": href.strip("/"),
                "number": str(badge or ""),
                "tone": tone,
                "words": f"{badge} 张",
            },
            "current": href == path,
            "go": go,
        }

    return {
        "tenant": {"slug": "yunqi", "name": "云栖物业", "initial": "云"},
        "person": {"id": "1", "name": "李婷", "initials": "李", "title": "前台早班"},
        "project": {"id": "p1", "name": "翠湖天地 · 一期"},
        "projects": [{"id": "p1", "name": "翠湖天地 · 一期"}, {"id": "p2", "name": "翠湖天地 · 二期"}],
        "nav": [
            {
                "label": "",
                "items": [
                    item("headset", "前台工作台", "/desk", badge=11, tone="danger", go="d"),
                    item("clipboard-list", "工单", "/ticket", badge=57, go="t"),
                    item("phone-call", "回访", "/callbacks", badge=6, go="c"),
                    item("users", "住户", "/households", go="h"),
                ],
            },
            {
                "label": "业务",
                "items": [
                    item("door-exit", "放行与证件", "/passes", badge=2),
                    item("bucket", "家政与绿化", "/hk", badge=4),
                    item("hammer", "装修管控", "/reno", badge=3),
                    item("heart-handshake", "长者关怀", "/elder", badge=1),
                    item("receipt", "收费与押金", "/fees"),
                    item("contract", "认购与签约", "/sales"),
                ],
            },
            {
                "label": "班务",
                "items": [
                    item("transfer-in", "交接班", "/handover", badge=1),
                    item("calendar-event", "排班", "/roster"),
                    item("urgent", "应急", "/em"),
                    item("chart-bar", "看板", "/dash"),
                ],
            },
        ],
        "tabs": [
            item("headset", "工作台", "/desk", badge=11),
            item("clipboard-list", "工单", "/ticket"),
            item("phone-call", "回访", "/callbacks", badge=6),
            item("users", "住户", "/households"),
            item("menu-2", "更多", "#more"),
        ],
        "commands": [
            {"label": "登记报修", "href": "/desk#desc", "icon": "plus", "hotkey": "n"},
            {"label": "开始回访", "href": "/callbacks/next", "icon": "phone-call", "hotkey": "r"},
            {"label": "开物品放行条", "href": "/passes/goods/new", "icon": "door-exit", "hotkey": "f"},
        ],
        "csrf_token": "token",
        "idempotency_key": lambda: f"key-{next(keys)}",
        "locale": locale,
        "request_id": "01jd9",
        "now": clock.now(),
        "path": path,
        "unread": 3,
        "flashes": [],
    }


def page(path: str, *, locale: str = "zh-Hans", environment_: Environment | None = None, **extra: Any) -> str:
    """One gallery page as HTML; `extra` overrides its context."""
    language.set(locale)
    now = clock.now()
    context = (
        base(path, locale)
        | desk(now)
        | {"/ticket": ticket, "/dash": dash, "/print": slip}.get(path, desk)(now)
        | extra
    )
    return (environment_ or made()).get_template(PAGES[path]).render(context)
