"""What pages and the API share: guards, reading a body, rendering, and the two faces of a refusal."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, TypeVar
from urllib.parse import quote, urlsplit

import asyncpg
import msgspec
from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException, ValidationException
from litestar.handlers import BaseRouteHandler
from litestar.response import Redirect

from core.kit import denials, errors, forms, parameters
from core.kit.access import can
from core.kit.context import current, maybe_current
from core.kit.errors import (
    UNSEEN,
    DomainError,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    PasswordChangeRequired,
    Unauthorized,
    Unavailable,
)
from core.kit.i18n import _, gettext
from core.kit.log import log

T = TypeVar("T", bound=msgspec.Struct)
Guard = Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], Awaitable[None]]
DATABASE_DOWN = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
)
RETRY_AFTER = "2"
BEFORE_PASSWORD_CHANGE = {"before_password_change": True}
"""The `opt` of a route that is open to whoever has yet to choose a password."""
AS_IT_IS = "as_it_is"
"""In the `opt` of a route: its answers are streams or packed already, and are sent as they are."""
WAYS_IN: dict[type[DomainError], str] = {Unauthorized: "/login", PasswordChangeRequired: "/me/password"}


class Renderer(Protocol):
    """Renders a template with the base context; `admin_ui` registers its own at start."""

    def __call__(self, template: str, values: Mapping[str, Any]) -> str: ...


_renderer: list[Renderer] = []


def use_renderer(renderer: Renderer) -> None:
    _renderer[:] = [renderer]


def render(
    template: str, *, status: int = 200, headers: dict[str, str] | None = None, **values: Any
) -> Response[str]:
    """A page or fragment. Its values must be read already: templates run no queries."""
    html = fragment(template, **values)
    return Response(html, status_code=status, media_type="text/html", headers=headers or {})


def fragment(template: str, **values: Any) -> str:
    """The same as HTML, for a part of a page."""
    shown = {
        name: FormView(value) if isinstance(value, forms.Bound) else value for name, value in values.items()
    }
    return _renderer[0](template, shown)


class FormView:
    """A form for the field macros: what was typed, and the refusals in the reader's language."""

    def __init__(self, bound: forms.Bound[Any]) -> None:
        self.kind = bound.kind
        self.value = bound.value
        self.label = bound.label
        self.prefix = bound.prefix
        self.errors = [(error.field, message_of(error)) for error in bound.errors]

    def error(self, name: str) -> str:
        return next((message for field, message in self.errors if field == name), "")


class Requires:
    """A guard that names its permission, so that a test can read what each route asks for."""

    def __init__(self, permission: str) -> None:
        self.permission = permission

    async def __call__(
        self, _connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
    ) -> None:
        if current().actor is None:
            raise Unauthorized
        if current().must_change_password and not handler.opt.get("before_password_change"):
            raise PasswordChangeRequired
        if self.permission and not can(self.permission):
            raise Forbidden(permission=self.permission)


class SignedIn(Requires):
    """A guard for what every signed-in person may do, whatever their roles."""

    def __init__(self) -> None:
        super().__init__("")


def requires(permission: str) -> Guard:
    return Requires(permission)


def signed_in() -> Guard:
    return SignedIn()


async def public(_connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """The explicit mark of a route that needs nobody; a route with no guard at all fails a test."""


def is_public(handler: BaseRouteHandler) -> bool:
    return public in handler.resolve_guards()


def accepts(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The `opt` of an API route that reads this struct: the OpenAPI text is made from it."""
    return {"accepts": kind}


def accepts_file(**others: str) -> dict[str, Any]:
    """The `opt` of an API route that takes a multipart request: a file in `file`, and these other fields,
    each with what it says.
    """
    return {"accepts_file": others}


async def read(request: Request[Any, Any, Any], kind: type[T]) -> T:
    """The JSON body as a struct; raises Invalid with every refused field."""
    return forms.bind(kind, await _json(request))


async def read_partly(request: Request[Any, Any, Any], kind: type[T]) -> tuple[T, list[FieldError]]:
    """The JSON body as a struct with its refused fields, as `forms.bind_partly`; raises Invalid where the
    body is no object at all.
    """
    raw = await _json(request)
    if not isinstance(raw, Mapping):
        raise Invalid([FieldError("", "required")])
    return forms.bind_partly(kind, raw)


async def _json(request: Request[Any, Any, Any]) -> Any:
    body = await request.body()
    try:
        return msgspec.json.decode(body) if body else {}
    except msgspec.DecodeError as problem:
        raise Invalid([FieldError("", "required")]) from problem


async def submitted(request: Request[Any, Any, Any], kind: type[T]) -> forms.Bound[T]:
    """The posted form as it was sent; uploads come under their field's name."""
    data = await request.form()
    raw: dict[str, Any] = {}
    for name in data:
        values = data.getall(name)
        raw[name] = values if len(values) > 1 else values[0]
    return forms.Bound(kind, {k: v for k, v in raw.items() if k not in {"_csrf_token", "_idempotency_key"}})


def went(request: Request[Any, Any, Any], to: str, *, toast: str = "", undo: str = "") -> Response[Any]:
    """Send the browser on after a change: a redirect, or htmx's own kind of it. `undo` is the address that
    the toast's 撤销 posts to.
    """
    shown = {"text": toast, "undo": undo} if undo else {"text": toast}
    headers = {"HX-Trigger": json.dumps({"gj:toast": shown})} if toast else {}
    if "hx-request" in request.headers:
        return Response("", status_code=200, media_type="text/html", headers={**headers, "HX-Redirect": to})
    return Redirect(to, status_code=303, headers=headers)


def etag(version: int) -> dict[str, str]:
    return {"ETag": f'"{version}"'}


def if_match(request: Request[Any, Any, Any]) -> int | None:
    """The version a caller says it saw, from `If-Match`."""
    sent = request.headers.get("if-match", "").strip('W/" ')
    return int(sent) if sent.isdecimal() else None


def version_seen(request: Request[Any, Any, Any], sent: int | None) -> int:
    """The version a caller saw, from the body or `If-Match`; UNSEEN where they do not say."""
    said = sent if sent is not None else if_match(request)
    return UNSEEN if said is None else said


def translate(problem: Exception) -> DomainError:
    """Any exception as a refusal; what is nobody's fault but ours becomes a bare 500."""
    if isinstance(problem, DomainError):
        return problem
    if isinstance(problem, DATABASE_DOWN):
        return Unavailable()
    if isinstance(problem, HTTPException):
        known = {401: Unauthorized, 403: Forbidden, 404: NotFound, 405: MethodNotAllowed}
        if problem.status_code in known:
            return known[problem.status_code]()
        fields = parameters.refused(problem) if isinstance(problem, ValidationException) else []
        if fields:
            return Invalid(fields)
        if problem.status_code < 500:  # noqa: PLR2004
            return BadRequest(reason=str(problem.detail))
    return Broken()


class MethodNotAllowed(DomainError):
    key, status, message = "method_not_allowed", 405, _("此地址不接受这种请求")


class BadRequest(DomainError):
    key, status, message = "bad_request", 400, _("请求无法理解：{reason}")


class Broken(DomainError):
    key, status, message = "internal_error", 500, _("系统出错了，已记录；请稍后重试")


def message_of(error: FieldError) -> str:
    """The refusal of one field in the current language."""
    kind = errors.REGISTRY.get(error.key)
    return gettext(kind.message, **error.params) if kind else error.key


def refuse(request: Request[Any, Any, Any], problem: Exception) -> Response[Any]:
    """The answer to an exception: a problem document for the API, a page for people."""
    refusal = translate(problem)
    denials.remember(request.scope, refusal)
    if isinstance(refusal, Broken):
        log("web").error("request failed", path=request.scope["path"], exc_info=problem)
    if request.scope["path"].startswith("/api/"):
        return _problem(refusal)
    return _page(request, refusal)


def _problem(refusal: DomainError) -> Response[Any]:
    key = refusal.key_of_first if isinstance(refusal, Invalid) else refusal.key
    kind = errors.REGISTRY.get(key, type(refusal))
    params = refusal.errors[0].params if isinstance(refusal, Invalid) else refusal.params
    document = {
        "type": key,
        "title": gettext(kind.message, **params),
        "status": refusal.status,
        "detail": gettext(kind.message, **params),
        "errors": [{"field": e.field, "key": e.key, "message": message_of(e)} for e in refusal.errors],
        **{name: value for name, value in refusal.params.items() if name in {"version", "by", "seconds"}},
    }
    return Response(
        msgspec.json.encode(document),
        status_code=refusal.status,
        media_type="application/problem+json",
        headers=_headers(refusal),
    )


def _headers(refusal: DomainError) -> dict[str, str]:
    if refusal.status == 503:  # noqa: PLR2004
        return {"Retry-After": RETRY_AFTER}
    if "seconds" in refusal.params:
        return {"Retry-After": str(refusal.params["seconds"])}
    return {}


def _page(request: Request[Any, Any, Any], refusal: DomainError) -> Response[Any]:
    asked_by_htmx = "hx-request" in request.headers
    way_in = WAYS_IN.get(type(refusal))
    if way_in and request.method == "GET" and not asked_by_htmx:
        return Redirect(_and_back(way_in, request), status_code=303)
    words = gettext(refusal.message, **refusal.params) if refusal.message else ""
    if isinstance(refusal, Invalid):
        words = "；".join(message_of(e) for e in refusal.errors)
    context = maybe_current()
    page = "errors/fragment.html" if asked_by_htmx else f"errors/{refusal.status}.html"
    return render(
        page,
        status=refusal.status,
        headers=_headers(refusal),
        words=words,
        key=refusal.key,
        request_id=context.request_id if context else "",
        params=refusal.params,
        back=_back(request),
    )


def _and_back(to: str, request: Request[Any, Any, Any]) -> str:
    """That page, which leads back here afterwards."""
    here = _back(request)
    return f"{to}?next={quote(here, safe='/')}" if here != "/" else to


def _back(request: Request[Any, Any, Any]) -> str:
    """This address with its query; of a form the page on which it stood."""
    if request.method == "GET":
        path, query = request.scope["path"], request.scope["query_string"].decode("latin-1")
    else:
        page = urlsplit(request.headers.get("referer", ""))
        is_ours = page.netloc == request.headers.get("host")
        path, query = (page.path, page.query) if is_ours else ("/", "")
    return f"{path}?{query}" if query else path
