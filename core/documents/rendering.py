"""Puts a paper together: its gather coroutine, its template, and the words of the current language."""

from typing import Any
from uuid import UUID

from core.documents.schemas import Printing
from core.kit import web
from core.plugin.contributions import Document


async def html(document: Document, record: UUID, printing: Printing, **values: Any) -> str:
    """The whole page. `gather` refuses whoever may not see the record; `values` are the page's own.

    `printing` stands in the paper's foot; `preview` (default) adds the buttons that paper does not have.
    """
    gathered = await document.gather(record)
    shown = {"preview": True, **gathered, "printing": printing, **values}
    return str(web.render(document.template, **shown).content)
