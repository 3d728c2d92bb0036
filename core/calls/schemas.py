"""A call as the telephone system reports it, and as the desk sees it ring."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from core.kit.i18n import _


class NewCall(msgspec.Struct, kw_only=True):
    """`line` is the extension or queue it rings on, as the telephone system calls it."""

    phone: Annotated[str, Meta(title=_("来电号码"), min_length=1, max_length=40)]
    line: Annotated[str, Meta(title=_("线路"), max_length=40)] = ""


class Call(msgspec.Struct, kw_only=True):
    """`rooms` are the households that have this phone, none for a stranger."""

    id: UUID
    phone_masked: str
    line: str
    rang_at: datetime
    rooms: list[str] = []
