"""`/households/{id}/title` and `/butler`: whose a unit is and was, and who looks after it."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from msgspec import Meta

from admin_ui.pages import frame
from admin_ui.pages.refusals import refuse
from core.households import actions, queries
from core.households import schemas as s
from core.kit import audit, clock
from core.kit.access import can
from core.kit.errors import DomainError
from core.kit.forms import Bound
from core.kit.i18n import _, gettext
from core.kit.web import render, requires, submitted, went
from core.staff import queries as staff

EDIT = "households.household.edit"


class OwnerForm(msgspec.Struct, kw_only=True):
    """Who takes the unit over, and from when."""

    version: int | None = None
    name: Annotated[str, Meta(min_length=1, max_length=100, title=_("新业主姓名"))]
    phones: Annotated[str, Meta(max_length=300, title=_("电话"))] = ""
    moved_in: Annotated[date, Meta(title=_("起始日期"))]
    staying: Annotated[list[UUID], Meta(title=_("继续居住"))] = []


class OwnerPages(Controller):
    path = "/households/{household:uuid}"
    include_in_schema = False

    @get("/title", guards=[requires(queries.VIEW)])
    async def title(self, household: FromPath[UUID]) -> Response[str]:
        """Every owner of the unit, newest first, and the change of owner for whoever may record it."""
        found = await queries.household(household)
        audit.record("household.opened", "household", household)
        return await _title(found)

    @post("/title", guards=[requires(EDIT)])
    async def change(self, request: Request[Any, Any, Any], household: FromPath[UUID]) -> Response[Any]:
        """Closes this file and leads to the next one."""
        await queries.household(household)
        bound = await submitted(request, OwnerForm)
        try:
            opened = await actions.change_owner(household, _new(bound.struct()))
        except DomainError as refusal:
            found = await queries.household(household)
            by = refuse(bound, refusal, found.version)
            if "hx-request" in request.headers:
                return render(
                    "owners/_form.html", status=refusal.status, form=bound, by=by, household=found,
                    living=_living(found),
                )  # fmt: skip
            return await _title(found, form=bound, by=by, status=refusal.status)
        return went(request, f"/households/{opened}", toast=gettext(_("已登记业主变更")))

    @post("/butler", guards=[requires(EDIT)])
    async def butler(self, request: Request[Any, Any, Any], household: FromPath[UUID]) -> Response[Any]:
        """422 and 409 answer the form, with the butler chosen."""
        found = await queries.household(household)
        bound = await submitted(request, s.SetButler)
        try:
            await actions.give_butler(found.unit.id, bound.struct())
        except DomainError as refusal:
            found = await queries.household(household)
            by = refuse(bound, refusal, found.unit.version)
            values = {"household": found, **(await choices(found, bound)), "by": by}
            if "hx-request" in request.headers:
                return render("owners/_butler.html", status=refusal.status, **values)
            return await frame.page("owners/butler.html", status=refusal.status, **values)
        return went(request, f"/households/{household}", toast=gettext(_("已更换管家")))


async def choices(found: s.Household, form: Bound[s.SetButler] | None = None) -> dict[str, Any]:
    """The butlers of the project, for whoever may choose one; one query."""
    known = {"version": str(found.unit.version), "butler_id": str(found.unit.butler_id or "")}
    may = can(EDIT, found.project_id) and found.closed_at is None
    people = await staff.people(role="butler", project=found.project_id) if may else []
    return {
        "butlers": [{"value": str(one.id), "label": one.name} for one in people],
        "may_give": may,
        "butler": form or Bound(s.SetButler, known, prefix="butler-"),
        "by": "",
    }


def _new(said: OwnerForm) -> s.NewOwner:
    phones = [said.phones] if said.phones else []
    return s.NewOwner(
        version=said.version, name=said.name, phones=phones, moved_in=said.moved_in, staying=said.staying
    )


def _living(found: s.Household) -> list[dict[str, str]]:
    """Who may stay under another owner."""
    return [
        {
            "value": str(one.id),
            "label": one.name or gettext(_("（未登记姓名）")),
            "hint": "、".join(one.phones),
        }
        for one in found.persons
        if one.relation != "owner"
    ]


async def _title(
    found: s.Household, *, form: Bound[OwnerForm] | None = None, by: str = "", status: int = 200
) -> Response[str]:
    living = _living(found)
    known = {
        "version": str(found.version),
        "moved_in": clock.today().isoformat(),
        "staying": [one["value"] for one in living],
    }
    return await frame.page(
        "owners/title.html",
        status=status,
        household=found,
        owners=await queries.owners(found.unit.id),
        form=form or Bound(OwnerForm, known),
        living=living,
        by=by,
        may_change=can(EDIT, found.project_id) and found.closed_at is None,
    )
