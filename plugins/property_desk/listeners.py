"""Who hears of a goods slip, after the commit: rules as data, one row per arrow (PD-01: the gate)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from core.kit.errors import NotFound
from core.kit.i18n import _
from core.notifications.actions import tell
from core.notifications.schemas import Tone
from core.plugin.contributions import Listener
from core.staff import queries as staff
from plugins.property_desk import queries
from plugins.property_desk.events import GoodsSlipMoved

GATE = "/m/property_desk/gate?code={number}"
PAGE = "/property_desk/goods_slips/{number}"


class Hears(msgspec.Struct, frozen=True):
    """`recipients` are role names, or `preparer` for whoever opened the slip."""

    recipients: tuple[str, ...]
    message: str
    tone: Tone = "info"
    link: str = PAGE


MOVED = {
    "sign_applicant": Hears(("duty_supervisor",), _("{room} 物品放行条待您签字：{number}")),
    "sign_duty": Hears(("office_director",), _("{room} 物品放行条待您盖章：{number}")),
    "stamp": Hears(("preparer",), _("{room} 物品放行条已盖章，可以交给业主：{number}")),
    "issue": Hears(("security_guard",), _("{room} 有物品要出门，放行条 {number}，{day} 当天有效"), link=GATE),
    "mismatch": Hears(
        ("preparer", "duty_supervisor"), _("{room} 出门物品与放行条不符，门岗已拦下：{number}"), "danger"
    ),
    "expire": Hears(("preparer",), _("{room} 物品放行条当天没有用，已过期：{number}"), "warn"),
}


async def on_moved(event: GoodsSlipMoved) -> None:
    rule = MOVED.get(event.transition)
    if rule is None:
        return
    try:
        row = await queries.row_of(event.slip)
    except NotFound:
        return
    people = [person for recipient in rule.recipients for person in await _people(recipient, row)]
    words = {"room": row["room"] or row["place"], "number": row["number"], "day": str(row["valid_on"])}
    link = rule.link.format(number=row["number"])
    await tell(people, event.name, rule.message, link, tone=rule.tone, **words)


async def _people(recipient: str, row: Mapping[str, Any]) -> list[UUID]:
    if recipient == "preparer":
        return [row["prepared_by"]]
    return await staff.holders(recipient, row["project_id"])


LISTENERS = [Listener(GoodsSlipMoved, on_moved)]
