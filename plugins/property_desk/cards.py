"""What the desk and a household's page show of goods slips."""

from typing import Any

from core.kit.access import can
from core.plugin.contributions import Home
from plugins.property_desk import queries, views

SHOWN = 5


async def slips(home: Home) -> dict[str, Any]:
    """The household's latest slips, and whether one may be opened here."""
    page = await queries.slips(queries.Filter(household=home.household), limit=SHOWN)
    return {
        "slips": page.items,
        "more": page.next is not None,
        "views": views,
        "may_prepare": not home.closed and can(queries.PREPARE, home.project),
    }


async def new_slip(home: Home) -> dict[str, Any] | None:
    return None if home.closed else {}
