"""A picture small enough to make on the spot."""

import io

from PIL import Image


def png() -> bytes:
    output = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(output, "PNG")
    return output.getvalue()
