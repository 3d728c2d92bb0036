"""What desktop pages share: the shell's figures, fragments for htmx, addresses, choices."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response

from core.kit.i18n import gettext
from core.kit.web import render
from core.plugin.contributions import Flow, Intake
from core.plugin.host import view


def in_part(request: Request[Any, Any, Any]) -> str:
    """The fragment htmx asks for; empty where the whole page is wanted."""
    asked: str = request.query_params.get("part", "")
    return asked if "hx-request" in request.headers else ""


async def page(
    template: str, *, status: int = 200, headers: dict[str, str] | None = None, **values: Any
) -> Response[str]:
    """A whole page."""
    return render(template, status=status, headers=headers, **values)


def toast(text: str) -> dict[str, str]:
    """The header that shows a line for some seconds; escaped, for headers carry no Chinese."""
    return {"HX-Trigger": json.dumps({"gj:toast": {"text": text}})}


def address(path: str, values: Mapping[str, Any]) -> str:
    """The path with what is not empty of these as its query."""
    kept = {name: value for name, value in values.items() if value not in {None, "", False}}
    return f"{path}?{urlencode(kept)}" if kept else path


def address_of(path: str, query: Sequence[tuple[str, str]]) -> str:
    """The path with these as its query, a name as often as it stands there."""
    return f"{path}?{urlencode(query)}"


def options(words: Mapping[str, str]) -> list[dict[str, str]]:
    """Choices for `choice`, their words translated."""
    return [{"value": value, "label": gettext(label)} for value, label in words.items()]


def ticket_kinds() -> list[Flow]:
    """The kinds of request this company takes."""
    return [flow for flow in view().flows.values() if flow.intake is not None]


def intake_of(kind: str) -> Intake:
    """How such requests are taken in; the plainest way for a kind that this company does not take."""
    flow = view().flows.get(kind)
    return (flow.intake if flow else None) or Intake()


def one_of(value: str | None, known: Iterable[str], otherwise: str) -> str:
    return value if value in set(known) else otherwise
