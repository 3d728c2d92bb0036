"""Keyset paging: a cursor is the sort key of the last row shown, so that page 2,000 costs what page 1
costs.
"""

import base64
import binascii
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec

from core.kit.errors import FieldError, Invalid

T = TypeVar("T")
MOST = 200


class Page(msgspec.Struct, Generic[T]):
    """`next` is the cursor of the following page, None on the last."""

    items: list[T]
    next: str | None


def encode(*key: Any) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def decode(cursor: str | None, *kinds: Any) -> tuple[Any, ...] | None:
    """The sort key inside a cursor, converted to these types; raises Invalid for one that is not ours."""
    if not cursor:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        parts: list[Any] = msgspec.json.decode(raw, type=list[Any])
        return tuple(
            msgspec.convert(part, kind, strict=False) for part, kind in zip(parts, kinds, strict=True)
        )
    except (msgspec.DecodeError, msgspec.ValidationError, binascii.Error, ValueError) as problem:
        raise Invalid([FieldError("cursor", "not_a_choice")]) from problem


def limit(asked: int | None, default: int = 50, most: int = MOST) -> int:
    return min(max(asked or default, 1), most)


def page(rows: list[T], size: int, key: Any) -> Page[T]:
    """Cut the one row too many that a query fetched to learn whether there is a next page."""
    more = len(rows) > size
    items = rows[:size]
    return Page(items, encode(*key(items[-1])) if more else None)


def among(rows: list[T], size: int, cursor: str | None, name: Callable[[T], str]) -> Page[T]:
    """A page of a list that is read whole, because a company has few of its kind; `name` tells them apart.

    Raises Invalid where what the cursor names is no longer among them.
    """
    start = 0
    if cursor:
        (last,) = decode(cursor, str) or ("",)
        start = 1 + next((place for place, row in enumerate(rows) if name(row) == last), len(rows))
    if start > len(rows):
        raise Invalid([FieldError("cursor", "not_a_choice")])
    return page(rows[start:], size, lambda row: (name(row),))
