"""Vendored files are exactly those of the lock, checked without a network."""

import json
import re
from pathlib import Path

from tools import vendor

LOCK = json.loads(vendor.LOCK.read_text())


def test_files_are_as_locked() -> None:
    assert vendor.wrong_files() == []


def test_a_changed_file_is_noticed(monkeypatch, tmp_path: Path) -> None:
    lock = json.loads(vendor.LOCK.read_text())
    lock["packages"][0]["files"][0]["sha256"] = "0" * 64
    changed = tmp_path / "vendor.lock.json"
    changed.write_text(json.dumps(lock))
    monkeypatch.setattr(vendor, "LOCK", changed)
    assert vendor.wrong_files() == ["admin_ui/static/vendor/htmx.min.js"]


def test_versions_are_pinned_with_integrity_and_licence() -> None:
    for package in LOCK["packages"]:
        assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"])
        assert package["integrity"].startswith("sha512-")
        assert package["licence"]
        assert any("LICENSE" in entry["to"] for entry in package["files"])


def test_nothing_else_lies_in_the_folder() -> None:
    known = {entry["to"] for package in LOCK["packages"] for entry in package["files"]} | {
        "admin_ui/static/vendor/vendor.lock.json"
    }
    folder = vendor.ROOT / "admin_ui/static/vendor"
    assert {str(file.relative_to(vendor.ROOT)) for file in folder.iterdir()} <= known
