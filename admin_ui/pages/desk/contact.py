"""`/desk/contact`: somebody whom no search finds, put into their household while the call goes on."""

import json
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromQuery
from msgspec import Meta

from admin_ui.pages import frame, refusals
from admin_ui.pages.desk import form as desk_form
from admin_ui.pages.desk import pages, views
from core.households import actions, phones, queries
from core.households import schemas as s
from core.households.errors import PhoneInvalid
from core.households.importing import Relation
from core.kit.errors import DomainError
from core.kit.forms import Bound
from core.kit.i18n import _, gettext
from core.kit.web import render, requires, submitted, went


class ContactForm(msgspec.Struct, kw_only=True):
    """Who is on the line, as they say."""

    unit_id: Annotated[UUID, Meta(title=_("房号"))]
    name: Annotated[str, Meta(min_length=1, max_length=100, title=_("姓名"))]
    relation: Annotated[Relation, Meta(title=_("与业主关系"))]
    phones: Annotated[str, Meta(max_length=300, title=_("电话"))] = ""


class ContactPages(Controller):
    path = "/desk/contact"
    include_in_schema = False
    guards = [requires("households.household.edit")]

    @get()
    async def ask(
        self, request: Request[Any, Any, Any], phone: FromQuery[str] = "", q: FromQuery[str] = ""
    ) -> Response[str]:
        """`phone` is what rang, `q` what was searched for: a number or a name."""
        known = {"relation": "owner", **_heard(phone.strip(), q.strip())}
        return await _form(request, Bound(ContactForm, known, prefix="contact-"))

    @post(status_code=200)
    async def add(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The household found, for the form too; what was typed there stays. 422 shows the card again."""
        bound = await submitted(request, ContactForm)
        bound.prefix = "contact-"
        bound.raw["unit_id"] = bound.raw.get("unit_id") or await _only_unit(str(bound.raw.get("q", "")))
        try:
            said = bound.struct()
            given = [said.phones] if said.phones else []
            new = s.NewContact(unit_id=said.unit_id, relation=said.relation, name=said.name, phones=given)
            household, _person = await actions.add_contact(new)
        except DomainError as refusal:
            refusals.refuse(bound, refusal, 0)
            return await _form(request, bound, status=refusal.status)
        phone = phones.display(phones.split(said.phones)[0]) if said.phones else ""
        if "hx-request" not in request.headers:
            return went(request, frame.address("/desk", {"household": household, "phone": phone}))
        caller = await views.caller(phone=phone, household=household)
        shown = await pages.choices(desk_form.begin(None, pages.known(caller)))
        events = {"gj:toast": {"text": gettext(_("已添加联系人"))}, "gj:focus": {"id": "content"}}
        headers = {"HX-Trigger": json.dumps(events)}
        return render("desk/_found.html", headers=headers, caller=caller, relation=views.relation, **shown)


def _heard(phone: str, q: str) -> dict[str, str]:
    if phone:
        return {"phones": phone}
    try:
        return {"phones": phones.display(phones.normalise(q))} if q else {}
    except PhoneInvalid:
        return {} if any(sign.isdecimal() for sign in q) else {"name": q[:100]}


async def _only_unit(q: str) -> str:
    """The unit that was typed and not chosen, where there is just one."""
    found = (await queries.units(q, limit=2)).items if q.strip() else []
    return str(found[0].id) if len(found) == 1 else ""


async def _form(
    request: Request[Any, Any, Any], bound: Bound[ContactForm], *, status: int = 200
) -> Response[str]:
    values: dict[str, Any] = {"contact": bound, "relations": frame.options(views.RELATIONS)}
    if "hx-request" in request.headers:
        return render("desk/_new_contact.html", status=status, **values)
    return await frame.page("desk/contact.html", status=status, **values)
