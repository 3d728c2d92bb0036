"""Signatures written with a finger: the strokes a page sends, checked, and drawn again as our own SVG."""

import msgspec
from markupsafe import Markup

FEWEST_POINTS = 3
MOST_POINTS = 5000
LONGEST = 60_000


class Signature(msgspec.Struct, frozen=True):
    """Size of the field in CSS pixels; each stroke is its points (x, y, ms since the stroke began)."""

    w: float
    h: float
    strokes: list[list[tuple[float, float, float]]]


def read(text: str | None) -> Signature | None:
    """What the signing field holds; None for an empty field, a mere dot, or what is no signature."""
    try:
        drawn = msgspec.json.decode(text or "", type=Signature)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None
    points = sum(len(stroke) for stroke in drawn.strokes)
    sized = 0 < drawn.w <= MOST_POINTS and 0 < drawn.h <= MOST_POINTS
    return drawn if sized and FEWEST_POINTS <= points <= MOST_POINTS else None


def drawing(signature: Signature, height: float = 9) -> Markup:
    """An SVG of the strokes, black, so many millimetres high."""
    lines = "".join(
        "M" + "L".join(f"{x:g} {y:g}" for x, y, _ms in stroke) for stroke in signature.strokes if stroke
    )
    width = height * signature.w / signature.h
    return Markup(  # noqa: S704 - numbers only
        f'<svg viewBox="0 0 {signature.w:g} {signature.h:g}" width="{width:.1f}mm" height="{height:g}mm"'
        f' aria-hidden="true"><path d="{lines}" fill="none" stroke="#000" stroke-width="2"'
        ' stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )
