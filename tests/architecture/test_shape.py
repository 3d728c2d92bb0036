"""The rules of the repository that a reader should be able to trust: sizes, names, and no workshop traces."""

import ast
import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("guanjia", "core", "plugins", "tenants", "auth", "jobs", "admin_ui")
SOURCES = [path for name in OURS for path in (ROOT / name).rglob("*.py")]
MOST_LINES = 400
MOST_LINES_OF_FUNCTION = 60


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_and_function_budgets(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MOST_LINES, f"{path.name}: make it a folder"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= MOST_LINES_OF_FUNCTION, f"{path.name}: {node.name} has {length} lines"


def test_modules_say_what_they_are() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if path.read_text(encoding="utf-8").strip()
        and ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) is None
    ]
    assert not silent


def test_no_installed_package_takes_our_names() -> None:
    taken = importlib.metadata.packages_distributions()
    others = {name: [d for d in taken.get(name, []) if d != "guanjia"] for name in OURS}
    assert not {name: found for name, found in others.items() if found}


def test_locks_carry_hashes_and_no_addresses() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        text = lock.read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text), lock.name


def test_every_plugin_is_an_entry_point() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = set(project.get("entry-points", {}).get("guanjia", {}).values())
    folders = {f"plugins.{path.parent.name}.plugin" for path in (ROOT / "plugins").glob("*/plugin.py")}
    assert declared == folders
