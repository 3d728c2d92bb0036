"""What runs by the clock."""

from core.files import actions
from core.plugin.contributions import Job


async def sweep() -> None:
    await actions.sweep()


JOBS = (Job(name="files.sweep", run=sweep, cron="17 3 * * *"),)
