"""What every page stands in: the base context of templates, static files, and the catalogues of words."""

import gzip
import mimetypes
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from functools import cache
from importlib import import_module
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any
from uuid import UUID

from jinja2 import Environment
from litestar import Request, Response, get
from litestar.params import FromPath

from admin_ui import badges, rendering
from auth import granting
from core.builtin.standing import Standing, standing
from core.documents import pdf
from core.kit import clock, csrf, web
from core.kit.access import can
from core.kit.context import Context, current, maybe_current
from core.kit.errors import NotFound
from core.kit.i18n import _, gettext
from core.kit.ids import new_id
from core.kit.web import AS_IT_IS, public
from core.plugin.contributions import NavItem
from core.plugin.host import Catalogue, view

MOST_TABS = 5
YEAR = "public, max-age=31536000, immutable"
WORTH = 0.9
_standing: ContextVar[tuple[UUID, Standing] | None] = ContextVar("standing", default=None)


async def prepare(request: Request[Any, Any, Any]) -> None:
    """Before a page is made: read what stands on its frame, for templates run no queries."""
    context = maybe_current()
    if (
        context is None
        or context.actor is None
        or context.channel != "page"
        or "hx-request" in request.headers
        or "bare" in request.route_handler.opt
    ):
        return
    _standing.set((context.actor.id, await standing()))


def install(catalogue: Catalogue) -> Environment:
    """Make the template environment of all plugins and register it as the renderer."""
    packages = [catalogue.package_of(name) for name, m in catalogue.manifests.items() if m.templates]
    made = rendering.environment([rendering.own_loader(), *(rendering.own_loader(p) for p in packages)])

    def render(template: str, values: Mapping[str, Any]) -> str:
        return made.get_template(template).render({**base_context(), **values})

    web.use_renderer(render)
    pdf.use_files(lambda name: rendering.STATIC.joinpath(name).read_bytes())
    return made


def locale_folders(catalogue: Catalogue) -> list[Traversable]:
    """`locale/` of our own pages and of each plugin."""
    packages = ["admin_ui", *(catalogue.package_of(name) for name in catalogue.manifests)]
    return [files(import_module(package)) / "locale" for package in dict.fromkeys(packages)]


def base_context() -> dict[str, Any]:
    """What base.html needs. Without a company (an unknown host) only the words and the product's own name."""
    context = maybe_current()
    shared = {
        "now": clock.now(),
        "idempotency_key": lambda: str(new_id()),
        "locale": context.locale if context else "zh-Hans",
        "request_id": context.request_id if context else "",
        "can": can if context else (lambda *_: False),
        "right": granting.wanted if context else (lambda *_: None),
    }
    if context is None:
        return {**shared, **_nobody()}
    return {**shared, **_somebody(context)}


def _nobody() -> dict[str, Any]:
    empty: dict[str, Any] = {"projects": [], "nav": [], "tabs": []}
    tenant = {"slug": "", "name": gettext("管家"), "initial": "管", "logo": None}
    return {**empty, "tenant": tenant, "person": None, "project": None, "csrf_token": "", "path": "/"}


def _somebody(context: Context) -> dict[str, Any]:
    actor = context.actor
    person = None
    if actor is not None:
        person = {"id": str(actor.id), "name": actor.name, "initials": actor.name[:1], "title": ""}
    read = _standing.get()
    now = read[1] if actor and read and read[0] == actor.id else None
    return {
        "unread": now.unread if now else 0,
        "tenant": {
            "slug": context.tenant.slug,
            "name": context.tenant.name,
            "initial": context.tenant.name[:1],
            "logo": None,
            "brand_css": f"/brand/{context.tenant.color[1:]}.css" if context.tenant.color else None,
        },
        "person": person,
        **_estates(context, now),
        "nav": menu(view().navigation, phone=False, now=now) if actor else [],
        "tabs": menu(view().navigation, phone=True, now=now) if actor else [],
        "commands": _commands() if actor else [],
        "csrf_token": csrf.token(context.csrf_subject) if context.csrf_subject else "",
        "path": context.path,
    }


def _estates(context: Context, now: Standing | None) -> dict[str, Any]:
    """What the switcher offers to somebody with several estates, and the one chosen."""
    known = now.estates if now and len(now.estates) > 1 else []
    return {"projects": known, "project": next((one for one in known if one.id == context.project), None)}


def menu(items: Iterable[NavItem], *, phone: bool, now: Standing | None = None) -> list[dict[str, Any]]:
    """The entries this person may use, in their groups; one without a permission is everybody's."""
    groups: dict[str, list[dict[str, Any]]] = {}
    seen: set[str] = set()
    for item in items:
        if item.path in seen:
            continue
        if item.phone == phone and (not item.permission or can(item.permission)):
            seen.add(item.path)
            groups.setdefault(item.group, []).append(
                {
                    "label": gettext(item.label),
                    "href": item.path,
                    "icon": item.icon,
                    "go": item.go,
                    "badge": badges.OF[item.path](now) if now and item.path in badges.OF else None,
                    "count": item.count,
                    "current": current().path.startswith(item.path),
                }
            )
    entries: list[dict[str, Any]] = [
        {"label": gettext(label) if label else "", "items": inside} for label, inside in groups.items()
    ]
    return _tabs([item for group in entries for item in group["items"]]) if phone else entries


def _commands() -> list[dict[str, str]]:
    return [
        {
            "label": gettext(command.label),
            "href": command.path,
            "icon": command.icon,
            "hotkey": command.hotkey,
        }
        for command in view().commands
        if can(command.permission)
    ]


def _tabs(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Five at the most: where there are more, the fifth opens the whole menu."""
    if len(items) <= MOST_TABS:
        return items
    more = {"label": gettext(_("更多")), "href": "#more", "icon": "menu-2", "badge": None, "current": False}
    return [*items[: MOST_TABS - 1], more]


class StaticFile:
    """Packed once, where that makes it smaller."""

    def __init__(self, name: str, content: bytes) -> None:
        self.media = mimetypes.guess_type(name)[0] or "application/octet-stream"
        packed = gzip.compress(content, 9, mtime=0)
        self.plain, self.packed = content, packed if len(packed) < len(content) * WORTH else None

    def answer(self, encodings: str) -> Response[bytes]:
        headers = {"Cache-Control": YEAR, "Vary": "Accept-Encoding"}
        if self.packed is None or "gzip" not in encodings:
            return Response(self.plain, media_type=self.media, headers=headers)
        return Response(self.packed, media_type=self.media, headers={**headers, "Content-Encoding": "gzip"})


@cache
def _static_files() -> dict[str, Traversable]:
    return dict(rendering.static_files())


@cache
def _static_file(name: str) -> StaticFile:
    return StaticFile(name, _static_files()[name].read_bytes())


@get("/static/{name:path}", opt={"bare": True, AS_IT_IS: True}, guards=[public], include_in_schema=False)
async def static(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    if name.lstrip("/") not in _static_files():
        raise NotFound
    return _static_file(name.lstrip("/")).answer(request.headers.get("accept-encoding", ""))


STATIC_ROUTES = [static]
