"""A company's brand colour: the tints of the design are derived from it; an unreadable one is refused."""

import colorsys
import re

from core.kit.errors import Refused
from core.kit.i18n import _

HEX = re.compile(r"#[0-9a-f]{6}")
LEAST_CONTRAST = 4.5
TINTS = {"50": 0.92, "100": 0.82, "200": 0.62, "400": 0.25}
SHADES = {"500": 1.12, "700": 0.79, "800": 0.58}
WHITE = "#ffffff"


class BrandUnreadable(Refused):
    key, message, field = (
        "brand_unreadable",
        _("白字在这个颜色上看不清（对比度 {ratio}，至少 4.5），请选深一些的颜色"),
        "color",
    )


class NotAColor(Refused):
    key, message, field = "not_a_color", _("请填写颜色，例如 #0d6b59"), "color"


def channels(color: str) -> tuple[float, float, float]:
    """Red, green and blue from 0 to 1 of `#rgb` or `#rrggbb`."""
    digits = color.removeprefix("#")
    if len(digits) == 3:  # noqa: PLR2004 - the short form
        digits = "".join(digit * 2 for digit in digits)
    red, green, blue = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue


def luminance(color: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - WCAG's constants
        for part in channels(color)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _hex(red: float, green: float, blue: float) -> str:
    return "#" + "".join(f"{round(max(0.0, min(1.0, part)) * 255):02x}" for part in (red, green, blue))


def _tint(color: str, share: float) -> str:
    red, green, blue = (part + (1 - part) * share for part in channels(color))
    return _hex(red, green, blue)


def _shade(color: str, factor: float) -> str:
    hue, lightness, saturation = colorsys.rgb_to_hls(*channels(color))
    return _hex(*colorsys.hls_to_rgb(hue, min(1.0, lightness * factor), saturation))


def palette(color: str) -> dict[str, str]:
    """The tokens `p-50` … `p-800` of a brand colour; raises NotAColor or BrandUnreadable."""
    color = color.strip().lower()
    if not HEX.fullmatch(color):
        raise NotAColor
    ratio = contrast(WHITE, color)
    if ratio < LEAST_CONTRAST:
        raise BrandUnreadable(ratio=f"{ratio:.1f}")
    tints = {f"p-{step}": _tint(color, share) for step, share in TINTS.items()}
    shades = {f"p-{step}": _shade(color, factor) for step, factor in SHADES.items()}
    return tints | shades | {"p-600": color}


def stylesheet(color: str) -> str:
    """The company's stylesheet, served from its own address because the pages allow no inline style."""
    rules = "".join(f"--{name}:{value};" for name, value in sorted(palette(color).items()))
    return "@layer tokens{:root{" + rules + "}}\n"
