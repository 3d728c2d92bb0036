"""Draws the application's icons (white house on jade) for phones' home screens and the browser tab."""

from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).resolve().parent.parent / "admin_ui/static/icons"
HOUSE = [(8, 15), (16, 8), (24, 15), (24, 24), (19, 24), (19, 18), (13, 18), (13, 24), (8, 24)]
JADE = "#0d6b59"


def png(size: int) -> Image.Image:
    """The house stays in the middle 80 %, so that round and square masks cut nothing off."""
    large = size * 4
    drawing = Image.new("RGB", (large, large), JADE)
    unit, offset = large * 0.7 / 32, large * 0.15
    points = [(offset + x * unit, offset + (y - 0.5) * unit) for x, y in HOUSE]
    ImageDraw.Draw(drawing).polygon(points, fill="white")
    return drawing.resize((size, size), Image.Resampling.LANCZOS)


def main() -> None:
    points = " ".join(f"{x},{y}" for x, y in HOUSE)
    (FOLDER / "favicon.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        f'<rect width="32" height="32" rx="8" fill="{JADE}"/><polygon points="{points}" fill="#fff"/></svg>\n'
    )
    for size in (192, 512):
        png(size).quantize(16).save(FOLDER / f"icon-{size}.png", optimize=True)


if __name__ == "__main__":
    main()
