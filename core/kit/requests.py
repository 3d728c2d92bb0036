"""One request is one transaction: begun before the handler, committed before the first byte of the
answer.

Answers are held back until the commit has succeeded, so nobody is told of something that was not kept;
4xx and 5xx undo everything. Who the caller is comes from `identify`, given by the composition root.
Routes with `opt={"bare": True}` (static files, streams, health) run without any of this.
"""

import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, cast

from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from litestar.utils.scope.state import ScopeState

from core.kit import csrf, denials, idempotency
from core.kit.context import Context, Tenant, enter
from core.kit.database import unit_of_work
from core.kit.errors import DomainError, PayloadTooLarge, Unauthorized
from core.kit.i18n import _
from core.kit.web import is_public

Identify = Callable[[Scope, Tenant, dict[str, str]], Awaitable[Context]]
PLAIN_LIMIT = 1024 * 1024
FILES_LIMIT = 48 * 1024 * 1024
KEPT = {"content-type", "location", "hx-redirect", "hx-trigger", "etag"}
FORM_FIELD = re.compile(rb"(?:^|&)(_csrf_token|_idempotency_key)=([\w.~-]+)")
BOUNDARY = re.compile(r'^multipart/form-data\b.*?\bboundary="?([^";,\s]+)')
TOKEN_PART = re.compile(rb'\r\n[^\r]*name="_csrf_token"\r\n\r\n')
PART_FIELD = re.compile(rb'name="(_csrf_token|_idempotency_key)"\r\n\r\n([\w.~-]+)\r\n')


class UnitOfWork(ASGIMiddleware):
    scopes = (ScopeType.HTTP,)
    exclude_opt_key = "bare"

    def __init__(self, identify: Identify, origin: Callable[[Tenant], str]) -> None:
        self.identify, self.origin = identify, origin

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        headers = dict(Headers.from_scope(scope).items())
        unsafe = scope["method"] not in csrf.SAFE  # type: ignore[typeddict-item]
        body = await _body(receive, headers) if unsafe else b""
        answer = Held()
        try:
            await self._carry_out(scope, receive, next_app, answer, headers=headers, body=body)
        except Exception as problem:
            ScopeState.from_scope(
                scope
            ).response_started = False  # it was held back, so a refusal can be sent
            if isinstance(problem, DomainError):
                denials.remember(scope, problem)
                await denials.record(scope)
            raise
        await denials.record(scope)
        await answer.release(send)

    async def _carry_out(
        self,
        scope: Scope,
        receive: Receive,
        next_app: ASGIApp,
        answer: "Held",
        *,
        headers: dict[str, str],
        body: bytes,
    ) -> None:
        unsafe = scope["method"] not in csrf.SAFE  # type: ignore[typeddict-item]
        fields = _hidden_fields(headers.get("content-type", ""), body)
        async with unit_of_work(scope["state"]["tenant"].id) as unit:
            context = await self.identify(scope, scope["state"]["tenant"], headers)
            enter(context)
            if unsafe:
                self._check_origin(scope, context, headers, fields)
            key = ""
            if unsafe and context.actor is not None:
                key = headers.get("idempotency-key") or fields.get("_idempotency_key", "")
            stored = await idempotency.claim(key, _mark(scope, headers, body)) if key else None
            if stored is not None:
                answer.replay(stored)
                return
            await next_app(scope, _again(body, receive) if unsafe else receive, answer.hold)
            if answer.status >= 400:  # noqa: PLR2004 - the HTTP line between done and refused
                await unit.rollback()
            elif key:
                await idempotency.keep(key, answer.summary(page=context.channel == "page"))

    def _check_origin(
        self, scope: Scope, context: Context, headers: dict[str, str], fields: dict[str, str]
    ) -> None:
        """A session that ended meanwhile is told so, not that it is forged: then nothing typed is lost."""
        if context.actor is None and not is_public(scope["route_handler"]):
            raise Unauthorized
        if context.csrf_subject or context.channel == "page":
            sent = headers.get("x-csrf-token") or fields.get("_csrf_token", "")
            csrf.check(context.csrf_subject, sent, headers, self.origin(context.tenant))


class Held:
    """An answer kept back until its transaction is safe."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.status = 500

    async def hold(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        self.messages.append(message)

    async def release(self, send: Send) -> None:
        for message in self.messages:
            await send(message)

    def summary(self, *, page: bool) -> idempotency.Answer:
        start = cast("dict[str, Any]", self.messages[0])
        pairs = [(k.decode(), v.decode()) for k, v in start["headers"] if k.decode().lower() in KEPT]
        body = b"" if page else b"".join(m.get("body", b"") for m in self.messages[1:])  # type: ignore[misc]
        return idempotency.Answer(self.status, pairs, body)

    def replay(self, stored: idempotency.Answer) -> None:
        self.status = stored.status
        headers = [(k.encode(), v.encode()) for k, v in stored.headers]
        headers += [(b"content-length", str(len(stored.body)).encode()), (b"idempotent-replayed", b"true")]
        self.messages = [
            {"type": "http.response.start", "status": stored.status, "headers": headers},
            {"type": "http.response.body", "body": stored.body, "more_body": False},
        ]


def _is_multipart(headers: dict[str, str]) -> bool:
    return headers.get("content-type", "").startswith("multipart/form-data")


class CutShort(DomainError):
    """The sender hung up in the middle: half a request must not be taken for a whole one."""

    key, status, message = "request_cut_short", 400, _("请求没有传完就中断了")


async def _body(receive: Receive, headers: dict[str, str]) -> bytes:
    limit = FILES_LIMIT if _is_multipart(headers) else PLAIN_LIMIT
    refusal = PayloadTooLarge(limit=f"{limit // 1024 // 1024} MB")
    declared = headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared) > limit:
        raise refusal
    chunks, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise CutShort
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise refusal
        chunks.append(chunk)
        if not message.get("more_body"):
            break
    return b"".join(chunks)


def _hidden_fields(content_type: str, body: bytes) -> dict[str, str]:
    if content_type.startswith("application/x-www-form-urlencoded"):
        pattern = FORM_FIELD
    elif content_type.startswith("multipart/form-data"):
        pattern = PART_FIELD
    else:
        return {}
    return {name.decode(): value.decode() for name, value in pattern.findall(body)}


def _mark(scope: Scope, headers: dict[str, str], body: bytes) -> bytes:
    """What a key stands for: the address, and what was said there."""
    path = scope["path"] + "?" + scope["query_string"].decode("latin-1")
    said = _said(headers.get("content-type", ""), body)
    return idempotency.fingerprint(scope["method"], path, said)  # type: ignore[typeddict-item]


def _said(content_type: str, body: bytes) -> Iterator[bytes | memoryview]:
    """A body without what a browser makes anew each time it sends the same: its token, the boundary.

    Files are looked at where they lie.
    """
    boundary = BOUNDARY.search(content_type)
    if content_type.startswith("application/x-www-form-urlencoded"):
        yield from (field for field in body.split(b"&") if not field.startswith(b"_csrf_token="))
    elif boundary is not None:
        yield from _parts(memoryview(body), body, b"--" + boundary[1].encode("latin-1"))
    else:
        yield body


def _parts(view: memoryview, body: bytes, delimiter: bytes) -> Iterator[memoryview]:
    start = body.find(delimiter)
    while start >= 0:
        start += len(delimiter)
        end = body.find(b"\r\n" + delimiter, start)
        if end < 0:
            yield view[start:]
            return
        if not TOKEN_PART.match(body, start):
            yield view[start:end]
        start = end + len(b"\r\n")


def _again(body: bytes, receive: Receive) -> Receive:
    state = {"sent": False}

    async def receive_again() -> Any:
        if state["sent"]:
            return await receive()
        state["sent"] = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again
