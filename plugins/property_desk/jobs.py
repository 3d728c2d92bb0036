"""Work by the clock: slips end with their day, and used ones are asked back from the gate."""

from core.kit.i18n import _
from core.notifications.actions import tell
from core.plugin.contributions import Job
from core.staff import queries as staff
from plugins.property_desk import actions, queries

DESK = ("front_desk_agent", "cs_assistant")
WAITING = _("门岗还有 {count} 张已放行的物品放行条没有收回归档")


async def expire_slips() -> None:
    """PD-01: a slip is good on its day only."""
    while await actions.expire() == actions.BATCH:
        pass


async def collect_slips() -> None:
    """Once a week the desk is told how many used slips still lie at each project's gate."""
    for project, count in (await queries.not_collected()).items():
        people = [person for role in DESK for person in await staff.holders(role, project)]
        link = "/property_desk/goods_slips?state=used"
        await tell(people, "property_desk.slips.waiting", WAITING, link, count=count)


JOBS = [
    Job(name="property_desk.expire_slips", run=expire_slips, cron="1 0 * * *"),
    Job(name="property_desk.collect_slips", run=collect_slips, cron="0 9 * * 1"),
]
