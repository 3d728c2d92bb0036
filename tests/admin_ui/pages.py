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
    """The sentences of the error summary. Each that leads to a field must name it as its label does."""
    summary = re.search(r'class="errsum".*?</ul>', html, re.DOTALL)
    said = re.findall(r'<li>(?:<a href="#([^"]*)">)?([^<]+)', summary.group()) if summary else []
    return [_sentence(html, field, words) for field, words in said]


def _sentence(html: str, field: str, words: str) -> str:
    if not field:
        return words
    label = label_of(html, field)
    assert label.casefold() in words.casefold(), (label, words)
    return re.sub(rf"^{re.escape(label)}[^:：]*(：|: )", "", words)


def label_of(html: str, field: str) -> str:
    """What stands above the field with that id, or beside a box."""
    place = re.search(rf'<[^>]*\bid="{re.escape(field)}"[^>]*>', html)
    assert place is not None, f"no field {field} to go to"
    own = re.search(r'aria-label="([^"]+)"', place.group())
    if own:
        return own[1]
    plain = r"(?:<span>)?([^<]+)"
    patterns = (
        rf'<label for="{re.escape(field)}">{plain}',
        rf'<span class="lbl" id="{re.escape(field)}-l">{plain}',
    )
    for pattern in patterns:
        found = re.search(pattern, html)
        if found:
            return found[1].strip()
    if (
        'type="checkbox"' in place.group()
        and "<fieldset" not in html[: place.start()].rsplit("</fieldset>", 1)[-1]
    ):
        beside = re.search(plain, html[place.end() :])
    else:
        beside = re.match(plain, html[: place.start()].rpartition("<legend")[2].partition(">")[2])
    assert beside is not None, field
    return beside[1].strip()


def attribute(html: str, field: str, name: str = "value") -> str:
    """An attribute of the input with that name."""
    tag = re.search(rf'<input[^>]*name="{re.escape(field)}"[^>]*>', html)
    assert tag is not None, field
    found = re.search(rf'\b{name}="([^"]*)"', tag.group())
    return found.group(1) if found else ""
