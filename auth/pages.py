"""`/login`, `/logout`, and one's own sessions."""

import secrets
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from msgspec.structs import replace

from auth import actions, devices, sessions
from auth.schemas import SignIn
from core.kit.context import current, enter
from core.kit.errors import DomainError
from core.kit.forms import Bound
from core.kit.web import BEFORE_PASSWORD_CHANGE, public, render, signed_in, submitted, went


class SignInPages(Controller):
    path = "/"
    include_in_schema = False

    @get("/login", guards=[public])
    async def show(self, request: Request[Any, Any, Any], next: FromQuery[str] = "/") -> Response[Any]:  # noqa: A002
        if current().actor is not None:
            return Redirect(local(next), status_code=303)
        return _page(Bound(SignIn, {"next": next}), local(next), request)

    @post("/login", guards=[public])
    async def sign_in(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """422 with the form for wrong words, 429 when it was tried too often; always a new session id."""
        bound = await submitted(request, SignIn)
        try:
            said = bound.struct()
            cookie = await actions.sign_in(
                said.username,
                said.password,
                address=request.client.host if request.client else "",
                agent=request.headers.get("user-agent", ""),
            )
        except DomainError as refusal:
            bound.raw.pop("password", None)
            return _page(
                bound.refused(refusal), local(str(bound.value("next"))), request, status=refusal.status
            )
        answer = Redirect(local(said.next), status_code=303)
        answer.cookies.append(cookie)
        return answer

    @post("/logout", guards=[signed_in()], opt=BEFORE_PASSWORD_CHANGE)
    async def sign_out(self) -> Response[Any]:
        await actions.sign_out()
        answer = Redirect("/login", status_code=303)
        answer.cookies.append(sessions.no_cookie())
        answer.headers["Clear-Site-Data"] = '"cache"'
        return answer

    @get("/me/sessions", guards=[signed_in()])
    async def mine(self) -> Response[str]:
        running = [
            {**row, "device": devices.named(row["agent"])}
            for row in await sessions.of_account(current().somebody.id)
        ]
        return render("me/sessions.html", sessions=running, here=current().session_id)

    @post("/me/sessions/{session:uuid}/end", guards=[signed_in()])
    async def end(self, request: Request[Any, Any, Any], session: FromPath[UUID]) -> Response[Any]:
        await actions.end_session(session)
        return went(request, "/me/sessions")


def local(path: str) -> str:
    """The path if it stays here, else the front page: nobody is sent to another host."""
    is_local = (
        path.startswith("/")
        and not path.startswith(("//", "/\\"))
        and "\\" not in path
        and ":" not in path.partition("?")[0]
    )
    return path if is_local and path.isprintable() else "/"


def _page(bound: Bound[SignIn], to: str, request: Request[Any, Any, Any], status: int = 200) -> Response[Any]:
    """The form, bound to a cookie of this browser so that nobody signs it in from elsewhere."""
    known = request.cookies.get(sessions.anonymous_name(), "")
    subject = known if len(known) >= 32 else secrets.token_urlsafe(32)  # noqa: PLR2004
    enter(replace(current(), csrf_subject=subject))
    page = render(
        "login.html", status=status, form=bound, step="password", sso=[], password=True, next=to, locked=""
    )
    if subject != known:
        page.cookies.append(sessions.anonymous_cookie(subject))
    return page
