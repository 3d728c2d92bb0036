"""Long work shows its progress while its job's transaction is open, and its failure when that was undone."""

import asyncio
from uuid import UUID

import pytest

from core.kit import sql, tasks
from core.kit.context import Actor
from core.kit.database import DB
from core.kit.errors import NotFound, Required, TooLong
from core.kit.tasks import Task
from tests.factories import Company

pytestmark = pytest.mark.anyio

CLERK = Actor(UUID(int=6), "前台甲", "clerk")
COLLEAGUE = Actor(UUID(int=7), "同事", "colleague")
MANAGER = Actor(UUID(int=8), "经理", "manager", rights={"core.task.view": None})


async def create(yunqi: Company) -> UUID:
    async with yunqi.inside(CLERK):
        return await tasks.create_task("import", {"sheets": ["a"]}, total=3)


async def seen(company: Company, task: UUID, actor: Actor = CLERK) -> Task:
    """As another request sees it at this moment."""

    async def look() -> Task:
        DB.current_transaction.set(None)
        async with company.inside(actor):
            return await tasks.get(task)

    return await asyncio.create_task(look())


async def test_progress_is_seen_while_the_job_runs_and_the_result_only_with_its_commit(
    yunqi: Company,
) -> None:
    task = await create(yunqi)
    assert ((await seen(yunqi, task)).state, (await seen(yunqi, task)).total) == ("waiting", 3)
    async with yunqi.inside():
        async with tasks.running(task):
            assert (await seen(yunqi, task)).state == "running"
            await tasks.progress(task, 1)
            assert (await seen(yunqi, task)).progress == 1
            await tasks.progress(task, 2, total=4)
            assert ((await seen(yunqi, task)).progress, (await seen(yunqi, task)).total) == (2, 4)
            await tasks.finish(task, {"rows": 4})
        assert (await seen(yunqi, task)).state == "running"
    after = await seen(yunqi, task)
    assert (after.state, after.progress, after.result) == ("done", 4, {"rows": 4})
    assert after.finished_at is not None


async def test_refusal_undoes_the_job_and_stays_with_its_words(yunqi: Company) -> None:
    task = await create(yunqi)
    with pytest.raises(TooLong):
        async with yunqi.inside():
            await sql.execute(
                "insert into core.kit_inbox (tenant_id, id, consumer) values ($1, $2, 'x')", task
            )
            async with tasks.running(task):
                raise TooLong(most=40)
    failed = await seen(yunqi, task)
    assert (failed.state, failed.error, failed.message) == ("failed", "too_long", "最多 40 个字")
    async with yunqi.inside():
        assert await sql.records("select 1 from core.kit_inbox where tenant_id = $1 and id = $2", task) == []


async def test_fault_of_ours_is_told_without_its_text(yunqi: Company) -> None:
    task = await create(yunqi)
    with pytest.raises(ValueError, match="13800138000"):
        async with yunqi.inside(), tasks.running(task):
            raise ValueError("13800138000")
    failed = await seen(yunqi, task)
    assert (failed.error, failed.result) == ("internal_error", {"params": {}})


async def test_second_try_starts_afresh(yunqi: Company) -> None:
    task = await create(yunqi)
    with pytest.raises(Required):
        async with yunqi.inside(), tasks.running(task):
            await tasks.progress(task, 2)
            raise Required
    async with yunqi.inside(), tasks.running(task):
        now = await seen(yunqi, task)
        assert (now.state, now.progress, now.error) == ("running", 0, None)
        await tasks.finish(task)
    assert (await seen(yunqi, task)).state == "done"
    async with yunqi.inside():
        await tasks.fail(task, "required")
    assert (await seen(yunqi, task)).state == "done"


async def test_task_is_shown_to_its_maker_and_to_holders_of_the_permission_only(
    yunqi: Company, cuihu: Company
) -> None:
    task = await create(yunqi)
    assert (await seen(yunqi, task, MANAGER)).created_by == CLERK.id
    with pytest.raises(NotFound):
        await seen(yunqi, task, COLLEAGUE)
    with pytest.raises(NotFound):
        await seen(cuihu, task, MANAGER)


async def test_api_shows_a_task_to_its_maker(yunqi: Company) -> None:
    maker = await yunqi.signed_in("front_desk_agent")
    colleague = await yunqi.signed_in("viewer")
    async with yunqi.inside(Actor(yunqi.people["front_desk_agent"], "前台甲", "front_desk_agent")):
        task = await tasks.create_task("export", total=2)
    answer = await maker.get(f"/api/v1/tasks/{task}")
    assert answer.status_code == 200
    assert answer.json()["state"] == "waiting"
    assert {"progress", "total", "result", "error", "message"} <= set(answer.json())
    assert (await colleague.get(f"/api/v1/tasks/{task}")).status_code == 404
    assert (await yunqi.client().get(f"/api/v1/tasks/{task}")).status_code == 401
