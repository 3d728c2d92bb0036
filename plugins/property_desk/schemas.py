"""What is said to open a goods slip and at each of its arrows (FORM-20), and how a slip is shown."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from core.flows.schemas import OfferedTransition
from core.kit.i18n import _

Applicant = Literal["owner", "renter", "renovation_lead", "staff"]
Means = Literal["on_site", "phone", "written"]
MOST_ITEMS = 50

APPLICANTS = {
    "owner": _("业主"),
    "renter": _("租户"),
    "renovation_lead": _("装修负责人"),
    "staff": _("员工"),
}
MEANS = {"on_site": _("当面"), "phone": _("电话"), "written": _("书面")}

PersonName = Annotated[str, Meta(min_length=1, max_length=60)]


class GoodsItem(msgspec.Struct):
    """`measure` is the measure word: 张, 台, 箱."""

    name: Annotated[str, Meta(title=_("物品"), min_length=1, max_length=60)]
    n: Annotated[int, Meta(title=_("数量"), ge=1, le=9999)] = 1
    measure: Annotated[str, Meta(title=_("单位"), max_length=8)] = ""


Items = Annotated[list[GoodsItem], Meta(title=_("搬出物品"), max_length=MOST_ITEMS)]


class NewGoodsSlip(msgspec.Struct, kw_only=True):
    """`applicant` is who signs as 办证人. Staff name `staff_id`; everybody else the unit."""

    project_id: UUID
    applicant: Annotated[Applicant, Meta(title=_("办证人身份"))]
    unit_id: Annotated[UUID, Meta(title=_("房号"))] | None = None
    applicant_name: Annotated[str, Meta(title=_("办证人姓名"), max_length=60)] = ""
    staff_id: Annotated[UUID, Meta(title=_("员工"))] | None = None
    place: Annotated[str, Meta(title=_("从哪里搬出"), max_length=60)] = ""
    mover_name: Annotated[PersonName, Meta(title=_("搬运人姓名"))]
    mover_id: Annotated[str, Meta(title=_("搬运人身份证号"), min_length=1, max_length=30)]
    items: Items = []
    valid_on: Annotated[date, Meta(title=_("放行日期"))]


class Consent(msgspec.Struct, kw_only=True):
    """How and when the owner agreed; for staff `head` is the head of their department."""

    means: Annotated[Means, Meta(title=_("同意方式"))]
    by: Annotated[str, Meta(title=_("同意的业主"), max_length=60)] = ""
    at: Annotated[datetime, Meta(title=_("何时同意"))] | None = None
    note: Annotated[str, Meta(title=_("说明"), max_length=400)] = ""
    head: Annotated[UUID, Meta(title=_("部门负责人"))] | None = None


class ApplicantSigns(msgspec.Struct, kw_only=True):
    """`signature` as the signing field holds it, or `on_paper` where the printed slip was signed."""

    signature: Annotated[str, Meta(title=_("办证人签字"), max_length=60_000)] | None = None
    on_paper: Annotated[bool, Meta(title=_("已在纸质放行条上签字"))] = False


class Amend(msgspec.Struct, kw_only=True):
    items: Items = []
    valid_on: Annotated[date, Meta(title=_("放行日期"))]


class Release(msgspec.Struct, kw_only=True):
    """`checked` are the places in the list, from 0, of the items the guard has found in the right number."""

    checked: Annotated[list[int], Meta(title=_("已核对"), max_length=MOST_ITEMS)] = []


class Mismatch(msgspec.Struct, kw_only=True):
    difference: Annotated[str, Meta(title=_("哪里不符"), min_length=2, max_length=400)]


class Reason(msgspec.Struct, kw_only=True):
    reason: Annotated[str, Meta(title=_("原因"), min_length=2, max_length=400)]


class SlipRow(msgspec.Struct, kw_only=True):
    id: UUID
    number: str
    version: int
    state: str
    project_id: UUID
    room: str
    place: str
    applicant: str
    applicant_name: str
    mover_name: str
    items: list[GoodsItem]
    valid_on: date
    created_at: datetime


class Step(msgspec.Struct):
    """Who did it and when."""

    at: datetime
    id: UUID | None = None
    name: str = ""


class ConsentView(msgspec.Struct, kw_only=True):
    means: str
    by: str
    at: datetime
    note: str | None = None


class Slip(SlipRow, kw_only=True):
    """`mover_id` is masked. `code` is what the paper's QR carries, for those who may print; `transitions` are
    those this caller may take now.
    """

    unit_id: UUID | None
    household_id: UUID | None
    staff_id: UUID | None
    mover_id: str
    edition: int
    prints: int
    prepared_by: UUID
    prepared_by_name: str = ""
    consent: ConsentView | None = None
    applicant_signed_at: datetime | None = None
    duty_signed: Step | None = None
    stamped: Step | None = None
    issued: Step | None = None
    released: Step | None = None
    filed_at: datetime | None = None
    difference: str | None = None
    void_reason: str | None = None
    code: str | None = None
    transitions: list[OfferedTransition] = []
    updated_at: datetime


class Identity(msgspec.Struct):
    """The mover's ID number in full."""

    mover_id: str
