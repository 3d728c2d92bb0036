"""The printed slip (FORM-20): what stands on both of its parts, with the code that the gate scans."""

from typing import Any
from uuid import UUID

import msgspec
import segno
from markupsafe import Markup

from core.kit import signatures
from core.kit.context import current
from core.kit.signatures import Signature
from plugins.property_desk import queries, views
from plugins.property_desk.schemas import APPLICANTS


async def goods_slip(identity: UUID) -> dict[str, Any]:
    row = await queries.row_of(identity)
    slip = await queries.shown(row)
    drawn = row["applicant_signature"]
    return {
        "slip": slip,
        "where": views.where(slip),
        "views": views,
        "applicants": [(choice["value"], choice["label"]) for choice in views.choices(APPLICANTS)],
        "company": current().tenant.name,
        "printed_by": current().somebody.name,
        "qr": _square(queries.address_of(slip)),
        "signed": signatures.drawing(msgspec.convert(drawn, Signature)) if drawn is not None else "",
    }


def _square(text: str) -> Markup:
    """A QR code as an SVG without size or colour of its own: the paper's style says how large it is."""
    code = segno.make(text, error="m", micro=False)
    return Markup(code.svg_inline(border=0, omitsize=True))  # noqa: S704 - made of numbers
