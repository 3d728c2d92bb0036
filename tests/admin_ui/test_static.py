"""Stylesheets, scripts and templates keep the budgets and the rules that the security headers rest on."""

import gzip
import re
from itertools import pairwise
from pathlib import Path

import pytest

from admin_ui import rendering
from admin_ui.brand import contrast
from tests.admin_ui import gallery
from tools import vendor

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "admin_ui/static"
CSS = (STATIC / "gj.css").read_text()
TEMPLATES = [*(ROOT / "admin_ui/templates").rglob("*.html"), *(ROOT / "plugins").rglob("templates/**/*.html")]
TOKENS = dict(re.findall(r"--([a-z]+-\d+|focus):(#[0-9a-f]{3,6})", CSS))
KB = 1024
DESK = ("base.js", "forms.js", "keys.js")
PHONE = ("base.js", "forms.js", "phone.js", "signature.js")
SHARED = ("vendor/htmx.min.js", "vendor/hx-sse.min.js")
TEXT = [
    ("n-900", "n-0"),
    ("n-600", "n-0"),
    ("n-500", "n-0"),
    ("n-500", "n-50"),
    ("n-500", "n-25"),
    ("n-600", "n-100"),
    ("n-700", "n-100"),
    ("n-700", "n-200"),
    ("n-0", "p-600"),
    ("n-0", "p-700"),
    ("n-0", "p-800"),
    ("p-600", "n-0"),
    ("p-600", "n-50"),
    ("p-700", "p-50"),
    ("p-800", "p-100"),
    ("w-700", "w-50"),
    ("w-700", "w-100"),
    ("d-700", "d-50"),
    ("d-700", "n-0"),
    ("n-0", "d-600"),
    ("d-600", "n-0"),
    ("i-700", "i-50"),
    ("i-700", "i-100"),
    ("v-700", "v-50"),
    ("v-700", "v-100"),
    ("g-700", "g-50"),
    ("p-200", "n-900"),
]
GRAPHICS = [
    ("w-500", "n-0"),
    ("i-600", "n-0"),
    ("g-600", "n-0"),
    ("v-600", "n-0"),
    ("n-400", "n-0"),
    ("p-500", "n-0"),
    ("focus", "n-0"),
    ("focus", "n-50"),
]


def packed(*names: str) -> int:
    return sum(len(gzip.compress((STATIC / name).read_bytes())) for name in names)


def test_stylesheet_budget() -> None:
    assert packed("gj.css") <= 14 * KB


@pytest.mark.parametrize("scripts", [DESK, PHONE])
def test_script_budget(scripts: tuple[str, ...]) -> None:
    """Own scripts of a page ≤ 12 KB, with the vendored ones ≤ 32 KB (33 with a signature pad)."""
    own = packed(*(f"js/{name}" for name in scripts))
    pad = packed("vendor/signature_pad.min.js") if "signature.js" in scripts else 0
    assert own <= 12 * KB
    assert own + packed(*SHARED) <= 32 * KB
    assert own + packed(*SHARED) + pad <= 33 * KB


def test_all_own_scripts_together_stay_small() -> None:
    together = b"".join(file.read_bytes() for file in sorted((STATIC / "js").iterdir()))
    assert len(gzip.compress(together)) <= 13 * KB


@pytest.mark.parametrize("path", list(gallery.PAGES))
def test_page_budget(path: str) -> None:
    assert len(gzip.compress(gallery.page(path).encode())) <= 20 * KB


@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_can_be_read(text: str, ground: str) -> None:
    assert contrast(TOKENS[text], TOKENS[ground]) >= 4.5


@pytest.mark.parametrize(("drawn", "ground"), GRAPHICS)
def test_graphics_can_be_seen(drawn: str, ground: str) -> None:
    assert contrast(TOKENS[drawn], TOKENS[ground]) >= 3


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: file.name)
def test_templates_have_no_inline_style_or_script(template: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", template.read_text(), flags=re.DOTALL)
    assert not re.search(r"\sstyle\s*=|<style", text)
    assert not re.search(r"\son[a-z]+\s*=|hx-on|javascript:|\bjs:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert "https://" not in text
    assert "|safe" not in text


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: file.name)
def test_templates_say_nothing_untranslated(template: Path) -> None:
    """Chinese outside `_()` and comments is a sentence nobody can translate."""
    text = re.sub(r"\{#.*?#\}", "", template.read_text(), flags=re.DOTALL)
    text = re.sub(r"\{[{%].*?[%}]\}", "", text, flags=re.DOTALL)
    assert not re.search(r"[\u4e00-\u9fff]", text)


@pytest.mark.parametrize("path", list(gallery.PAGES))
def test_rendered_pages_have_no_inline_style_or_script(path: str) -> None:
    html = gallery.page(path)
    assert " style=" not in html
    assert not re.search(r"\son[a-z]+=", html)
    assert not re.search(r"<script(?![^>]*\ssrc=)", html)


@pytest.mark.parametrize("path", list(gallery.PAGES))
def test_every_icon_on_a_page_is_in_the_sprite(path: str) -> None:
    sprite = (STATIC / rendering.ICONS).read_text()
    used = set(re.findall(r"icons\.svg\?v=\w+#([\w-]+)", gallery.page(path)))
    assert {name for name in used if f'id="{name}"' not in sprite} == set()


@pytest.mark.parametrize("path", list(gallery.PAGES))
def test_ids_are_unique_and_headings_in_order(path: str) -> None:
    html = gallery.page(path)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids))
    levels = [
        int(level) for level in re.findall(r"<h([1-6])", html[html.index("<main") : html.index("</main>")])
    ]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_icons_named_in_templates_are_in_the_sprite() -> None:
    sprite = (STATIC / rendering.ICONS).read_text()
    assert [name for name in vendor.icon_names() if f'id="{name}"' not in sprite] == []


def test_fonts_are_chosen_by_language() -> None:
    for name in ("zh-Hant", "en"):
        assert f":lang({name})" in CSS
    assert "forced-colors" in CSS
    assert "prefers-reduced-motion" in CSS
    assert "url(" not in CSS
