"""`/api/v1/files`: upload, then name the ids as `attachments` of a record."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from core.files import actions, queries
from core.files.schemas import File
from core.files.uploads import uploaded
from core.kit.web import AS_IT_IS, accepts_file, signed_in

CSP = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


class FilesApi(Controller):
    path = "/files"
    tags = ["files"]
    guards = [signed_in()]

    @post(request_max_body_size=None, opt=accepts_file())
    async def upload(self, request: Request[Any, Any, Any]) -> Response[File]:
        """Upload one file (multipart field `file`): JPEG, PNG, WebP, HEIC, PDF or xlsx of at most 10 MB."""
        name, data, _others = await uploaded(request)
        return Response(await actions.store(name, data), status_code=201)

    @get("/{file:uuid}", opt={AS_IT_IS: True})
    async def download(self, file: FromPath[UUID]) -> Response[bytes]:
        """The file, always as an attachment."""
        found = await queries.file(file)
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name)}",
            "Content-Security-Policy": CSP,
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, max-age=86400, immutable",
            "ETag": f'"{found.sha256}"',
        }
        return Response(await queries.content(found), media_type=found.media_type, headers=headers)
