"""What an enquiry says beyond any request, and at each of its arrows (EQ-01 to EQ-05, FORM-11)."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from core.kit.i18n import _
from core.tickets.words import DEPARTMENT

Topic = Literal["oral", "specialist", "out_of_competence", "written"]

TOPICS = {
    "oral": _("一般咨询"),
    "specialist": _("专业咨询"),
    "out_of_competence": _("小区以外的事"),
    "written": _("书面咨询"),
}


class Details(msgspec.Struct, kw_only=True):
    """`specialist` is answered jointly with that department (EQ-02), `out_of_competence` once the head of the
    property department permits it (EQ-03), `written` by a letter (EQ-04).
    """

    topic: Annotated[Topic, Meta(title=_("咨询类别"), extra={"labels": TOPICS})] = "oral"


class Promise(msgspec.Struct, kw_only=True):
    """EQ-01: no promise without the time agreed with the resident."""

    promised_at: Annotated[datetime, Meta(title=_("约定答复时间"))]
    note: Annotated[str, Meta(title=_("备注"), max_length=400)] | None = None


class Answer(msgspec.Struct, kw_only=True):
    answer: Annotated[str, Meta(title=_("答复"), min_length=2, max_length=4000)]
    joint_with: Annotated[str, Meta(title=_("会同答复的部门"), max_length=40, extra=DEPARTMENT)] | None = None
    letter_no: Annotated[str, Meta(title=_("复函编号"), max_length=60)] | None = None


class Permit(msgspec.Struct, kw_only=True):
    guidance: Annotated[str, Meta(title=_("同意的答复或指引"), min_length=2, max_length=1000)]


class Coordinate(msgspec.Struct, kw_only=True):
    reason: Annotated[str, Meta(title=_("沟通不成的原因"), min_length=2, max_length=400)]


class Coordinated(msgspec.Struct, kw_only=True):
    outcome: Annotated[str, Meta(title=_("协调结果"), min_length=2, max_length=1000)]


class Found(msgspec.Struct, kw_only=True):
    """EQ-05: what the records say, told to whoever may know it."""

    answer: Annotated[str, Meta(title=_("查询结果"), min_length=2, max_length=4000)]
    identity_checked: Annotated[bool, Meta(title=_("已核对身份"))] = False
