"""Draws the form of any arrow from its struct: what each field is, what it may be, how it begins."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec import inspect as types

from core.kit import clock
from core.kit.i18n import gettext

LONG = 200
FEW = 3


class Field(msgspec.Struct, kw_only=True):
    """`kind`: text, long, money, number, date, moment, check, seg, select, chips, department, person,
    engineer, signature, checks, or rows (then `columns` are its cells).
    """

    name: str
    label: str
    kind: str
    required: bool = False
    most: int | None = None
    labels: dict[str, str] = {}
    default: Any = ""
    columns: list["Field"] = []

    @property
    def options(self) -> list[dict[str, str]]:
        return [{"value": value, "label": gettext(label)} for value, label in self.labels.items()]


def fields_of(struct: type[msgspec.Struct] | None) -> list[Field]:
    """In the struct's own order; what has no title is not for people."""
    if struct is None:
        return []
    info = types.type_info(struct)
    assert isinstance(info, types.StructType)  # noqa: S101 - a struct's own type info
    drawn = (_field(field) for field in info.fields)
    return [field for field in drawn if field is not None]


def initial(fields: list[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """What the form begins with: defaults of the struct, then what is known of the record."""
    start = {field.name: field.default for field in fields if field.default not in {"", None}}
    return {**start, **{name: _typed(value) for name, value in values.items() if value not in {None, ""}}}


def _typed(value: Any) -> str:
    """As a browser would send it."""
    if isinstance(value, datetime):
        return f"{clock.local(value):%Y-%m-%dT%H:%M}"
    return str(value)


def _field(field: types.Field) -> Field | None:
    kind, title, extra = _unwrapped(field.type)
    if not title:
        return None
    drawn = Field(
        name=field.name,
        label=gettext(title),
        kind=extra.get("as", ""),
        required=field.required,
        labels=extra.get("labels", {}),
        default=_default(field),
    )
    return _kind_of(kind, drawn)


def _unwrapped(kind: Any) -> tuple[types.Type, str, dict[str, Any]]:
    """The type inside `Annotated` and `| None`, its title, and what `Meta(extra=…)` says."""
    title, extra = "", dict[str, Any]()
    while True:
        if isinstance(kind, types.Metadata):
            title = title or (kind.extra_json_schema or {}).get("title", "")
            extra |= kind.extra or {}
            kind = kind.type
        elif isinstance(kind, types.UnionType):
            kind = next(inner for inner in kind.types if not isinstance(inner, types.NoneType))
        else:
            return kind, title, extra


def _default(field: types.Field) -> Any:
    value = field.default
    if value is True:
        return "on"
    return value if isinstance(value, str) else ""


def _kind_of(kind: types.Type, drawn: Field) -> Field:
    if drawn.kind:
        drawn.most = getattr(kind, "max_length", None)
        return drawn
    match kind:
        case types.LiteralType():
            drawn.labels = drawn.labels or {str(value): str(value) for value in kind.values}
            drawn.kind = "seg" if len(drawn.labels) <= FEW and drawn.required else "select"
        case types.StrType():
            drawn.most = kind.max_length
            drawn.kind = "long" if (kind.max_length or 0) >= LONG else "text"
        case types.ListType(item_type=types.StructType() as inner):
            drawn.kind, drawn.columns = "rows", fields_of(inner.cls)
        case _:
            drawn.kind = _SIMPLE.get(type(kind), "text")
    return drawn


_SIMPLE: dict[type[types.Type], str] = {
    types.BoolType: "check",
    types.DecimalType: "money",
    types.IntType: "number",
    types.FloatType: "number",
    types.DateTimeType: "moment",
    types.DateType: "date",
}
