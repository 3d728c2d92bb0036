"""A company's brand colour."""

import re

import pytest

from admin_ui import brand


def test_palette_keeps_the_colour_and_reads_well() -> None:
    colors = brand.palette("#0D6B59")
    assert colors["p-600"] == "#0d6b59"
    assert set(colors) == {f"p-{step}" for step in (50, 100, 200, 400, 500, 600, 700, 800)}
    assert brand.contrast("#ffffff", colors["p-700"]) >= brand.contrast("#ffffff", colors["p-600"]) >= 4.5
    assert brand.contrast(colors["p-700"], colors["p-50"]) >= 4.5


@pytest.mark.parametrize("color", ["#1f5fae", "#6246a8", "#a12713", "#175f30", "#8a4b00"])
def test_every_accepted_colour_gives_readable_tints(color: str) -> None:
    colors = brand.palette(color)
    assert brand.contrast(colors["p-700"], colors["p-50"]) >= 4.5
    assert brand.contrast(colors["p-800"], colors["p-100"]) >= 4.5


def test_light_colours_are_refused_with_the_figure() -> None:
    with pytest.raises(brand.BrandUnreadable) as refused:
        brand.palette("#ffcc00")
    assert refused.value.params == {"ratio": "1.5"}


@pytest.mark.parametrize("color", ["", "jade", "#12345", "#0d6b59;}"])
def test_what_is_no_colour_is_refused(color: str) -> None:
    with pytest.raises(brand.NotAColor):
        brand.palette(color)


def test_stylesheet_holds_tokens_only() -> None:
    assert re.fullmatch(r"@layer tokens\{:root\{(--p-\d+:#[0-9a-f]{6};)+\}\}\n", brand.stylesheet("#1f5fae"))
