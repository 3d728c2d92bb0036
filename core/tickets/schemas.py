"""What is said to register a ticket and at each of its arrows, and how a ticket is shown.

Titles are message ids; the same structs make the desk's forms, the API's schemas and the columns of
FORM-01 to 03.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from core.flows.schemas import OfferedTransition
from core.kit.i18n import _
from core.tickets.words import AGREED_HOW, CONDUCT, CONSENTS, DEPARTMENT, PERSON

Urgency = Literal["normal", "soon", "now"]
Impact = Literal["household", "building", "estate"]
Size = Literal["minor", "medium", "major"]
Channel = Literal[
    "phone", "in_person", "letter", "email", "online", "app", "visit", "petition", "government_forward",
    "patrol", "other",
]  # fmt: skip  # fmt: skip
Nature = Literal[
    "facility_damage", "environment_hygiene", "safety", "service_quality", "fees", "renovation", "noise",
    "parking", "greening", "other",
]  # fmt: skip
Exemption = Literal["public_area", "absent_with_consent", "refused"]

Words = Annotated[str, Meta(min_length=2, max_length=4000)]
Money = Annotated[
    Decimal,
    Meta(
        extra={"ge": 0, "le": 10_000_000, "places": 2},
        extra_json_schema={"description": "yuan, two places"},
    ),
]

CHANNELS = {
    "phone": _("电话"),
    "in_person": _("来访"),
    "letter": _("来函"),
    "email": _("邮件"),
    "online": _("网络"),
    "app": _("App"),
    "visit": _("走访"),
    "petition": _("信访"),
    "government_forward": _("政府转办"),
    "patrol": _("巡楼"),
    "other": _("其他"),
}
NATURES = {
    "facility_damage": _("设施损坏"),
    "environment_hygiene": _("环境卫生"),
    "safety": _("安全管理"),
    "service_quality": _("服务质量"),
    "fees": _("费用"),
    "renovation": _("装修"),
    "noise": _("噪音"),
    "parking": _("停车"),
    "greening": _("绿化"),
    "other": _("其他"),
}
URGENCIES = {"normal": _("一般"), "soon": _("尽快"), "now": _("紧急")}
IMPACTS = {"household": _("一户"), "building": _("一栋楼"), "estate": _("整个小区")}
SIZES = {"minor": _("小修"), "medium": _("中修"), "major": _("大修")}
EXEMPTIONS = {
    "public_area": _("公共区域"),
    "absent_with_consent": _("业主不在，已同意"),
    "refused": _("业主拒签"),
}


class NewTicket(msgspec.Struct, kw_only=True):
    """A request as received (FORM-01). One of household, unit or place says where; see TK-01 for what
    is refused.
    """

    kind: Annotated[str, Meta(title=_("类型"), max_length=40)]
    project_id: Annotated[UUID, Meta(title=_("小区"))]
    content: Annotated[str, Meta(title=_("诉求内容"), min_length=2, max_length=4000)]
    household_id: UUID | None = None
    unit_id: UUID | None = None
    place: Annotated[str, Meta(title=_("公共区域"), max_length=200)] | None = None
    channel: Annotated[Channel, Meta(title=_("来源"))] = "phone"
    requester: Annotated[str, Meta(title=_("诉求人"), max_length=60)] | None = None
    contact_phone: Annotated[str, Meta(title=_("联系电话"), max_length=40)] | None = None
    anonymous: Annotated[bool, Meta(title=_("匿名"))] = False
    urgency: Annotated[Urgency, Meta(title=_("紧急程度"))] = "normal"
    impact: Annotated[Impact, Meta(title=_("影响范围"))] = "household"
    nature: Annotated[Nature, Meta(title=_("性质"))] | None = None
    reason: Annotated[str, Meta(title=_("事由"), max_length=400)] | None = None
    immediate: Annotated[bool, Meta(title=_("立即上门"))] = False
    appointment_at: Annotated[datetime, Meta(title=_("预约时间"))] | None = None
    next_free: Annotated[bool, Meta(title=_("不指定时间"))] | None = None
    paid: Annotated[bool, Meta(title=_("有偿服务"))] = False
    price_item: Annotated[str, Meta(title=_("收费项目"), max_length=100)] | None = None
    price: Annotated[Money, Meta(title=_("报价（元）"))] | None = None
    price_accepted: Annotated[bool, Meta(title=_("已向业主讲明费用，业主同意"))] = False
    occurred_at: Annotated[datetime, Meta(title=_("发生时间"))] | None = None
    promised_reply: Annotated[date, Meta(title=_("答复日期"))] | None = None
    major: Annotated[bool, Meta(title=_("重大事件"))] = False
    dispatch_to: Annotated[str, Meta(title=_("派给"), max_length=40)] | None = None
    duplicate: Literal["ask", "link", "new"] = "new"
    duplicate_of: UUID | None = None
    attachments: list[UUID] = []
    form: dict[str, Any] = {}


class Dispatch(msgspec.Struct, kw_only=True):
    department: Annotated[str, Meta(title=_("派给部门"), max_length=40, extra=DEPARTMENT)] | None = None
    specialist_owner: Annotated[UUID, Meta(title=_("专员"), extra=PERSON)] | None = None


class Reason(msgspec.Struct):
    reason: Annotated[str, Meta(title=_("原因"), min_length=2, max_length=400)]


class WaitCustomer(msgspec.Struct, kw_only=True):
    reason: Annotated[str, Meta(title=_("原因"), min_length=2, max_length=400)]
    next_at: Annotated[datetime, Meta(title=_("下次上门时间"))] | None = None


class Rebook(msgspec.Struct, kw_only=True):
    appointment_at: Annotated[datetime, Meta(title=_("上门时间"))]
    reason: Annotated[str, Meta(title=_("原因"), min_length=2, max_length=400)]


class Take(msgspec.Struct, kw_only=True):
    size: Annotated[Size, Meta(title=_("维修等级"), extra={"labels": SIZES})] = "minor"


class Assign(msgspec.Struct, kw_only=True):
    """The size class must be said when the first engineer is sent (RP-01 Exc)."""

    engineer: Annotated[UUID, Meta(title=_("维修人员"), extra={"as": "engineer"})]
    size: Annotated[Size, Meta(title=_("维修等级"), extra={"labels": SIZES})] | None = None
    appointment_at: Annotated[datetime, Meta(title=_("上门时间"))] | None = None
    reason: Annotated[str, Meta(title=_("更改等级的原因"), max_length=400)] | None = None


class Arrive(msgspec.Struct, kw_only=True):
    """RP-06: nobody enters without the resident's consent; public areas need none."""

    consent: Annotated[
        Literal["resident", "public_area"], Meta(title=_("业主同意进门"), extra={"labels": CONSENTS})
    ]


class Quote(msgspec.Struct, kw_only=True):
    item: Annotated[str, Meta(title=_("收费项目"), min_length=1, max_length=100)]
    amount: Annotated[Money, Meta(title=_("金额（元）"))]


class AcceptPrice(msgspec.Struct, kw_only=True):
    accepted_by: Annotated[str, Meta(title=_("同意人"), min_length=1, max_length=60)]
    how: Annotated[
        Literal["on_site", "phone", "written"], Meta(title=_("同意方式"), extra={"labels": AGREED_HOW})
    ]


class WaitThirdParty(msgspec.Struct, kw_only=True):
    party: Annotated[str, Meta(title=_("等待哪一方"), min_length=1, max_length=100)]
    asked_at: Annotated[datetime, Meta(title=_("何时联系"))] | None = None
    reason: Annotated[str, Meta(title=_("原因"), max_length=400)] | None = None
    next_at: Annotated[datetime, Meta(title=_("下次上门时间"))] | None = None


class Material(msgspec.Struct, kw_only=True):
    name: Annotated[str, Meta(title=_("材料"), min_length=1, max_length=100)]
    quantity: Annotated[Decimal, Meta(title=_("数量"), extra={"ge": 0})] = Decimal(1)
    amount: Annotated[Money, Meta(title=_("金额（元）"))] = Decimal("0.00")


class Complete(msgspec.Struct, kw_only=True):
    """The engineer's sheet (FORM-03) with the customer's signature and the conduct checklist (FORM-77,
    RP-06).
    """

    work: Annotated[str, Meta(title=_("处理情况"), min_length=2, max_length=4000)]
    material: Annotated[list[Material], Meta(title=_("用料"))] = []
    amount: Annotated[Money, Meta(title=_("人工费（元）"))] | None = None
    signature: (
        Annotated[str, Meta(title=_("业主签名"), max_length=60_000, extra={"as": "signature"})] | None
    ) = None
    signed_by: Annotated[str, Meta(title=_("签名人"), max_length=60)] | None = None
    signature_exemption: (
        Annotated[Exemption, Meta(title=_("无签名的原因"), extra={"labels": EXEMPTIONS})] | None
    ) = None
    checklist: Annotated[list[str], Meta(title=_("入户检查"), extra={"as": "checks", "labels": CONDUCT})] = []
    satisfied: Annotated[bool, Meta(title=_("业主满意"))] = True
    follow_up: Annotated[str, Meta(title=_("后续工单内容"), min_length=2, max_length=400)] | None = None


class ReturnSheet(msgspec.Struct, kw_only=True):
    sheet_no: Annotated[str, Meta(title=_("纸单或扫描编号"), max_length=60)] | None = None


class Answer(msgspec.Struct, kw_only=True):
    answer: Annotated[str, Meta(title=_("答复"), min_length=2, max_length=4000)]


class Finish(msgspec.Struct, kw_only=True):
    result: Annotated[str, Meta(title=_("处理结果"), min_length=2, max_length=4000)]


class Cancel(msgspec.Struct, kw_only=True):
    reason: Annotated[str, Meta(title=_("原因"), min_length=2, max_length=400)]
    confirmed_by: Annotated[str, Meta(title=_("诉求人确认"), min_length=1, max_length=60)]


class Refuse(msgspec.Struct, kw_only=True):
    reason: Annotated[str, Meta(title=_("不受理的原因"), min_length=2, max_length=400)]
    guidance: Annotated[str, Meta(title=_("给诉求人的指引"), min_length=2, max_length=400)]


class Merge(msgspec.Struct, kw_only=True):
    into: Annotated[str, Meta(title=_("并入哪张工单"), min_length=1, max_length=60)]


class Escalate(msgspec.Struct, kw_only=True):
    reason: Annotated[str, Meta(title=_("原因"), min_length=2, max_length=400)]
    major: Annotated[bool, Meta(title=_("重大事件"))] = False


class Reassign(msgspec.Struct, kw_only=True):
    specialist_owner: Annotated[UUID, Meta(title=_("专员"), extra=PERSON)]
    reason: Annotated[str, Meta(title=_("原因"), min_length=2, max_length=400)]


class NameDeputy(msgspec.Struct, kw_only=True):
    deputy: Annotated[UUID, Meta(title=_("代理首问责任人"), extra=PERSON)]
    reason: Annotated[str, Meta(title=_("原因"), min_length=2, max_length=400)]


class Instruct(msgspec.Struct, kw_only=True):
    instruction: Annotated[str, Meta(title=_("主管批示"), min_length=2, max_length=1000)]


class Resize(msgspec.Struct, kw_only=True):
    size: Annotated[Size, Meta(title=_("维修等级"), extra={"labels": SIZES})]
    reason: Annotated[str, Meta(title=_("原因"), min_length=2, max_length=400)]


class Reopen(msgspec.Struct, kw_only=True):
    reason: Annotated[str, Meta(title=_("不满意的原因"), min_length=2, max_length=1000)]


NoteType = Literal["butler_report", "first_reply", "progress", "customer_contact", "remark"]
NOTE_TYPES = {
    "butler_report": _("管家回复"),
    "first_reply": _("首次答复"),
    "progress": _("进度"),
    "customer_contact": _("联系业主"),
    "remark": _("备注"),
}


class NewNote(msgspec.Struct, kw_only=True):
    """`told_customer` says that the requester knows of this progress, which then counts as the day's message
    (SLA-20); a first reply and a contact are told by their nature.
    """

    type: Annotated[NoteType, Meta(title=_("类别"))] = "remark"
    note: Annotated[str, Meta(title=_("内容"), min_length=1, max_length=4000)]
    told_customer: Annotated[bool, Meta(title=_("已告知业主"))] = False
    attachments: list[UUID] = []


class TakeTransition(msgspec.Struct, kw_only=True):
    """The body of `POST /tickets/{id}/transitions/{name}`."""

    version: int | None = None
    note: Annotated[str, Meta(max_length=4000)] | None = None
    form: dict[str, Any] = {}
    attachments: list[UUID] = []


class PersonBrief(msgspec.Struct, frozen=True):
    id: UUID
    name: str


class HouseholdBrief(msgspec.Struct, frozen=True):
    id: UUID | None
    unit_id: UUID | None
    room: str
    owner: str = ""


class ClockView(msgspec.Struct, kw_only=True):
    """A clock of a ticket as the API and pages show it; `warn_at` is where 临近 begins. `outcome` is how it
    ended: met, late, or withdrawn because it no longer applied.
    """

    code: str
    name: str
    unit: str
    started_at: datetime
    due_at: datetime | None
    target_at: datetime | None = None
    warn_at: datetime | None = None
    paused: bool = False
    stopped_at: datetime | None = None
    breached_at: datetime | None = None
    outcome: str | None = None
    provisional: bool = False


class TicketRow(msgspec.Struct, kw_only=True):
    """A line of a list: everything shown, nothing more."""

    id: UUID
    number: str
    version: int
    kind: str
    nature: str
    priority: str
    state: str
    stage: str | None
    project_id: UUID
    room: str
    place: str | None
    content: str
    department: str | None
    engineer_name: str | None
    owner_name: str | None
    due_at: datetime | None
    breached: bool
    paid: bool
    urgency: str
    appointment_at: datetime | None
    created_at: datetime
    reopened: int = 0
    escalation: int = 0
    major: bool = False
    clock_code: str | None = None
    clock_started_at: datetime | None = None
    clock_warn_at: datetime | None = None
    clock_paused: bool = False


class Ticket(msgspec.Struct, kw_only=True):
    """A ticket as `GET /tickets/{id}` answers it."""

    id: UUID
    number: str
    version: int
    kind: str
    nature: str
    priority: str
    state: str
    stage: str | None
    project_id: UUID
    household: HouseholdBrief
    place: str | None
    content: str
    requester: str
    contact_phone: str | None
    channel: str
    urgency: str
    impact: str
    immediate: bool
    appointment_at: datetime | None
    paid: bool
    size: str | None
    first_responsible: PersonBrief
    specialist_owner: PersonBrief | None
    engineer: PersonBrief | None
    butler: PersonBrief | None
    department: str | None
    result: str | None
    reopened: int
    escalation: int
    major: bool
    linked_to: UUID | None
    follow_up_tickets: list[str]
    merged_into: UUID | None
    call_back_owed: bool
    call_back_exemption: str | None
    clocks: list[ClockView]
    transitions: list[OfferedTransition]
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    duplicates: list[str] = []
