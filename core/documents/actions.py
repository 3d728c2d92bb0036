"""Counts prints, and has PDFs made by the workers."""

from uuid import UUID

import msgspec

from core.documents import pdf, queries
from core.documents.errors import PdfUnavailable, ReprintReasonRequired
from core.documents.schemas import LONGEST_REASON, Printing
from core.kit import audit, clock, tasks
from core.kit.context import current
from core.kit.events import enqueue
from core.plugin.contributions import Document

PDF = "documents.pdf"
STEPS = 2


async def count_print(
    document: Document, record: UUID, *, reason: str = "", times: int | None = None
) -> Printing:
    """Note one more print, in the audit too. Lock the record first, so that no two prints bear one number.

    `times` is its number where the record counts itself. Raises ReprintReasonRequired from the second on.
    """
    if times is None:
        before = await queries.last_print(document.name, record)
        times = before.times + 1 if before else 1
    reason = reason.strip()[:LONGEST_REASON]
    if times > 1 and not reason:
        raise ReprintReasonRequired
    audit.record(queries.PRINTED, document.name, record, times=times, reason=reason)
    who = current().somebody
    return Printing(by=who.name, at=clock.now(), times=times, actor=who.id)


async def request_pdf(document: Document, record: UUID, printing: Printing, *, name: str) -> UUID:
    """Have a worker make the paper as `<name>.pdf`; the task to wait for. Raises PdfUnavailable."""
    missing = pdf.missing()
    if missing:
        raise PdfUnavailable(missing="、".join(missing))
    task = await tasks.create_task("pdf", {"document": document.name, "name": name}, total=STEPS)
    payload = {
        "task": task,
        "document": document.name,
        "record": record,
        "name": f"{name}.pdf",
        "locale": current().locale,
        "printing": printing,
    }
    enqueue(PDF, msgspec.to_builtins(payload))
    return task
