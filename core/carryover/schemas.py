"""The closing list of a project's service day, its lines, and what is written about each (TK-06)."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from core.kit.i18n import _

EntryType = Literal["unfinished", "unreturned_sheet"]
TYPES = {"unfinished": _("未办完"), "unreturned_sheet": _("维修单未返")}
"""The second is the complaint register's type for sheets that cannot come back in time (FORM-04)."""

Words = Annotated[str, Meta(min_length=2, max_length=400)]


class NewEntry(msgspec.Struct, kw_only=True):
    """Why it is unfinished and what comes next. `next_on` is the day of the next step, the next service day
    unless said; until then the ticket is on no list, unless something of it falls due. `corrects` is the
    entry that this one puts right, with the reason in `correction`; the first stays as it was.
    """

    ticket: Annotated[str, Meta(title=_("工单"), min_length=1, max_length=60)]
    reason: Annotated[Words, Meta(title=_("未办完的原因"))]
    next_step: Annotated[Words, Meta(title=_("下一步"))]
    next_on: Annotated[date, Meta(title=_("跟进日期"))] | None = None
    day: date | None = None
    """The list's day; the one being written unless said."""
    corrects: UUID | None = None
    correction: Annotated[str, Meta(title=_("更正的原因"), max_length=400)] | None = None


class Entry(msgspec.Struct, kw_only=True):
    """One line of the register. `automatic`: the engineer's 「cannot complete」 wrote it. `next_at` is an
    appointment agreed with the resident.
    """

    id: UUID
    ticket_id: UUID
    project_id: UUID
    day: date
    entry_type: EntryType
    reason: str
    next_step: str
    next_on: date
    next_at: datetime | None
    sheet: str | None
    corrects: UUID | None
    correction: str | None
    automatic: bool
    at: datetime
    actor_id: UUID
    actor_name: str


class Line(msgspec.Struct, kw_only=True):
    """An unfinished ticket as it stood when the desk closed, or stands now on the list that is still open.

    `carried` says that it came over from an earlier day; `state` is the ticket's at the close. `entry` is
    what was written for this day last, None where nothing was; `entries` counts them, corrections too.
    """

    ticket_id: UUID
    number: str
    kind: str
    project_id: UUID
    room: str
    place: str | None
    content: str
    requester: str
    department: str | None
    priority: str
    state: str
    day: date
    entry_type: EntryType
    carried: bool
    created_at: datetime
    due_at: datetime | None
    hand: str | None
    sheet: str | None
    entries: int = 0
    entry: Entry | None = None


class ClosingList(msgspec.Struct, kw_only=True):
    """`open` while it may still be written: until its close, and as long after as a register may be filled
    in (SLA-50). `missing` counts the lines nobody has written about; `before` and `after` are the service
    days next to it.
    """

    project_id: UUID
    day: date
    before: date
    after: date
    begins: datetime
    closes: datetime
    open: bool
    missing: int
    lines: list[Line]
