"""Photos encoded anew: upright, without place, time and device, and nothing hidden behind the picture."""

from io import BytesIO
from typing import Any

from PIL import Image, ImageOps

from core.files.sniffing import JPEG, PNG, WEBP
from core.kit.errors import UnsupportedFile
from core.kit.i18n import _

MOST_PIXELS = 60_000_000
FORMATS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}
OPTIONS: dict[str, dict[str, Any]] = {"JPEG": {"quality": 88}, "PNG": {}, "WEBP": {"quality": 88}}
KEPT = ("icc_profile", "transparency")

Image.MAX_IMAGE_PIXELS = None  # checked below, where a refusal can be given instead of a warning


def clean(data: bytes, media_type: str) -> bytes:
    """The first frame of the image in the same format; other kinds of file come back as they are.

    So does HEIC, with its metadata, because Pillow has no decoder for it; browsers send photos as JPEG where
    a page asks for that. Raises UnsupportedFile for what cannot be decoded or is too large.
    """
    name = FORMATS.get(media_type)
    if name is None:
        return data
    try:
        with Image.open(BytesIO(data), formats=[name]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise UnsupportedFile(reason=_("图片尺寸太大"))
            return _encoded(ImageOps.exif_transpose(image), name)
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, ArithmeticError):
        raise UnsupportedFile(reason=_("图片已损坏")) from None


def _encoded(image: Image.Image, name: str) -> bytes:
    image.load()
    image.info = {key: image.info[key] for key in KEPT if key in image.info}
    if name == "JPEG" and image.mode not in {"RGB", "L"}:
        image = image.convert("RGB")
    out = BytesIO()
    image.save(out, name, exif=b"", icc_profile=image.info.get("icc_profile"), **OPTIONS[name])
    return out.getvalue()
