"""Signatures: what is taken for one, and what is drawn of it."""

import json

import pytest

from core.kit import signatures

STROKES = [[[10, 50, 0], [60.5, 20, 30], [120, 80, 60]], [[140, 30, 0]]]


def sent(**more: object) -> str:
    return json.dumps({"w": 300, "h": 100, "strokes": STROKES, **more})


def test_strokes_are_read_and_drawn() -> None:
    read = signatures.read(sent())
    assert read is not None
    svg = str(signatures.drawing(read))
    assert 'viewBox="0 0 300 100"' in svg
    assert "M10 50L60.5 20L120 80M140 30" in svg
    assert "style=" not in svg


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "[]",
        "{}",
        "signed",
        sent(strokes=[]),
        sent(strokes=[[[1, 1, 0]]]),
        sent(strokes=[[["a", 1, 0]] * 5]),
        sent(strokes=[[[1, 1, 0]] * 6000]),
        sent(w=0),
        sent(h=-4),
        sent(strokes='"><script>'),
    ],
)
def test_what_is_no_signature(text: str | None) -> None:
    assert signatures.read(text) is None
