"""The outermost layer: which company a host name means, and the headers every answer carries.

It stands around the framework because the framework's own middleware does not run on unknown paths.
"""

import secrets
from collections.abc import Awaitable, Callable, Iterable
from ipaddress import ip_address
from typing import Any

from core.kit import i18n
from core.kit.context import Context, Tenant, enter
from core.kit.errors import DomainError, NotFound, Unavailable
from core.kit.settings import settings
from core.kit.web import DATABASE_DOWN
from tenants import directory

OPEN = ("/health/", "/static/", "/favicon.ico")
CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = [
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"geolocation=(), microphone=(), camera=(self)"),
]

App = Callable[[Any, Any, Any], Awaitable[None]]
Refuse = Callable[[Any, Any, Any, DomainError], Awaitable[None]]


class Door:
    """`refuse(scope, error)` answers for a request that has no company, or a suspended one."""

    def __init__(self, app: App, refuse: Refuse) -> None:
        self.app, self.refuse = app, refuse

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope["headers"] = _only_trusted(scope)
        send = _with_headers(send)
        headers = dict(scope["headers"])
        request_id = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        if scope["path"].startswith(OPEN):
            await self.app(scope, receive, send)
            return
        try:
            entry = await directory.by_slug(slug_of(headers.get(b"host", b"").decode("latin-1")) or "")
        except DATABASE_DOWN:
            await self.refuse(scope, receive, send, Unavailable())
            return
        if entry is None:
            await self.refuse(scope, receive, send, NotFound())
            return
        locale = stranger_locale(headers.get(b"accept-language", b"").decode("latin-1"), entry.tenant)
        enter(Context(entry.tenant, locale=locale, request_id=request_id, path=scope["path"]))
        if entry.suspended_because is not None:
            await self.refuse(scope, receive, send, directory.Suspended(reason=entry.suspended_because))
            return
        scope["state"]["tenant"] = entry.tenant
        await self.app(scope, receive, send)


def slug_of(host: str) -> str | None:
    """`yunqi.localhost:8000` → `yunqi`; None for the bare base domain and for foreign hosts."""
    name = host.rsplit(":", 1)[0].lower().rstrip(".")
    suffix = "." + settings().base_domain
    slug = name.removesuffix(suffix)
    return slug if name.endswith(suffix) and "." not in slug else None


def stranger_locale(accept: str, tenant: Tenant) -> str:
    """The first language of ours that the browser names, else the company's."""
    for part in accept.split(","):
        tag = part.split(";")[0].strip().lower()
        if tag.startswith(("zh-hant", "zh-tw", "zh-hk", "zh-mo")):
            return "zh-Hant"
        if tag.startswith("zh"):
            return i18n.SOURCE if tag != "zh" else tenant.locale
        if tag.startswith("en"):
            return "en"
    return tenant.locale


def _only_trusted(scope: Any) -> list[tuple[bytes, bytes]]:
    """Drop forwarded headers unless the peer is a configured proxy; then its host counts."""
    peer = (scope.get("client") or ("",))[0]
    if peer not in settings().trusted_proxies:
        return [
            (k, v) for k, v in scope["headers"] if not k.startswith(b"x-forwarded-") and k != b"forwarded"
        ]
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    forwarded = next((v for k, v in headers if k == b"x-forwarded-host"), None)
    address = _nearest(v.decode("latin-1") for k, v in headers if k == b"x-forwarded-for")
    if address is not None:
        scope["client"] = (address, 0)
    return [(k, forwarded if k == b"host" and forwarded else v) for k, v in headers]


def _nearest(forwarded: Iterable[str]) -> str | None:
    """The last address that is none of our proxies: each appends whom it heard, what stands before that is
    hearsay. Behind something that is no address nobody is believed.
    """
    found = None
    for entry in reversed([part.strip() for line in forwarded for part in line.split(",")]):
        address = _address(entry)
        if address is None:
            break
        found = address
        if address not in settings().trusted_proxies:
            break
    return found


def _address(entry: str) -> str | None:
    """`203.0.113.9`, `203.0.113.9:50123`, `2001:db8::7` and `[2001:db8::7]:50123` alike."""
    bare = entry[1:].partition("]")[0] if entry.startswith("[") else entry
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        return str(ip_address(bare))
    except ValueError:
        return None


def _with_headers(send: Any) -> Any:
    extra = HEADERS + (
        [(b"strict-transport-security", b"max-age=31536000")] if settings().scheme == "https" else []
    )

    async def send_with_headers(message: Any) -> None:
        if message["type"] == "http.response.start":
            present = {name for name, _value in message["headers"]}
            message = {
                **message,
                "headers": [*message["headers"], *(h for h in extra if h[0] not in present)],
            }
        await send(message)

    return send_with_headers
