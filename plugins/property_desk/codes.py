"""What a slip's QR carries: an opaque signed token for the record and the edition of its paper."""

import base64
import binascii
import hmac
from typing import Any
from uuid import UUID

from core.kit.context import current
from core.kit.settings import derive

MARK = 10


def code_of(identity: UUID, edition: int) -> str:
    body = identity.bytes + edition.to_bytes(2)
    return base64.urlsafe_b64encode(body + _mark(body)).decode().rstrip("=")


def read(code: str) -> tuple[UUID, int] | None:
    """The slip's id and its paper's edition; None for what this company did not sign."""
    try:
        raw = base64.b64decode(code + "=" * (-len(code) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    body, mark = raw[:-MARK], raw[-MARK:]
    if len(body) != 18 or not hmac.compare_digest(mark, _mark(body)):  # noqa: PLR2004 - an id and two bytes
        return None
    return UUID(bytes=body[:16]), int.from_bytes(body[16:])


def _mark(body: bytes) -> Any:
    return hmac.digest(derive("goods slip code"), current().tenant.id.bytes + body, "sha256")[:MARK]
