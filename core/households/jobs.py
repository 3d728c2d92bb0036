"""What the workers do for households."""

from uuid import UUID

from core.households import actions, queries
from core.kit import tasks
from core.plugin.contributions import Job


async def import_list(import_id: UUID) -> None:
    """A refused list is the import's end, not the job's failure: it is not tried again."""
    row = await queries.import_row(import_id)
    task = row.task_id
    if task is None:
        return
    async with tasks.running(task):
        await actions.import_households(import_id, tell=lambda done: tasks.progress(task, done))


JOBS = (Job(name="households.import", run=import_list),)
