"""Takes a file out of a multipart request."""

from typing import Any

from litestar import Request
from litestar.datastructures import UploadFile

from core.kit.errors import FieldError, Invalid


async def uploaded(request: Request[Any, Any, Any], field: str = "file") -> tuple[str, bytes, dict[str, str]]:
    """Name and bytes of the file, and the other fields; raises Invalid where that field has no file.

    Its route says `request_max_body_size=None`: the size was checked before the request was read.
    """
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Invalid([FieldError(field, "required")])
    form = await request.form()
    sent = form.get(field)
    if not isinstance(sent, UploadFile):
        raise Invalid([FieldError(field, "required")])
    others = {name: value for name, value in form.items() if isinstance(value, str)}
    return sent.filename or "", await sent.read(), others
