"""`/people/{id}` and the people of a household: added, corrected, moved out and in, erased."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from msgspec import Meta

from admin_ui.pages import frame
from admin_ui.pages import households as homes
from admin_ui.pages.refusals import refuse
from core.households import actions, queries
from core.households import schemas as s
from core.households.importing import Relation
from core.kit import audit, clock
from core.kit.access import can
from core.kit.errors import DomainError, Refused
from core.kit.forms import Bound
from core.kit.i18n import _, gettext
from core.kit.web import render, requires, submitted, went

EDIT, ERASE = "households.household.edit", "households.person.erase"
NEW = "new"


class PersonForm(msgspec.Struct, kw_only=True):
    """A person as the page asks for them; `preferred` is a phone's id, or `new` for the first one added."""

    version: int | None = None
    name: Annotated[str, Meta(max_length=100, title=_("姓名"))] = ""
    relation: Annotated[Relation, Meta(title=_("与业主关系"))]
    add_phones: Annotated[str, Meta(max_length=300, title=_("添加电话"))] = ""
    remove_phones: Annotated[list[UUID], Meta(title=_("删除电话"))] = []
    preferred: Annotated[str, Meta(max_length=60, title=_("首选电话"))] | None = None


class MovedOut(msgspec.Struct, kw_only=True):
    version: int | None = None
    left_on: Annotated[date, Meta(title=_("搬走日期"))]


class Erasure(msgspec.Struct, kw_only=True):
    reason: Annotated[str, Meta(min_length=2, max_length=200, title=_("原因"))]
    confirm: Annotated[str, Meta(min_length=1, max_length=60, title=_("确认"))]


class NotConfirmed(Refused):
    key, message, field = "erasure_not_confirmed", _("请输入房号 {room} 以确认"), "confirm"


class PeoplePages(Controller):
    path = "/"
    include_in_schema = False
    guards = [requires(EDIT)]

    @get("/households/{household:uuid}/people")
    async def new(self, household: FromPath[UUID]) -> Response[str]:
        found = await queries.household(household)
        form = Bound(PersonForm, {"version": str(found.version), "relation": "relative"})
        return await _new_page(found, form)

    @post("/households/{household:uuid}/people")
    async def add(self, request: Request[Any, Any, Any], household: FromPath[UUID]) -> Response[Any]:
        """422 and 409 show the form again as typed; whoever was faster is named."""
        found = await queries.household(household)
        bound = await submitted(request, PersonForm)
        try:
            said = bound.struct()
            given = [said.add_phones] if said.add_phones else []
            new = s.NewPerson(version=said.version, relation=said.relation, name=said.name, phones=given)
            await actions.add_person(household, new)
        except DomainError as refusal:
            found = await queries.household(household)
            by = refuse(bound, refusal, found.version, phones="add_phones")
            if "hx-request" in request.headers:
                values: dict[str, Any] = {
                    "form": bound,
                    "by": by,
                    "household": found,
                    "relations": _relations(),
                }
                return render("people/_new.html", status=refusal.status, **values)
            return await _new_page(found, bound, by=by, status=refusal.status)
        return went(request, f"{homes.HERE}/{household}", toast=gettext(_("已添加人员")))

    @get("/people/{person:uuid}")
    async def one(self, person: FromPath[UUID]) -> Response[str]:
        """That the file was opened is recorded."""
        found = await queries.person(person)
        audit.record("household.opened", "household", found.household_id)
        return await _page(found)

    @post("/people/{person:uuid}")
    async def update(self, request: Request[Any, Any, Any], person: FromPath[UUID]) -> Response[Any]:
        """422 and 409 show the form again as typed, with who was faster and what stands there now."""
        found = await queries.person(person)
        bound = await submitted(request, PersonForm)
        try:
            await actions.update_person(person, _update(bound.struct()))
        except DomainError as refusal:
            found = await queries.person(person)
            by = refuse(bound, refusal, found.version, phones="add_phones")
            if "hx-request" in request.headers:
                values: dict[str, Any] = {
                    "form": bound,
                    "by": by,
                    "resident": found,
                    "relations": _relations(),
                }
                return render("people/_form.html", status=refusal.status, **values, **_known(found))
            return await _page(found, form=bound, by=by, status=refusal.status)
        return went(request, f"{homes.HERE}/{found.household_id}", toast=gettext(_("已保存")))

    @post("/people/{person:uuid}/move-out")
    async def move_out(self, request: Request[Any, Any, Any], person: FromPath[UUID]) -> Response[Any]:
        found = await queries.person(person)
        bound = await submitted(request, MovedOut)
        try:
            said = bound.struct()
            await actions.move_out(person, s.MoveOut(version=said.version, left_on=said.left_on))
        except DomainError as refusal:
            found = await queries.person(person)
            by = refuse(bound, refusal, found.version, phones="add_phones")
            if "hx-request" in request.headers:
                return render(
                    "people/_move_out.html", status=refusal.status, leaving=bound, by=by, resident=found
                )
            return await _page(found, leaving=bound, by=by, status=refusal.status)
        return went(request, f"{homes.HERE}/{found.household_id}", toast=gettext(_("已登记搬走")))

    @post("/people/{person:uuid}/move-in")
    async def move_in(self, request: Request[Any, Any, Any], person: FromPath[UUID]) -> Response[Any]:
        """Takes a moving out back; a conflict is answered by the page of conflicts."""
        found = await queries.person(person)
        bound = await submitted(request, s.MoveIn)
        await actions.move_in(person, bound.struct())
        return went(request, f"{homes.HERE}/{found.household_id}", toast=gettext(_("已登记搬回")))


class ErasurePages(Controller):
    path = "/people/{person:uuid}/erase"
    include_in_schema = False
    guards = [requires(ERASE)]

    @get()
    async def ask(self, person: FromPath[UUID]) -> Response[str]:
        """What goes and what stays; nothing brings it back."""
        return await _erase_page(await queries.person(person), Bound(Erasure))

    @post()
    async def erase(self, request: Request[Any, Any, Any], person: FromPath[UUID]) -> Response[Any]:
        """Needs a reason that names nobody, and the room number typed."""
        found = await queries.person(person)
        bound = await submitted(request, Erasure)
        try:
            said = bound.struct()
            if said.confirm != found.room_short:
                raise NotConfirmed(room=found.room_short)
            await actions.erase_person(person, said.reason)
        except DomainError as refusal:
            refuse(bound, refusal, found.version, phones="add_phones")
            if "hx-request" in request.headers:
                return render("people/_erase.html", status=refusal.status, form=bound, resident=found)
            return await _erase_page(found, bound, status=refusal.status)
        words = gettext(_("个人信息已永久删除"))
        return went(request, f"{homes.HERE}/{found.household_id}", toast=words)


def _update(said: PersonForm) -> s.UpdatePerson:
    return s.UpdatePerson(
        version=said.version,
        name=said.name,
        relation=said.relation,
        add_phones=[said.add_phones] if said.add_phones else [],
        remove_phones=said.remove_phones,
        preferred=(said.add_phones or None) if said.preferred == NEW else said.preferred,
    )


def _relations() -> list[dict[str, str]]:
    return frame.options(homes.RELATIONS)


async def _new_page(
    found: s.Household, form: Bound[PersonForm], *, by: str = "", status: int = 200
) -> Response[str]:
    return await frame.page(
        "people/new.html", status=status, form=form, by=by, household=found, relations=_relations()
    )


def _known(found: s.Person) -> dict[str, Any]:
    """The phones to choose from, and what stands there now."""
    phones = [{"value": str(one.id), "label": one.masked} for one in found.phones]
    said = [found.name, gettext(homes.RELATIONS[found.relation]), *(one.masked for one in found.phones)]
    return {"phones": phones, "stands": "、".join(filter(None, said))}


async def _page(
    found: s.Person,
    *,
    form: Bound[PersonForm] | None = None,
    leaving: Bound[MovedOut] | None = None,
    by: str = "",
    status: int = 200,
) -> Response[str]:
    first = next((str(one.id) for one in found.phones if one.preferred), "")
    known = {"name": found.name, "relation": found.relation, "preferred": first}
    version = {"version": str(found.version)}
    leaves = {"left_on": clock.today().isoformat()}
    return await frame.page(
        "people/one.html",
        status=status,
        resident=found,
        one=homes.shown(_brief(found), found.project_id),
        household={"id": str(found.household_id)},
        reasons=homes.reasons(),
        relations=_relations(),
        form=form or Bound(PersonForm, known | version),
        leaving=leaving or Bound(MovedOut, leaves | version),
        by=by,
        may_erase=can(ERASE, found.project_id),
        **_known(found),
    )


def _brief(found: s.Person) -> s.PersonBrief:
    masked = [phone.masked for phone in found.phones]
    return s.PersonBrief(id=found.id, name=found.name, relation=found.relation, phones=masked)


async def _erase_page(found: s.Person, form: Bound[Erasure], *, status: int = 200) -> Response[str]:
    return await frame.page("people/erase.html", status=status, form=form, resident=found)
