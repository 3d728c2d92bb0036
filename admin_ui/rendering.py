"""The template environment: loaders, filters, translation, addresses of static files. No web framework."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from jinja2 import BaseLoader, ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from admin_ui import charts
from admin_ui.formats import FILTERS
from core.kit.errors import REGISTRY, FieldError
from core.kit.i18n import _, gettext

STATIC = files("admin_ui") / "static"
ICONS = "vendor/icons.svg"
BRAND = "#0d6b59"


def static_files(folder: Traversable = STATIC, prefix: str = "") -> Iterator[tuple[str, Traversable]]:
    """Each file below `static/` with its name as templates write it: `js/base.js`."""
    for entry in folder.iterdir():
        name = prefix + entry.name
        if entry.is_dir():
            yield from static_files(entry, name + "/")
        else:
            yield name, entry


def read_assets(folder: Traversable = STATIC) -> dict[str, str]:
    """Name → first ten hex digits of the content's SHA-256: what `asset()` puts behind `?v=`."""
    return {name: hashlib.sha256(entry.read_bytes()).hexdigest()[:10] for name, entry in static_files(folder)}


class Assets:
    """Addresses that change with the content, so that browsers may keep a file for a year."""

    def __init__(self, hashes: Mapping[str, str]) -> None:
        self.hashes = hashes

    def __call__(self, name: str) -> str:
        """A name that does not exist is a mistake in the template and raises KeyError."""
        return f"/static/{name}?v={self.hashes[name]}"


def translate(message: str, /, **params: Any) -> str:
    """`_()` of templates: the sentence in the current language; holes filled with markup stay markup."""
    if any(hasattr(value, "__html__") for value in params.values()):
        return Markup(escape(gettext(message))).format(**params)  # noqa: S704 - the sentence itself is escaped
    return gettext(message, **params)


def refusal(error: FieldError | str | None) -> str:
    """The sentence of a field's refusal in the current language; empty where there is none."""
    if not isinstance(error, FieldError):
        return error or ""
    kind = REGISTRY.get(error.key)
    return gettext(kind.message, **error.params) if kind else error.key


def refusals(bound: Any, names: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    """Field and sentence of everything refused in a bound form, each naming its field. `names` are labels of
    fields that the form's struct has no title for, or another one; of `items.0.name` that of `items` counts.
    """
    said = [
        (error.field, refusal(error)) if isinstance(error, FieldError) else (error[0], error[1])
        for error in bound.errors
    ]
    return [(field, _named(_label(bound, field, names or {}), sentence)) for field, sentence in said]


def _label(bound: Any, field: str, names: Mapping[str, str]) -> str:
    own = names.get(field) or names.get(field.partition(".")[0])
    return own or (bound.label(field) if field and hasattr(bound, "label") else "")


def _named(label: str, sentence: str) -> str:
    if not label or label.casefold() in sentence.casefold():
        return sentence
    return gettext(_("{label}：{sentence}"), label=label, sentence=sentence)


def own_loader(package: str = "admin_ui") -> BaseLoader:
    """Templates that a package carries in `templates/`, also from a wheel."""
    return PackageLoader(package, "templates")


def environment(loaders: Iterable[BaseLoader], assets: Mapping[str, str] | None = None) -> Environment:
    """First loader wins. Every name a template uses must be defined; every value is escaped."""
    made = Environment(
        loader=ChoiceLoader(list(loaders)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.do"],
    )
    asset = Assets(read_assets() if assets is None else assets)
    made.globals.update(asset=asset, _=translate, gettext=translate, charts=charts)
    made.filters.update(FILTERS, refusal=refusal, refusals=refusals)
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    return made


def web_manifest(*, name: str, locale: str, assets: Mapping[str, str], color: str = BRAND) -> bytes:
    """What makes the phone pages installable; served as `/manifest.webmanifest`."""
    asset = Assets(assets)
    icons = [
        {
            "src": asset(f"icons/icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": use,
        }
        for size in (192, 512)
        for use in ("any", "maskable")
    ]
    content = {
        "name": name,
        "short_name": name[:6],
        "lang": locale,
        "start_url": "/m/jobs",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f4f6f5",
        "theme_color": color,
        "icons": icons,
    }
    return json.dumps(content, ensure_ascii=False).encode()
