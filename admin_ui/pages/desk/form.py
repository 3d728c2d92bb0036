"""The log form as the desk fills it, and how it becomes a registration (TK-01, FORM-01)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from admin_ui.pages.frame import intake_of, options, ticket_kinds
from admin_ui.pages.tickets.fields import Field, fields_of, initial
from core.kit.errors import DomainError, FieldError, Refused
from core.kit.forms import Bound
from core.kit.i18n import _, gettext
from core.tickets import errors, items, priority
from core.tickets import schemas as s

VISITS = {"now": _("15 分钟内"), "booked": _("预约"), "none": _("不指定")}
PLACES = {"immediate": "visit", "unit_id": "household_id", "attachments": "photos"}
DETAIL = "form."
FURTHER = (
    *("channel", "nature", "reason", "occurred_at", "promised_reply"),
    *("impact", "anonymous", "major", "photos"),
)
"""Fields that are folded away until one of them is refused."""


class PriceNotAccepted(Refused):
    key, message, field = "desk_price_not_accepted", _("有偿服务请先向业主讲明费用并勾选"), "price_accepted"


class ContentMissing(Refused):
    key, message, field = "desk_content_missing", _("请填写诉求内容，至少 2 个字"), "content"


class WhenMissing(Refused):
    key, message, field = "desk_when_missing", _("请填写预约时间"), "appointment_at"


SAID_BETTER = {
    ("content", "required"): ContentMissing.key,
    ("content", "too_short"): ContentMissing.key,
    ("appointment_at", "required"): WhenMissing.key,
}


class DeskTicket(msgspec.Struct, kw_only=True):
    """What the desk's form sends; `visit` and `item` are its own, the rest goes into `NewTicket` as it is."""

    kind: Annotated[str, Meta(title=_("诉求类型"), max_length=40)]
    project_id: Annotated[UUID, Meta(title=_("小区"))]
    content: Annotated[str, Meta(title=_("诉求内容"), min_length=2, max_length=4000)]
    household_id: Annotated[UUID, Meta(title=_("房号"))] | None = None
    place: Annotated[str, Meta(title=_("公共区域或地址"), max_length=200)] | None = None
    item: Annotated[str, Meta(title=_("项目"), max_length=40)] | None = None
    urgency: Annotated[s.Urgency, Meta(title=_("紧急程度"))] = "normal"
    visit: Annotated[Literal["now", "booked", "none"], Meta(title=_("上门时间"))] = "none"
    appointment_at: Annotated[datetime, Meta(title=_("预约时间"))] | None = None
    paid: Annotated[bool, Meta(title=_("有偿服务"))] = False
    price_item: Annotated[str, Meta(title=_("收费项目"), max_length=100)] | None = None
    price: Annotated[s.Money, Meta(title=_("报价"))] | None = None
    price_accepted: Annotated[bool, Meta(title=_("已向业主讲明费用，业主同意"))] = False
    dispatch_to: Annotated[str, Meta(title=_("派给"), max_length=40)] | None = None
    contact_phone: Annotated[str, Meta(title=_("联系电话"), max_length=40)] | None = None
    requester: Annotated[str, Meta(title=_("诉求人"), max_length=60)] | None = None
    anonymous: Annotated[bool, Meta(title=_("匿名（不回访）"))] = False
    major: Annotated[bool, Meta(title=_("重大事件"))] = False
    channel: Annotated[s.Channel, Meta(title=_("来源"))] = "phone"
    impact: Annotated[s.Impact, Meta(title=_("影响范围"))] = "household"
    nature: Annotated[s.Nature, Meta(title=_("性质"))] | None = None
    reason: Annotated[str, Meta(title=_("事由"), max_length=400)] | None = None
    occurred_at: Annotated[datetime, Meta(title=_("发生时间"))] | None = None
    promised_reply: Annotated[date, Meta(title=_("答复日期"))] | None = None
    duplicate: Annotated[Literal["ask", "link", "new"], Meta(title=_("怎么登记"))] = "ask"
    duplicate_of: UUID | None = None


SAME = (
    "kind", "project_id", "content", "household_id", "place", "urgency", "contact_phone", "requester",
    "anonymous", "major", "channel", "impact", "dispatch_to", "duplicate", "duplicate_of", "nature", "reason",
    "occurred_at", "promised_reply",
)  # fmt: skip
PRICED = ("price_item", "price", "price_accepted")


def begin(kind: str | None, values: Mapping[str, Any]) -> Bound[DeskTicket]:
    """The form of a new call; `values` is what is known of the caller."""
    known = [flow.name for flow in ticket_kinds()]
    chosen = kind if kind in known else (known[0] if known else "")
    start = {
        "kind": chosen,
        "urgency": "normal",
        "visit": "none",
        "channel": "phone",
        "impact": "household",
        "dispatch_to": department_for(chosen),
    }
    asked = {f"{DETAIL}{name}": value for name, value in initial(details_of(chosen), {}).items()}
    return Bound(DeskTicket, {**start, **asked, **values})


def details_of(kind: str) -> list[Field]:
    """What the kind asks besides; named `form.…` on the page and in refusals."""
    return fields_of(intake_of(kind).details)


def department_for(kind: str) -> str:
    """Who gets a request of this kind unless the desk says otherwise; nobody where it is answered at once."""
    intake = intake_of(kind)
    return "" if intake.at_once else priority.department(intake.nature)


def items_of(kind: str) -> list[dict[str, str]]:
    return options(items.ITEMS.get(kind, {}))


def registration(bound: Bound[DeskTicket]) -> tuple[s.NewTicket, list[FieldError]]:
    """What is to be registered, and the fields that the form itself refuses."""
    said, wrong = bound.partly()
    visited = intake_of(said.kind).visited
    booked = said.visit == "booked" and visited
    unread = {error.field for error in wrong}
    if booked and said.appointment_at is None and "appointment_at" not in unread:
        wrong += WhenMissing().errors
    paid = said.paid and visited
    if paid and said.price is not None and not said.price_accepted and said.dispatch_to:
        wrong += PriceNotAccepted().errors
    new = s.NewTicket(
        **{name: getattr(said, name) for name in SAME},
        **({name: getattr(said, name) for name in PRICED} if paid else {}),
        paid=paid,
        immediate=said.visit == "now" and visited,
        appointment_at=said.appointment_at if booked else None,
        form=_detailed(bound, said),
    )
    return new, wrong


def _detailed(bound: Bound[DeskTicket], said: DeskTicket) -> dict[str, Any]:
    asked = {f.name: bound.raw.get(f"{DETAIL}{f.name}") for f in details_of(said.kind)}
    chosen = {"item": said.item} if said.item and items.label(said.kind, said.item) else {}
    return {**{name: value for name, value in asked.items() if value not in {None, ""}}, **chosen}


def refused(bound: Bound[DeskTicket], refusal: DomainError) -> Bound[DeskTicket]:
    """The form with each refusal where the desk can answer it."""
    bound.refused(refusal)
    bound.errors = [
        FieldError(
            PLACES.get(error.field, error.field),
            SAID_BETTER.get((error.field, error.key), error.key),
            error.params,
        )
        for error in bound.errors
    ]
    return bound


def earlier_choice(bound: Bound[DeskTicket]) -> list[dict[str, str]]:
    """What to do with a request like one of the last day: two answers, none of them given."""
    earlier = next((error for error in bound.errors if error.key == errors.DuplicateTicket.key), None)
    if earlier is None:
        return []
    number = earlier.params["number"]
    return [
        {"value": "link", "label": gettext(_("登记并关联 {number}"), number=number)},
        {"value": "new", "label": gettext(_("另一件事，新建"))},
    ]
