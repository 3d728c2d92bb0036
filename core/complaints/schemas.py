"""What a complaint says beyond any request, and at each of its arrows (CP-01 to CP-04, FORM-04)."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from core.kit.i18n import _
from core.tickets.words import DEPARTMENT, PERSON

Severity = Literal["simple", "general", "complex"]
Way = Literal["phone", "in_person", "written", "online"]

SEVERITIES = {"simple": _("简单"), "general": _("一般"), "complex": _("复杂")}
WAYS = {"phone": _("电话"), "in_person": _("当面"), "written": _("书面"), "online": _("网络")}


class Details(msgspec.Struct, kw_only=True):
    """Asked when a complaint is taken in; kept in the ticket's `form`. Government letters need
    `forwarded_by` and go to the general office (CP-03); `quality_hotline` is answered in 72 hours (CP-04).
    """

    severity: Annotated[Severity, Meta(title=_("投诉等级"), extra={"labels": SEVERITIES})] = "general"
    complained_department: (
        Annotated[str, Meta(title=_("被投诉部门"), max_length=40, extra=DEPARTMENT)] | None
    ) = None
    complained_person: Annotated[UUID, Meta(title=_("被投诉人"), extra=PERSON)] | None = None
    quality_hotline: Annotated[bool, Meta(title=_("质量热线来电"))] = False
    forwarded_by: Annotated[str, Meta(title=_("转办单位"), max_length=100)] | None = None
    forwarded_reference: Annotated[str, Meta(title=_("转办编号"), max_length=60)] | None = None


class Inform(msgspec.Struct, kw_only=True):
    department: Annotated[str, Meta(title=_("告知部门"), max_length=40, extra=DEPARTMENT)] | None = None
    specialist_owner: Annotated[UUID, Meta(title=_("专员"), extra=PERSON)] | None = None
    how: Annotated[Way, Meta(title=_("告知方式"), extra={"labels": WAYS})] = "phone"


class Contact(msgspec.Struct, kw_only=True):
    """SLA-16: the department complained of apologises first, then says what it will do."""

    contacted_at: Annotated[datetime, Meta(title=_("联系时间"))] | None = None
    how: Annotated[Way, Meta(title=_("联系方式"), extra={"labels": WAYS})] = "phone"
    apologised: Annotated[bool, Meta(title=_("已先致歉"))] = False
    remedy: Annotated[str, Meta(title=_("答应怎样补救"), min_length=2, max_length=1000)]


class Coordinate(msgspec.Struct, kw_only=True):
    reason: Annotated[str, Meta(title=_("为什么超出部门权限"), min_length=2, max_length=400)]


class Remedy(msgspec.Struct, kw_only=True):
    """What was found and put right; cause and solution are the investigation's (004 guide 3)."""

    remedy: Annotated[str, Meta(title=_("补救情况"), min_length=2, max_length=4000)]
    cause: Annotated[str, Meta(title=_("原因"), max_length=1000)] | None = None
    solution: Annotated[str, Meta(title=_("可行的解决办法"), max_length=1000)] | None = None
    outside_expert: Annotated[bool, Meta(title=_("请过外部专家"))] = False
    customer_agreed: Annotated[bool, Meta(title=_("业主同意"))] = False


class Reply(msgspec.Struct, kw_only=True):
    reply: Annotated[str, Meta(title=_("答复内容"), min_length=2, max_length=4000)]
    how: Annotated[Way, Meta(title=_("答复方式"), extra={"labels": WAYS})] = "phone"


class Regrade(msgspec.Struct, kw_only=True):
    severity: Annotated[Severity, Meta(title=_("投诉等级"), extra={"labels": SEVERITIES})]
    reason: Annotated[str, Meta(title=_("原因"), min_length=2, max_length=400)]


class FeedBack(msgspec.Struct, kw_only=True):
    """What the forwarding body is told (CP-03)."""

    item: Annotated[str, Meta(title=_("处理的事项"), min_length=2, max_length=1000)]
    opinion: Annotated[str, Meta(title=_("处理意见"), min_length=2, max_length=1000)]
    situation: Annotated[str, Meta(title=_("投诉人最新情况"), min_length=2, max_length=1000)]
    how: Annotated[Way, Meta(title=_("反馈方式"), extra={"labels": WAYS})] = "written"


class ButlerSign(msgspec.Struct, kw_only=True):
    remark: Annotated[str, Meta(title=_("签字备注"), max_length=400)] | None = None
