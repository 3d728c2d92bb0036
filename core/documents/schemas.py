"""A print of a paper, as its foot shows it."""

from datetime import datetime
from uuid import UUID

import msgspec

LONGEST_REASON = 200


class Printing(msgspec.Struct, frozen=True, kw_only=True):
    """Who printed it, when, for the how-manieth time; `times` 0 is a look at it that counts nothing."""

    by: str
    at: datetime
    times: int
    actor: UUID | None = None
