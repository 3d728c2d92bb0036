"""Prints of a ticket's papers, each counted: the sheet on itself, the registration form in the audit."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from core.documents import actions as documents
from core.documents import queries
from core.documents.schemas import Printing
from core.flows import engine
from core.kit import live
from core.kit.access import require
from core.kit.context import current
from core.kit.errors import NotFound
from core.plugin.contributions import Document
from core.tickets import orders
from core.tickets.papers import ORDER, PRINT, REQUEST


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """One paper of a ticket: `record` is what it is gathered from, `number` what stands on it."""

    document: Document
    record: UUID
    number: str
    last: Printing | None

    @property
    def printed(self) -> int:
        return self.last.times if self.last else 0

    @property
    def mine(self) -> Printing | None:
        """The last print if it was this caller's: what their browser is about to print."""
        last = self.last
        return last if last is not None and last.actor == current().somebody.id else None


async def paper_of(row: Mapping[str, Any], *, form: str = "", order: str = "") -> Paper:
    """The sheet with that number, else the newest; with `form` "request", or where no sheet was ever issued,
    the ticket as registered. Raises NotFound for another ticket's sheet.
    """
    require(PRINT, row["project_id"])
    sheets = [] if form == "request" else await orders.of_ticket(row["id"])
    named = [sheet for sheet in sheets if order in {"", sheet.number}]
    if order and not named:
        raise NotFound
    if named:
        document, record, number = queries.document(ORDER), named[-1].id, named[-1].number
    else:
        document, record, number = queries.document(REQUEST), row["id"], row["number"]
    last = await queries.last_print(document.name, record)
    return Paper(document=document, record=record, number=number, last=last)


async def count(row: Mapping[str, Any], paper: Paper, reason: str = "") -> Printing:
    """One more print of it. Raises ReprintReasonRequired from the second on."""
    await engine.locked(engine.flow_of(row["kind"]), row["id"])
    times = await orders.count_print(paper.record) if paper.document.name == ORDER else None
    live.changed("tickets", row["id"])
    return await documents.count_print(paper.document, paper.record, reason=reason, times=times)
