"""`/me`: one's name, language, password; `/me/shortcuts`. Sessions are `auth.pages`."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromQuery
from litestar.response import Redirect
from msgspec import Meta

from admin_ui import badges
from admin_ui.pages import frame
from auth import actions as auth
from auth.pages import local
from core.builtin.standing import standing
from core.kit.access import can
from core.kit.context import current
from core.kit.errors import DomainError, FieldError, Invalid
from core.kit.forms import Bound
from core.kit.i18n import LANGUAGES, _, gettext
from core.kit.web import BEFORE_PASSWORD_CHANGE, render, signed_in, submitted, went
from core.plugin.host import view
from core.staff import actions as staff
from core.staff import queries
from core.staff.roles import label

HERE = "/me"
WRONG = frozenset({422, 429})


class Language(msgspec.Struct, kw_only=True):
    language: Annotated[str, Meta(title=_("语言"), max_length=10)]
    next: Annotated[str, Meta(max_length=2000)] = HERE


class Estate(msgspec.Struct, kw_only=True):
    """Empty for all of them."""

    project: Annotated[UUID, Meta(title=_("小区"))] | None = None
    next: Annotated[str, Meta(max_length=2000)] = "/"


class NewPassword(msgspec.Struct, kw_only=True):
    current: Annotated[str, Meta(title=_("现在的密码"), min_length=1, max_length=1000)]
    password: Annotated[str, Meta(title=_("新密码"), min_length=1, max_length=1000)]
    again: Annotated[str, Meta(title=_("再输一遍新密码"), min_length=1, max_length=1000)]
    next: Annotated[str, Meta(max_length=2000)] = HERE


class AccountPages(Controller):
    path = HERE
    include_in_schema = False
    guards = [signed_in()]

    @get()
    async def me(self) -> Response[str]:
        return await _page(Bound(NewPassword))

    @get("/shortcuts")
    async def shortcuts(self) -> Response[str]:
        return await frame.page("me/shortcuts.html")

    @post("/language")
    async def language(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Kept with the person; pages are in it from the next request on, everywhere."""
        said = (await submitted(request, Language)).struct()
        if said.language not in LANGUAGES:
            raise Invalid([FieldError("language", "not_a_choice")])
        await staff.set_language(current().somebody.id, said.language)
        return went(request, local(said.next))

    @post("/project")
    async def project(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The estate that lists, desk and figures show in this session; 404 where one holds no right."""
        said = (await submitted(request, Estate)).struct()
        await auth.choose_project(said.project)
        return went(request, local(said.next))

    @get("/standing")
    async def standing(self) -> Response[str]:
        """The figures beside the menu's entries, each for its place; fetched anew when something changes."""
        mine = [item.path for item in view().navigation if not item.permission or can(item.permission)]
        return render("me/_standing.html", badges=badges.of(await standing(), mine))


class PasswordPages(Controller):
    """The card on `/me`, and the page that whoever signed in with somebody else's choice is led to first."""

    path = f"{HERE}/password"
    include_in_schema = False
    guards = [signed_in()]
    opt = BEFORE_PASSWORD_CHANGE

    @get()
    async def show(self, next: FromQuery[str] = "/") -> Response[Any]:  # noqa: A002
        if not current().must_change_password:
            return Redirect(local(next), status_code=303)
        return await _password(Bound(NewPassword, {"next": next}))

    @post()
    async def password(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Ends every other session; this browser gets a new one. Nothing typed is shown again."""
        bound = await submitted(request, NewPassword)
        try:
            said = bound.struct()
            if said.again != said.password:
                raise Invalid([FieldError("again", "passwords_differ")])
            cookie = await auth.change_password(
                said.current,
                said.password,
                address=request.client.host if request.client else "",
                agent=request.headers.get("user-agent", ""),
            )
        except DomainError as refusal:
            if refusal.status not in WRONG:
                raise
            bound.refused(refusal)
            bound.raw = {"next": bound.raw.get("next", HERE)}
            if "hx-request" in request.headers:
                return render("me/_password.html", status=refusal.status, form=bound)
            return await _password(bound, status=refusal.status)
        answer = went(request, local(said.next), toast=gettext(_("密码已改，其他设备都已退出")))
        answer.cookies.append(cookie)
        return answer


async def _password(form: Bound[NewPassword], *, status: int = 200) -> Response[str]:
    if not current().must_change_password:
        return await _page(form, status=status)
    return render("me/password.html", status=status, form=form, next=local(str(form.value("next"))))


async def _page(form: Bound[NewPassword], *, status: int = 200) -> Response[str]:
    actor = current().somebody
    names = {one.code: one.name for one in await queries.departments()}
    return await frame.page(
        "me/account.html",
        status=status,
        form=form,
        who=actor,
        roles=[gettext(label(role)) for role in actor.roles],
        department="、".join(names.get(code, code) for code in sorted(actor.departments)),
    )
