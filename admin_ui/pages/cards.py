"""What plugins show of a household, each contained: one that raises or hangs is left out, core answers."""

import asyncio
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from markupsafe import Markup

from core.kit import clock
from core.kit.access import can
from core.kit.context import current
from core.kit.database import savepoint
from core.kit.i18n import _
from core.kit.log import log
from core.kit.web import fragment
from core.notifications.actions import tell
from core.plugin.contributions import Card, Home
from core.plugin.host import view
from core.staff import queries as staff

LIMIT = 2.0
QUIET = timedelta(hours=1)
BROKEN = _("「{card}」出错，暂不显示；详情在系统日志里")
_told: dict[tuple[UUID, str], datetime] = {}


async def of(place: Literal["household", "desk"], home: Home) -> list[Markup]:
    """What this person may see there, drawn, in order."""
    wanted = [card for card in view().cards if card.place == place and can(card.permission, home.project)]
    drawn = [await _drawn(card, home) for card in wanted]
    return [html for html in drawn if html]


async def _drawn(card: Card, home: Home) -> Markup | None:
    try:
        async with asyncio.timeout(LIMIT), savepoint():
            values = await card.gather(home)
        return None if values is None else Markup(fragment(card.template, home=home, **values))  # noqa: S704 - our own template
    except Exception as problem:  # noqa: BLE001 - whatever a plugin raises
        log("plugins").error("card left out", card=card.name, exc_info=problem)
        await _warn(card)
        return None


async def _warn(card: Card) -> None:
    """A notice to the administrators, once an hour for a card and process."""
    key = (current().tenant.id, card.name)
    if key not in _told or clock.now() - _told[key] >= QUIET:
        _told[key] = clock.now()
        people = await staff.holders("tenant_admin", None)
        await tell(people, "plugin.failed", BROKEN, "/admin/plugins", tone="warn", card=card.name)
