"""Finds a document's declaration, and what is known of its prints."""

from uuid import UUID

from core.documents.errors import DocumentUnknown
from core.documents.schemas import Printing
from core.kit import clock, sql
from core.kit.context import current
from core.plugin import host
from core.plugin.contributions import Document

PRINTED = "document.printed"
LAST = """
select actor_id as actor, actor_name as by, at, (detail ->> 'times')::int as times
from core.kit_audit where tenant_id = $1 and subject_id = $2 and subject = $3 and action = $4
order by at desc, id desc limit 1
"""


def document(name: str) -> Document:
    """What the plugins this company has on declare under the name. Raises DocumentUnknown."""
    found = host.view().documents.get(name)
    if found is None:
        raise DocumentUnknown
    return found


async def last_print(name: str, record: UUID) -> Printing | None:
    """The last counted print of the paper, None before the first."""
    return await sql.maybe(Printing, LAST, record, name, PRINTED)


def unprinted() -> Printing:
    """How the foot of a preview reads."""
    return Printing(by=current().somebody.name, at=clock.now(), times=0)
