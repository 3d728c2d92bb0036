"""JSON routes of core that belong to no area: `GET /api/v1/tasks/{id}`."""

from uuid import UUID

from litestar import Controller, get
from litestar.params import FromPath

from core.kit import tasks
from core.kit.web import signed_in


class TasksApi(Controller):
    path = "/tasks"
    tags = ["tasks"]

    @get("/{task:uuid}", guards=[signed_in()])
    async def show(self, task: FromPath[UUID]) -> tasks.Task:
        """How far an import, an export or a paper is: its maker's, or anybody's with core.task.view."""
        return await tasks.get(task)
