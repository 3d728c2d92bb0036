"""What the workers do for papers."""

import asyncio
from contextlib import suppress
from uuid import UUID

import msgspec

from core.documents import pdf, queries, rendering
from core.documents.errors import PdfUnavailable
from core.documents.schemas import Printing
from core.files import actions as files
from core.kit import tasks
from core.kit.context import acting_as, current
from core.kit.errors import DomainError
from core.plugin.contributions import Job


async def make_pdf(
    *, task: UUID, document: str, record: UUID, name: str, locale: str, printing: Printing
) -> None:
    """In the language of whoever asked. A refusal is the paper's end, not the job's failure.

    The file belongs to who asked and to no record: it is swept out after a day.
    """
    asked = msgspec.structs.replace(current(), locale=locale)
    with acting_as(asked), suppress(DomainError):
        async with tasks.running(task):
            missing = pdf.missing()
            if missing:
                raise PdfUnavailable(missing="、".join(missing))
            html = await rendering.html(queries.document(document), record, printing, preview=False)
            await tasks.progress(task, 1)
            made = await asyncio.to_thread(pdf.make, html)
            file = await files.store(name, made, purpose="paper")
            await tasks.finish(task, {"file": file.id, "name": file.name, "size": file.size})


JOBS = (Job(name="documents.pdf", run=make_pdf),)
