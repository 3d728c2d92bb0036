"""Fetches the front-end files we vendor, as `vendor.lock.json` names them, and builds the icon sprite.

Needs Node's npm; only whoever updates a version runs it. `--check` compares files and lock, offline.
"""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import click

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "admin_ui/static/vendor/vendor.lock.json"
ICON_LIST = ROOT / "admin_ui/icons.txt"
TEMPLATES = ("admin_ui/templates", "plugins")
ICON_CALL = re.compile(r"""\bicon\(\s*['"]([a-z0-9-]+)['"]|\bicon\s*[=:]\s*['"]([a-z0-9-]+)['"]""")
SHAPE = re.compile(r"<(?:path|circle|rect|line|polyline|polygon|ellipse)\b[^>]*/>", re.DOTALL)
EMPTY_FRAME = 'd="M0 0h24v24H0z"'


def icon_names() -> list[str]:
    """The icons named in templates, and those that only data names (menu entries), from `icons.txt`."""
    names = {line.strip() for line in ICON_LIST.read_text().splitlines() if line.strip() and line[0] != "#"}
    for folder in TEMPLATES:
        for template in (ROOT / folder).rglob("*.html"):
            names |= {a or b for a, b in ICON_CALL.findall(template.read_text())}
    return sorted(names)


def sprite(folder: Path, names: list[str]) -> str:
    """One SVG of symbols, drawn with the stroke of whoever uses them."""
    symbols = []
    for name in names:
        source = (folder / "icons/outline" / f"{name}.svg").read_text()
        drawn = [" ".join(shape.split()) for shape in SHAPE.findall(source) if EMPTY_FRAME not in shape]
        shapes = "".join(drawn).replace(" />", "/>")
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "".join(symbols) + "</svg>\n"


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def wrong_files() -> list[str]:
    """The committed files that are missing or differ from the lock."""
    lock = json.loads(LOCK.read_text())
    entries = [entry for package in lock["packages"] for entry in package["files"]]
    return [
        entry["to"]
        for entry in entries
        if not (ROOT / entry["to"]).is_file() or sha256(ROOT / entry["to"]) != entry["sha256"]
    ]


def fetch(package: dict[str, Any], into: Path, *, update: bool) -> Path:
    """Unpack one package; its integrity must be the lock's unless `update` writes a new one."""
    npm = shutil.which("npm")
    if npm is None:
        raise click.ClickException("npm is needed to fetch vendored files")
    spec = f"{package['name']}@{package['version']}"
    command = [npm, "pack", spec, "--ignore-scripts", "--silent", "--pack-destination", str(into)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=into)  # noqa: S603 - npm, our own list
    archive = into / done.stdout.strip().splitlines()[-1]
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if package.get("integrity") != integrity and not update:
        raise click.ClickException(
            f"{spec}: the package is not the one in the lock; run with --update to accept it"
        )
    package["integrity"] = integrity
    folder = into / archive.name.removesuffix(".tgz")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / "package"


def copy_files(package: dict[str, Any], folder: Path) -> None:
    for entry in package["files"]:
        target = ROOT / entry["to"]
        target.parent.mkdir(parents=True, exist_ok=True)
        if entry["from"] == "(sprite)":
            target.write_text(sprite(folder, icon_names()))
        else:
            shutil.copyfile(folder / entry["from"], target)
        entry["sha256"] = sha256(target)


@click.command()
@click.option("--check", is_flag=True, help="Only compare the committed files with the lock.")
@click.option("--update", is_flag=True, help="Accept packages whose integrity is not in the lock yet.")
def main(*, check: bool, update: bool) -> None:
    if check:
        if bad := wrong_files():
            raise click.ClickException("not as locked: " + ", ".join(bad))
        return
    lock = json.loads(LOCK.read_text())
    with tempfile.TemporaryDirectory() as temporary:
        for package in lock["packages"]:
            copy_files(package, fetch(package, Path(temporary), update=update))
            click.echo(f"{package['name']} {package['version']}")
    LOCK.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
