"""Photos that come with a form: stored, tied to the record by its action, and kept through a refusal."""

from typing import Any
from uuid import UUID

from litestar import Request
from litestar.datastructures import UploadFile

from core.files import actions as files
from core.files import queries
from core.files.schemas import File
from core.kit.context import current
from core.kit.database import aside
from core.kit.errors import DomainError, FieldError, Invalid
from core.kit.forms import Bound
from core.kit.i18n import gettext
from core.kit.web import T, submitted

FIELD = "photos"


class Sent:
    """A posted form with its photos: `kept` are those of an earlier try, `fresh` arrive with this one."""

    def __init__(self, bound: Bound[Any], kept: list[File], fresh: list[tuple[str, bytes]]) -> None:
        self.bound, self.kept, self.fresh = bound, kept, fresh

    async def store(self) -> list[UUID]:
        """Keep the photos in this transaction; the same photo twice is one. Raises Invalid at `photos`."""
        known = {file.sha256 for file in self.kept}
        stored: list[File] = []
        for name, data in self.fresh:
            try:
                file = await files.store(name, data, purpose="photo")
            except DomainError as refusal:
                words = {key: gettext(str(value)) for key, value in refusal.params.items()}
                raise Invalid([FieldError(FIELD, refusal.key, words)]) from refusal
            if file.sha256 not in known:
                known.add(file.sha256)
                stored.append(file)
        return [file.id for file in (*self.kept, *stored)]

    async def rescue(self) -> None:
        """Keep the good photos although the form was refused: they are shown with it again."""
        async with aside(current().tenant.id):
            known = {file.sha256 for file in self.kept}
            for name, data in self.fresh:
                try:
                    file = await files.store(name, data, purpose="photo")
                except DomainError:
                    continue
                if file.sha256 not in known:
                    known.add(file.sha256)
                    self.kept.append(file)
        self.bound.raw["attachments"] = [str(file.id) for file in self.kept]


async def sent(request: Request[Any, Any, Any], kind: type[T]) -> Sent:
    """The posted form; its photos are taken out of it."""
    bound = await submitted(request, kind)
    fresh = []
    for upload in _listed(bound.raw.pop(FIELD, [])):
        data = await upload.read() if isinstance(upload, UploadFile) else b""
        if data:
            fresh.append((upload.filename or "photo", data))
    named = [identity for text in _listed(bound.raw.pop("attachments", [])) if (identity := _id(text))]
    return Sent(bound, await queries.uploads(named), fresh)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _id(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
