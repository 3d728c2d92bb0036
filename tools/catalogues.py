"""Collects every sentence of the product into its catalogues, keeping the translations there are.

Run by `make i18n`. `--check` changes nothing and fails when a sentence is missing or not translated.
"""

import io
from collections.abc import Iterator
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from core.kit.i18n import FOLDERS

ROOT = Path(__file__).resolve().parent.parent
SHARED = {"admin_ui/locale": ["admin_ui"], "auth/locale": ["auth"], "tenants/locale": ["tenants"]}
BUILTIN = {"core/builtin/locale": ["core", "jobs", "guanjia"]}
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None}


def sources() -> dict[str, list[str]]:
    """Which folders' sentences each catalogue folder holds; a plugin carries its own."""
    plugins = sorted(path.parent.name for path in ROOT.glob("plugins/*/plugin.py"))
    return {**BUILTIN, **SHARED, **{f"plugins/{name}/locale": [f"plugins/{name}"] for name in plugins}}


def sentences(folders: list[str]) -> dict[str, set[str]]:
    """Every marked sentence, with the files it stands in."""
    found: dict[str, set[str]] = {}
    for folder in folders:
        for file, _line, message, _comments, _context in extract_from_dir(
            ROOT / folder, METHODS, keywords=KEYWORDS, strip_comment_tags=True
        ):
            if isinstance(message, str) and message:
                found.setdefault(message, set()).add(f"{folder}/{file}")
    return found


def updated(file: Path, language: str, found: dict[str, set[str]]) -> bytes:
    """The catalogue with exactly these sentences, translated as far as the file has them."""
    known = {}
    if file.exists():
        with file.open("rb") as handle:
            known = {message.id: message.string for message in read_po(handle) if message.id}
    catalogue = Catalog(locale=language, fuzzy=False, header_comment="# Guanjia")
    for sentence in sorted(found):
        places = [(place, 0) for place in sorted(found[sentence])]
        catalogue.add(sentence, known.get(sentence, ""), locations=places)
    output = io.BytesIO()
    write_po(output, catalogue, width=0, omit_header=True, include_lineno=False)
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    return header.encode() + output.getvalue()


def catalogues() -> Iterator[tuple[Path, bytes]]:
    """Every catalogue file and what it should hold."""
    for folder, packages in sources().items():
        found = sentences(packages)
        for language in FOLDERS.values():
            file = ROOT / folder / language / "LC_MESSAGES" / "messages.po"
            if found:
                yield file, updated(file, language, found)


def untranslated(text: bytes) -> int:
    return sum(not message.string for message in read_po(io.BytesIO(text)) if message.id)


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; fail when something is missing.")
def main(*, check: bool) -> None:
    missing = outdated = 0
    for file, text in catalogues():
        left = untranslated(text)
        missing += left
        outdated += not file.exists() or file.read_bytes() != text
        if not check:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text)
        click.echo(f"{file.relative_to(ROOT)}: {left} untranslated")
    if check and (missing or outdated):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
