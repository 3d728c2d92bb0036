"""Sending forms as a browser does, with htmx or without scripts."""

import re
from typing import Any

import httpx

from tests.factories import Browser, Company

HTMX = {"HX-Request": "true"}


async def send(who: Browser, path: str, *, htmx: bool = True, **form: Any) -> httpx.Response:
    """Post a form with its token; `htmx=False` as without scripts."""
    return await who.http.post(path, data={"_csrf_token": who.token, **form}, headers=HTMX if htmx else {})


def call(company: Company, **more: Any) -> dict[str, Any]:
    """What the desk sends for a repair that nothing refuses."""
    room = next(iter(company.households.values()))
    return {
        "kind": "repair",
        "project_id": str(company.project),
        "household_id": str(room),
        "content": "厨房水管爆了，水漫到客厅",
        "item": "water_leak",
        "urgency": "now",
        "visit": "now",
        "dispatch_to": "engineering",
        **more,
    }


def refusals(html: str) -> list[str]:
    """The sentences of the error summary."""
    summary = re.search(r'class="errsum".*?</ul>', html, re.DOTALL)
    return re.findall(r"<li>(?:<a [^>]*>)?([^<]+)", summary.group()) if summary else []


def attribute(html: str, field: str, name: str = "value") -> str:
    """An attribute of the input with that name."""
    tag = re.search(rf'<input[^>]*name="{re.escape(field)}"[^>]*>', html)
    assert tag is not None, field
    found = re.search(rf'\b{name}="([^"]*)"', tag.group())
    return found.group(1) if found else ""
