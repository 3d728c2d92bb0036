"""Keeps the translations: finds every `_("…")`, updates the `.po` files, says what is missing.

`admin_ui/locale` holds the words of core, auth, tenants, jobs, guanjia, admin_ui; each plugin has its own
`locale`, without what admin_ui's has already. `--check` writes nothing; `--take words.json` fills in words:
{"简体": {"zh-Hant": "…", "en": "…"}}.
"""

import json
import string
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SHARED = ("core", "auth", "tenants", "jobs", "guanjia", "admin_ui")
LANGUAGES = {"zh-Hant": "zh_Hant", "en": "en"}
KEYWORDS = {"_": None}
WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)
Found = dict[str, set[str]]


class Domain(NamedTuple):
    """One set of catalogues: the folders it is extracted from and where its `.po` files live."""

    name: str
    sources: tuple[Path, ...]
    locale: Path

    def file(self, language: str) -> Path:
        return self.locale / LANGUAGES[language] / "LC_MESSAGES/messages.po"


def domains() -> list[Domain]:
    shared = Domain("admin_ui", tuple(ROOT / name for name in SHARED), ROOT / "admin_ui/locale")
    plugins = sorted(folder.parent for folder in (ROOT / "plugins").glob("*/__init__.py"))
    return [shared, *(Domain(folder.name, (folder,), folder / "locale") for folder in plugins)]


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    yield from (
        ("python", file) for file in sorted(folder.rglob("*.py")) if "piccolo_migrations" not in file.parts
    )
    yield from (("jinja2", file) for file in sorted(folder.rglob("templates/**/*.html")))


def extract(domain: Domain) -> Found:
    """Message id → files that say it."""
    found: Found = {}
    options = {"extensions": "jinja2.ext.do", "silent": "false"}
    for method, file in (pair for folder in domain.sources for pair in _files(folder)):
        chosen = options if method == "jinja2" else {}
        for _line, message, _comments, _context in extract_from_file(
            method, str(file), KEYWORDS, options=chosen
        ):
            if isinstance(message, str) and message:
                found.setdefault(message, set()).add(str(file.relative_to(ROOT)))
    return found


def catalogue(file: Path) -> Catalog:
    if not file.is_file():
        return Catalog()
    with file.open("rb") as handle:
        return read_po(handle)


def translations(file: Path) -> dict[str, str]:
    """What is translated and not marked fuzzy."""
    return {str(m.id): str(m.string) for m in catalogue(file) if m.id and m.string and not m.fuzzy}


def holes(text: str) -> set[str]:
    """Names in braces; a brace out of place raises ValueError."""
    return {name for _before, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}


def everything() -> list[tuple[Domain, Found]]:
    """Each domain with the messages its own catalogues must hold."""
    found = [(domain, extract(domain)) for domain in domains()]
    shared = found[0][1]
    return [
        (
            domain,
            messages if domain is found[0][0] else {k: v for k, v in messages.items() if k not in shared},
        )
        for domain, messages in found
    ]


def problems() -> list[str]:
    """Everything wrong with the committed catalogues: missing, fuzzy, no longer said, or with other holes."""
    said = []
    for domain, messages in everything():
        for language in LANGUAGES:
            file = domain.file(language)
            stored = {str(m.id): m for m in catalogue(file) if m.id}
            for message, files in messages.items():
                entry = stored.get(message)
                if entry is None or not entry.string or entry.fuzzy:
                    said.append(f"{language}: {message!r} is not translated ({', '.join(sorted(files))})")
                elif holes(str(entry.string)) != holes(message):
                    said.append(f"{language}: {message!r} has other holes in {str(entry.string)!r}")
            said += [
                f"{language}: {m!r} is no longer said ({file.relative_to(ROOT)})"
                for m in stored
                if m not in messages
            ]
    return said


def write(domain: Domain, messages: Found, taken: Mapping[str, Mapping[str, str]]) -> None:
    for language, code in LANGUAGES.items():
        file = domain.file(language)
        known = translations(file)
        fresh = Catalog(
            locale=code, project="guanjia", creation_date=WRITTEN, revision_date=WRITTEN, charset="utf-8"
        )
        for message in sorted(messages):
            text = taken.get(message, {}).get(language) or known.get(message, "")
            fresh.add(message, text, locations=[(name, 0) for name in sorted(messages[message])])
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as handle:
            write_po(handle, fresh, width=110, include_lineno=False)


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; only say what is wrong.")
@click.option("--take", type=click.Path(exists=True, path_type=Path), help="JSON of translations to fill in.")
def main(*, check: bool, take: Path | None) -> None:
    taken = json.loads(take.read_text()) if take else {}
    if not check:
        for domain, messages in everything():
            if messages:
                write(domain, messages, taken)
    said = problems()
    for line in said:
        click.echo(line)
    if said:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
