"""A call-back as it is said and shown (FORM-06)."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from core.kit.i18n import _

Method = Literal["phone", "visit", "online"]
Satisfaction = Literal["satisfied", "acceptable", "dissatisfied"]

METHODS = {"phone": _("电话"), "visit": _("上门"), "online": _("网络")}
RESULTS = {"reached": _("已接通"), "attempted": _("未接通"), "unreachable": _("联系不上")}
SATISFACTIONS = {"satisfied": _("满意"), "acceptable": _("一般"), "dissatisfied": _("不满意")}


class NewCallBack(msgspec.Struct, kw_only=True):
    """`attempted` is a try that reached nobody; the third on a second day makes the household unreachable."""

    method: Annotated[Method, Meta(title=_("方式"))] = "phone"
    result: Annotated[Literal["reached", "attempted"], Meta(title=_("是否接通"))]
    satisfaction: Annotated[Satisfaction, Meta(title=_("满意度"))] | None = None
    person: Annotated[str, Meta(title=_("接听人"), max_length=60)] | None = None
    note: Annotated[str, Meta(title=_("业主意见"), max_length=2000)] | None = None
    version: int | None = None


class Exempt(msgspec.Struct, kw_only=True):
    """A supervisor's typed reason why nobody is called back (withdrawn, …)."""

    reason: Annotated[str, Meta(title=_("免回访原因"), min_length=2, max_length=400)]
    version: int | None = None


class CallBack(msgspec.Struct, kw_only=True):
    id: UUID
    ticket_id: UUID
    attempt: int
    at: datetime
    method: str
    result: str
    satisfaction: str | None
    person: str | None
    note: str | None
    caller_id: UUID
    caller_name: str
    round: int


class Waiting(msgspec.Struct, kw_only=True):
    """A ticket in the call-back queue; `tries` were made without reaching anybody."""

    id: UUID
    number: str
    version: int
    kind: str
    room: str
    place: str | None
    content: str
    requester: str
    phone_masked: str | None
    done_at: datetime | None
    due_at: datetime | None
    breached: bool
    major: bool
    engineer_name: str | None
    tries: int
    last_try: date | None


class Rate(msgspec.Struct, kw_only=True):
    """CB-01: reached ÷ owed; the unreachable are shown and not counted as reached; exempt tickets do
    not count.
    """

    owed: int
    reached: int
    unreachable: int
    waiting: int
    exempt: int

    @property
    def percent(self) -> float | None:
        return round(self.reached * 100 / self.owed, 1) if self.owed else None
