"""Drawings on papers: the QR code of an address, a signature from its kept strokes."""

from collections.abc import Mapping
from typing import Any

import msgspec
import segno
from markupsafe import Markup

from core.kit import signatures
from core.kit.signatures import Signature


def qr(text: str) -> Markup:
    """A QR code as an SVG without size or colour of its own: the paper's style says how large it is."""
    code = segno.make(text, error="m", micro=False)
    return Markup(code.svg_inline(border=0, omitsize=True))  # noqa: S704 - made of numbers


def signature(strokes: Mapping[str, Any] | None) -> Markup:
    """The strokes drawn again; nothing for none, or for what is no drawing."""
    if not strokes:
        return Markup("")
    try:
        return signatures.drawing(msgspec.convert(strokes, Signature))
    except msgspec.ValidationError:
        return Markup("")
