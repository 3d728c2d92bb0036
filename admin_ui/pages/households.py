"""`/households`: rooms by building and stairwell or by search, and one file per household."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, FromQuery
from msgspec import Meta

from admin_ui import pills
from admin_ui.pages import cards, frame, owners
from core.households import actions, queries
from core.households.queries import VIEW
from core.households.schemas import Household, HouseholdHit, PersonBrief, Unit
from core.kit import audit
from core.kit.access import can, in_view
from core.kit.errors import DomainError, NotFound
from core.kit.forms import Bound
from core.kit.i18n import _, gettext
from core.kit.web import render, requires, submitted
from core.plugin.contributions import Home, NavItem
from core.tickets import queries as tickets

HERE = "/households"
SIZE = 50
HISTORY = 20
RELATIONS = {"owner": _("业主"), "renter": _("租户"), "relative": _("家属"), "other": _("其他")}
TONES = {"owner": "brand", "renter": "warn", "relative": "info", "other": ""}
KINDS = {"flat": _("住宅"), "villa": _("别墅"), "shop": _("商铺"), "parking": _("车位")}
REASONS = (_("回访"), _("约上门时间"), _("紧急情况"), _("核对资料"))


class Reveal(msgspec.Struct, kw_only=True):
    """Why somebody's number is read in full; it is recorded."""

    reason: Annotated[str, Meta(title=_("原因"), min_length=2, max_length=200)]


class HouseholdPages(Controller):
    path = HERE
    include_in_schema = False
    guards = [requires(VIEW)]

    @get()
    async def list(
        self,
        q: FromQuery[str] = "",
        project: FromQuery[UUID | None] = None,
        building: FromQuery[str] = "",
        stairwell: FromQuery[str] = "",
        cursor: FromQuery[str] = "",
    ) -> Response[str]:
        """With `q` a search in any spelling; else the rooms of a building or stairwell, in their order."""
        projects = await queries.projects()
        chosen = project or (projects[0].id if projects else None)
        tree = await queries.places_of(chosen)
        kept = {"q": q, "project": project, "building": building, "stairwell": stairwell}
        if q.strip():
            allowed = queries.within(in_view(VIEW), project)
            found = await queries.search_households(q, allowed, limit=SIZE, cursor=cursor or None)
            rows, following = [_of_hit(hit) for hit in found.items], found.next
        else:
            page = await queries.rooms(
                chosen, building=building, stairwell=stairwell, limit=SIZE, cursor=cursor or None
            )
            ids = [unit.household_id for unit in page.items if unit.household_id]
            people = await queries.persons_of(ids)
            rows = [_of_unit(unit, people.get(unit.household_id or unit.id) or []) for unit in page.items]
            following = page.next
        return await frame.page(
            "households/list.html",
            rows=rows,
            more=frame.address(HERE, kept | {"cursor": following}) if following else "",
            first=frame.address(HERE, kept) if cursor else "",
            query=q,
            estates=projects,
            chosen=chosen,
            tree=tree,
            building=building,
            stairwell=stairwell,
            here=HERE,
            may_import=can("households.household.import"),
        )

    @get("/{household:uuid}")
    async def one(self, request: Request[Any, Any, Any], household: FromPath[UUID]) -> Response[str]:
        """The whole file; that it was opened is recorded. `part=people` (htmx): who lives there now."""
        found = await queries.household(household)
        audit.record("household.opened", "household", household)
        if frame.in_part(request) == "people":
            return render("households/_people.html", household=found, **_living(found))
        return await _page(found)

    @post("/{household:uuid}/people/{person:uuid}/reveal")
    async def reveal(
        self, request: Request[Any, Any, Any], household: FromPath[UUID], person: FromPath[UUID]
    ) -> Response[Any]:
        """The person's numbers in full, in place of the masked ones; 422 without a reason."""
        found = await queries.household(household)
        if person not in {one.id for one in found.persons}:
            raise NotFound
        bound = await submitted(request, Reveal)
        numbers: list[str] = []
        status = 200
        try:
            numbers = await actions.reveal_phone(person, bound.struct().reason)
        except DomainError as refusal:
            if refusal.status != 422:  # noqa: PLR2004
                raise
            bound.refused(refusal)
            bound.prefix = f"{person}-"
            status = 422
        if "hx-request" not in request.headers:
            return await _page(
                found, status=status, revealed={str(person): numbers}, forms={str(person): bound}
            )
        people = _people(found, {str(person): numbers}, {str(person): bound})
        one = next(line for line in people if line["id"] == str(person))
        return render("households/_phones.html", status=status, one=one, household=found, reasons=reasons())


async def _page(
    found: Household,
    *,
    status: int = 200,
    revealed: dict[str, list[str]] | None = None,
    forms: dict[str, Bound[Any]] | None = None,
) -> Response[str]:
    history = await _history(found)
    unit = found.unit
    home = Home(
        household=found.id, unit=unit.id, project=found.project_id, closed=found.closed_at is not None
    )
    facts = [
        (gettext(_("小区")), found.project_name),
        (gettext(_("类型")), gettext(KINDS[unit.kind])),
        (gettext(_("建筑面积")), f"{unit.area.normalize():f} ㎡" if unit.area is not None else ""),
        (gettext(_("管家")), unit.butler_name or gettext(_("未指定"))),
        (gettext(_("入伙日期")), found.moved_in.isoformat() if found.moved_in else ""),
        (gettext(_("备注")), found.note),
    ]
    return await frame.page(
        "households/one.html",
        status=status,
        household=found,
        facts=facts,
        history=history,
        cards=await cards.of("household", home),
        may_register=can("tickets.ticket.register", found.project_id) and found.closed_at is None,
        **_living(found, revealed, forms),
        **(await owners.choices(found)),
    )


def _living(
    found: Household,
    revealed: dict[str, list[str]] | None = None,
    forms: dict[str, Bound[Any]] | None = None,
) -> dict[str, Any]:
    """Who lives there and who moved out, and whether this person may change that."""
    return {
        "people": _people(found, revealed or {}, forms or {}),
        "former": [shown(person, found.project_id) for person in found.former],
        "reasons": reasons(),
        "may_edit": can("households.household.edit", found.project_id) and found.closed_at is None,
    }


def reasons() -> list[dict[str, str]]:
    return [{"value": gettext(words), "label": gettext(words)} for words in REASONS]


async def _history(found: Household) -> list[dict[str, Any]]:
    """Requests of the household, where this person may see any."""
    if not can(tickets.VIEW, found.project_id):
        return []
    rows = await tickets.history(found.id, HISTORY)
    return [
        {
            "id": str(row.id),
            "href": f"/tickets/{row.number}",
            "number": row.number,
            "kind": pills.kind(row.kind),
            "content": row.content,
            "status": pills.status(row.kind, row.state),
            "at": row.created_at,
            "late": row.breached,
        }
        for row in rows
    ]


def _people(
    found: Household, revealed: dict[str, list[str]], forms: dict[str, Bound[Any]]
) -> list[dict[str, Any]]:
    return [
        shown(person, found.project_id, revealed.get(str(person.id), []), forms.get(str(person.id)))
        for person in found.persons
    ]


def shown(
    person: PersonBrief, project: UUID, numbers: Sequence[str] = (), form: Bound[Any] | None = None
) -> dict[str, Any]:
    """A person as `households/_phones.html` draws them."""
    return {
        "id": str(person.id),
        "name": person.name or gettext(_("（未登记姓名）")),
        "relation": gettext(RELATIONS[person.relation]),
        "tone": TONES[person.relation],
        "masked": person.phones,
        "numbers": numbers,
        "left_on": person.left_on,
        "may_reveal": can("households.phone.reveal", project) and bool(person.phones),
        "form": form or Bound(Reveal, prefix=f"{person.id}-"),
    }


def _first_phone(people: Iterable[PersonBrief]) -> str:
    return next((number for person in people for number in person.phones), "")


def _of_hit(hit: HouseholdHit) -> dict[str, Any]:
    return {
        "id": str(hit.id),
        "href": f"{HERE}/{hit.id}",
        "room": hit.room_long,
        "owner": hit.owner_name,
        "people": len(hit.persons),
        "phone": _first_phone(hit.persons),
        "butler": hit.butler_name or "",
    }


def _of_unit(unit: Unit, people: Sequence[PersonBrief]) -> dict[str, Any]:
    return {
        "id": str(unit.id),
        "href": f"{HERE}/{unit.household_id}" if unit.household_id else "",
        "room": unit.room_long,
        "owner": unit.owner_name,
        "people": len(people),
        "phone": _first_phone(people),
        "butler": unit.butler_name or "",
    }


NAVIGATION = tuple(
    NavItem(label=_("住户"), path=HERE, permission=VIEW, icon="users", order=40, phone=phone, go="h")
    for phone in (False, True)
)
