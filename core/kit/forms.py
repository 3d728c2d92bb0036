"""From a posted form or a JSON body to a struct: every wrong field is reported, none is half-written.

The struct declares (type, `msgspec.Meta` title and limits); this module normalises what people and
browsers send (empty text, `on`, full-width digits, one of many) and collects all refusals as (field, key,
params).
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec
from msgspec import inspect as types

from core.kit.clock import SHANGHAI
from core.kit.errors import DomainError, FieldError, Invalid
from core.kit.i18n import _, gettext

T = TypeVar("T", bound=msgspec.Struct)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
LONGEST = 4000
MISSING: Any = object()
YES, NO = {"on", "true", "1", "yes"}, {"off", "false", "0", "no"}


class Bound(Generic[T]):
    """A form as it was sent, for showing it again: nothing typed is lost.

    `prefix` stands before the ids of its fields where a page has two forms with the same names.
    """

    def __init__(self, kind: type[T], raw: Mapping[str, Any] | None = None, *, prefix: str = "") -> None:
        self.kind, self.raw, self.errors, self.prefix = kind, dict(raw or {}), list[FieldError](), prefix

    def value(self, name: str) -> Any:
        return self.raw.get(name, "")

    def error(self, name: str) -> FieldError | None:
        return next((error for error in self.errors if error.field == name), None)

    def label(self, name: str) -> str:
        """How people call the field, in the current language; empty where the struct has no title for it."""
        return label_of(self.kind, name)

    def struct(self) -> T:
        """The struct; raises Invalid with every refused field, which are kept in `errors` too."""
        try:
            return bind(self.kind, self.raw, browser=True)
        except Invalid as refusal:
            self.errors = refusal.errors
            raise

    def partly(self) -> tuple[T, list[FieldError]]:
        """See `bind_partly`."""
        return bind_partly(self.kind, self.raw, browser=True)

    def refused(self, refusal: DomainError) -> "Bound[T]":
        """This form with the refusal at its field, or at the top where it names none."""
        self.errors = refusal.errors or [FieldError("", refusal.key, refusal.params)]
        return self


def bind(kind: type[T], raw: Mapping[str, Any], *, browser: bool = False) -> T:
    """A struct from a form (`browser`: texts, Shanghai wall times) or from decoded JSON (types, zoned times).

    Raises Invalid with all refused fields; names nested ones `form.items.0.name`.
    """
    value, errors = bind_partly(kind, raw, browser=browser)
    if errors:
        raise Invalid(errors)
    return value


def bind_partly(
    kind: type[T], raw: Mapping[str, Any], *, browser: bool = False
) -> tuple[T, list[FieldError]]:
    """The struct and its refused fields, for rules that are to be checked all the same: what was refused has
    its default there, or None where it has none.
    """
    errors: list[FieldError] = []
    info = types.type_info(kind)
    value: T = _struct(info, _nested(raw) if browser else raw, "", errors, browser=browser)
    return value, errors


def label_of(kind: type[msgspec.Struct], name: str) -> str:
    """The title of a field in the current language; in a list, with the number of its row."""
    found: Any = types.type_info(kind)
    title, row = "", 0
    for part in name.split("."):
        inner = _unwrap(found)[0]
        if isinstance(inner, (types.ListType, types.VarTupleType)):
            found, row = inner.item_type, int(part) + 1 if part.isdecimal() else 0
            continue
        field = next((one for one in getattr(inner, "fields", ()) if one.encode_name == part), None)
        if field is None:
            return ""
        found, title = field.type, _title(field.type)
    if not title:
        return ""
    return gettext(_("{label}（第 {n} 行）"), label=gettext(title), n=row) if row else gettext(title)


def _title(kind: Any) -> str:
    while isinstance(kind, (types.Metadata, types.UnionType)):
        title = (kind.extra_json_schema or {}).get("title") if isinstance(kind, types.Metadata) else None
        if title:
            return str(title)
        inner = kind.types if isinstance(kind, types.UnionType) else (kind.type,)
        kind = next((one for one in inner if not isinstance(one, types.NoneType)), None)
    return ""


def _nested(raw: Mapping[str, Any]) -> dict[str, Any]:
    """`{"form.subtype": "x"}` → `{"form": {"subtype": "x"}}`; `items.0.name` becomes a list."""
    tree: dict[str, Any] = {}
    for name, value in raw.items():
        place = tree
        *folders, leaf = name.split(".")
        for folder in folders:
            place = place.setdefault(folder, {})
            if not isinstance(place, dict):
                break
        else:
            place[leaf] = value
    return {name: _listed(value) for name, value in tree.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(key.isdecimal() for key in value):
        return [_listed(value[key]) for key in sorted(value, key=int)]
    return {key: _listed(inner) for key, inner in value.items()}


def _struct(info: Any, raw: Any, path: str, errors: list[FieldError], *, browser: bool) -> Any:
    if not isinstance(raw, Mapping):
        errors.append(FieldError(path, "required"))
        return info.cls(**{field.name: None for field in info.fields if field.required})
    values: dict[str, Any] = {}
    for field in info.fields:
        name = f"{path}.{field.name}" if path else field.name
        before = len(errors)
        value = _field(field, raw.get(field.encode_name, MISSING), name, errors, browser=browser)
        if value is not MISSING and len(errors) == before:
            values[field.name] = value
        elif field.required:
            values[field.name] = None
    return info.cls(**values)


def _field(field: Any, raw: Any, path: str, errors: list[FieldError], *, browser: bool) -> Any:
    kind, optional, extra = _unwrap(field.type)
    raw = _emptied(raw, kind) if browser else raw
    if raw is MISSING or (raw is None and (not optional or browser)):
        if browser and isinstance(kind, types.BoolType):
            return False
        if field.required:
            errors.append(FieldError(path, "required"))
        return MISSING
    if raw is None:
        return None
    value = _value(kind, raw, path, errors, browser=browser)
    if isinstance(value, Decimal):
        return _exact(value, extra, path, errors)
    return value


def _exact(value: Decimal, extra: dict[str, Any], path: str, errors: list[FieldError]) -> Decimal:
    """Within its limits, with as many decimal places as it is written with everywhere."""
    if not extra.get("ge", value) <= value <= extra.get("le", value):
        errors.append(FieldError(path, "not_a_number"))
        return value
    if "places" not in extra:
        return value
    written = value.quantize(Decimal(1).scaleb(-extra["places"]))
    if written != value:
        errors.append(FieldError(path, "too_many_places", {"most": extra["places"]}))
    return written


def _unwrap(kind: Any) -> tuple[Any, bool, dict[str, Any]]:
    """Strip metadata and `| None`; what `msgspec.Meta(extra=…)` said comes along (limits of decimals)."""
    optional, extra = False, dict[str, Any]()
    while True:
        if isinstance(kind, types.Metadata):
            extra |= kind.extra or {}
            kind = kind.type
        elif isinstance(kind, types.UnionType):
            others = [t for t in kind.types if not isinstance(t, types.NoneType)]
            optional = optional or len(others) < len(kind.types)
            if len(others) != 1:
                return kind, optional, extra
            kind = others[0]
        else:
            return kind, optional, extra


def _emptied(raw: Any, kind: Any) -> Any:
    many = isinstance(kind, (types.ListType, types.VarTupleType, types.FrozenSetType, types.SetType))
    if isinstance(raw, list) and not many:
        raw = raw[-1] if raw else MISSING
    if isinstance(raw, str):
        raw = raw.strip()
        if many:
            return [raw] if raw else MISSING
        return raw or MISSING
    return raw


def _value(kind: Any, raw: Any, path: str, errors: list[FieldError], *, browser: bool) -> Any:  # noqa: PLR0911
    match kind:
        case types.StructType():
            return _struct(kind, raw, path, errors, browser=browser)
        case types.ListType() | types.VarTupleType():
            return _list(kind, raw, path, errors, browser=browser)
        case types.StrType():
            return _text(kind, raw, path, errors)
        case types.DateTimeType():
            return _moment(raw, path, errors, browser=browser)
        case types.DateType():
            return _day(raw, path, errors)
        case types.IntType() | types.FloatType() | types.DecimalType():
            return _number(kind, raw, path, errors)
        case types.BoolType():
            return _switch(raw, path, errors)
        case types.LiteralType() | types.EnumType() | types.UUIDType():
            return _choice(kind, raw, path, errors)
    return _other(kind, raw, path, errors)


def _list(kind: Any, raw: Any, path: str, errors: list[FieldError], *, browser: bool) -> Any:
    if not isinstance(raw, (list, tuple)):
        errors.append(FieldError(path, "not_a_choice"))
        return None
    inner, _, _ = _unwrap(kind.item_type)
    items = [_value(inner, item, f"{path}.{n}", errors, browser=browser) for n, item in enumerate(raw)]
    return tuple(items) if isinstance(kind, types.VarTupleType) else items


def _text(kind: Any, raw: Any, path: str, errors: list[FieldError]) -> str | None:
    if not isinstance(raw, str):
        errors.append(FieldError(path, "required"))
        return None
    text = CONTROL.sub("", raw.replace("\r\n", "\n")).strip()
    least, most = kind.min_length or 0, kind.max_length or LONGEST
    if len(text) < least:
        errors.append(FieldError(path, "too_short" if text else "required", {"least": least} if text else {}))
    elif len(text) > most:
        errors.append(FieldError(path, "too_long", {"most": most}))
    elif kind.pattern and not re.search(kind.pattern, text):
        errors.append(FieldError(path, "not_a_choice"))
    return text


def _plain(raw: Any) -> str:
    return unicodedata.normalize("NFKC", str(raw)).strip()


def _moment(raw: Any, path: str, errors: list[FieldError], *, browser: bool) -> datetime | None:
    try:
        moment = raw if isinstance(raw, datetime) else datetime.fromisoformat(_plain(raw))
    except ValueError:
        errors.append(FieldError(path, "not_a_date"))
        return None
    if moment.tzinfo is None:
        if not browser:
            errors.append(FieldError(path, "zone_required"))
            return None
        moment = moment.replace(tzinfo=SHANGHAI)
    return moment


def _day(raw: Any, path: str, errors: list[FieldError]) -> date | None:
    try:
        return raw if isinstance(raw, date) else date.fromisoformat(_plain(raw))
    except ValueError:
        errors.append(FieldError(path, "not_a_date"))
        return None


def _number(kind: Any, raw: Any, path: str, errors: list[FieldError]) -> Any:
    if isinstance(raw, bool):
        errors.append(FieldError(path, "not_a_number"))
        return None
    try:
        number = Decimal(_plain(raw).replace(",", ""))
        if not number.is_finite():
            raise InvalidOperation
        value = msgspec.convert(number, Decimal) if isinstance(kind, types.DecimalType) else _as(kind, number)
    except (InvalidOperation, ValueError, ArithmeticError):
        errors.append(FieldError(path, "not_a_number"))
        return None
    low, high = getattr(kind, "ge", None), getattr(kind, "le", None)
    if (low is not None and value < low) or (high is not None and value > high):
        errors.append(FieldError(path, "not_a_number"))
    return value


def _as(kind: Any, number: Decimal) -> int | float:
    if isinstance(kind, types.IntType):
        if number != number.to_integral_value():
            raise ValueError
        return int(number)
    return float(number)


def _switch(raw: Any, path: str, errors: list[FieldError]) -> bool | None:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw.lower() in YES | NO:
        return raw.lower() in YES
    errors.append(FieldError(path, "not_a_choice"))
    return None


def _choice(kind: Any, raw: Any, path: str, errors: list[FieldError]) -> Any:
    target: Any = UUID if isinstance(kind, types.UUIDType) else None
    try:
        if target is not None:
            return raw if isinstance(raw, UUID) else UUID(str(raw))
        if isinstance(kind, types.LiteralType):
            return next(choice for choice in kind.values if choice == raw)
        return msgspec.convert(raw, kind.cls)
    except (ValueError, StopIteration, msgspec.ValidationError):
        errors.append(FieldError(path, "not_a_choice"))
        return None


def _other(kind: Any, raw: Any, path: str, errors: list[FieldError]) -> Any:
    if isinstance(kind, types.AnyType):
        return raw
    if isinstance(kind, types.DictType) and isinstance(raw, dict):
        return raw
    errors.append(FieldError(path, "not_a_choice"))
    return None
