"""How a policy's values come about: sparse differences laid over one another, the nearest first.

An area declares a frozen struct of values whose defaults are the product's. A *document* holds
differences of several structs, each under its section: `{"sla": {"warn_percent": 80}, "call_back": {…}}`.
Presets and stored versions are documents. Order: project, company, preset, product default.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from core.policies.errors import PolicyKeyUnknown, PolicyValueInvalid

Document = Mapping[str, Any]
PolicyT = TypeVar("PolicyT", bound=msgspec.Struct)

_UNKNOWN = re.compile(r"unknown field `(?P<name>[^`]+)`")
_PATH = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")


def section(struct: type[msgspec.Struct]) -> str:
    """The name of a struct's part of a document: `CallBackPolicy` → `call_back`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", struct.__name__.removesuffix("Policy")).lower()


def resolve(struct: type[PolicyT], *documents: Document) -> PolicyT:
    """The values in force; documents nearest first: project, company, preset."""
    return merge(struct, *(document.get(section(struct), {}) for document in documents))


def merge(struct: type[PolicyT], *sparse: Document) -> PolicyT:
    """The struct of product defaults with the differences laid over it, nearest first.

    Tables merge key by key, lists are replaced as a whole. Raises PolicyKeyUnknown, PolicyValueInvalid,
    and what the struct itself refuses.
    """
    values = builtins(struct())
    for layer in reversed(sparse):
        values = _over(values, layer)
    try:
        return msgspec.convert(values, struct, str_keys=True)
    except msgspec.ValidationError as problem:
        raise _refusal(struct, str(problem)) from problem


def diff(value: msgspec.Struct, base: msgspec.Struct) -> dict[str, Any]:
    """Only what `value` says differently; laid over `base` again it gives `value`."""
    return _difference(builtins(value), builtins(base))


def check(document: Document, structs: Iterable[type[msgspec.Struct]]) -> None:
    """Refuse a document with a section, key or value that none of the structs allows."""
    known = {section(struct): struct for struct in structs}
    for name, sparse in document.items():
        if name not in known:
            raise PolicyKeyUnknown(name=name, field=name)
        merge(known[name], sparse)


def builtins(value: msgspec.Struct) -> dict[str, Any]:
    """The struct as plain JSON values."""
    plain: dict[str, Any] = msgspec.to_builtins(value, str_keys=True)
    return plain


def _over(base: Mapping[str, Any], layer: Any) -> Any:
    if not isinstance(layer, Mapping):
        return layer
    merged = dict(base)
    for key, value in layer.items():
        below = merged.get(key)
        merged[key] = _over(below, value) if isinstance(below, Mapping) else value
    return merged


def _difference(value: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, own in value.items():
        if key in base and base[key] == own:
            continue
        below = base.get(key)
        both = isinstance(own, Mapping) and isinstance(below, Mapping)
        found[key] = _difference(own, below or {}) if both else own
    return found


def _refusal(struct: type[msgspec.Struct], problem: str) -> PolicyKeyUnknown | PolicyValueInvalid:
    at = _PATH.search(problem)
    path = ".".join(part for part in (section(struct), at["path"] if at else "") if part)
    if unknown := _UNKNOWN.search(problem):
        name = f"{path}.{unknown['name']}"
        return PolicyKeyUnknown(name=name, field=name)
    return PolicyValueInvalid(path=path, field=path)
