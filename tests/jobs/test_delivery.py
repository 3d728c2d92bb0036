"""Messages have their effects once, in their company, as who caused them; failures are contained."""

import asyncio
from uuid import UUID

import pytest

from core.kit import audit, clock, sql
from core.kit.context import Actor, Tenant
from core.kit.database import DB, unit_of_work
from core.kit.ids import new_id
from jobs import acting, actions, commands, delivery, queries
from jobs.errors import NotParked
from tests.jobs import sample
from tests.jobs.conftest import CLERK, Office

pytestmark = pytest.mark.anyio

AUDIT = "select * from core.kit_audit where tenant_id = $1 and action = $2 order by id"


async def again(office: Office, message: UUID) -> None:
    """Deliver once more, as if the pause and the lease were over."""
    await office.run(
        "update core.kit_outbox set leased_until = null where tenant_id = $1 and id = $2", message
    )
    await delivery.deliver(office.id, message)


async def test_job_runs_once_however_often_it_is_delivered(office: Office) -> None:
    message = await office.enqueue(mark="once")
    await asyncio.gather(*(delivery.deliver(office.id, message) for _ in range(5)))
    for _ in range(3):
        await again(office, message)
    assert await office.counted("once") == 1
    row = await office.row(message)
    assert row["done_at"] is not None
    assert row["attempts"] == 0


async def test_effect_happens_once_even_without_the_lease(office: Office) -> None:
    """Two workers at the same message, as after a pause longer than the lease: the inbox decides."""
    message = await office.enqueue(mark="twice", seconds=0.3)
    first = asyncio.create_task(delivery.deliver(office.id, message))
    await asyncio.sleep(0.15)
    await again(office, message)
    await first
    assert await office.counted("twice") == 1
    assert (await office.row(message))["done_at"] is not None


async def test_job_acts_for_its_company_under_the_name_of_who_asked(office: Office) -> None:
    subject = new_id()
    message = await office.enqueue(actor=CLERK, mark="who", subject=subject)
    await delivery.deliver(office.id, message)
    (line,) = await office.ask(AUDIT, "sample.worked")
    assert (line["actor_id"], line["actor_name"], line["subject_id"]) == (CLERK.id, CLERK.name, subject)
    assert (line["channel"], line["request_id"]) == ("job", "r1")
    assert line["detail"] == {"channel": "job", "rights": True}


async def test_person_may_do_in_a_job_what_the_resolver_says(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nobody(_person: UUID, _company: Tenant, _plugins: frozenset[str]) -> Actor | None:
        return None

    monkeypatch.setattr(acting, "_resolvers", [nobody])
    await delivery.deliver(office.id, await office.enqueue(actor=CLERK, mark="rights"))
    await delivery.deliver(office.id, await office.enqueue(mark="system"))
    lines = await office.ask(AUDIT, "sample.worked")
    assert [line["detail"]["rights"] for line in lines] == [False, True]


async def test_message_of_another_company_is_not_there(office: Office, other: Office) -> None:
    message = await office.enqueue(mark="mine")
    await delivery.deliver(other.id, message)
    assert (await office.row(message))["starts"] == 0
    assert await other.counted("mine") == 0


async def test_one_failing_listener_neither_blocks_nor_repeats_the_others(office: Office) -> None:
    sample.BROKEN.add("e")
    message = await office.publish(sample.SampleHappened("e"))
    for _ in range(2):
        await again(office, message)
        assert (await office.row(message))["done_at"] is None
    await again(office, message)
    counts = [await office.counted(f"e {which}") for which in ("first", "second", "third")]
    assert counts == [1, 0, 1]
    row = await office.row(message)
    assert row["attempts"] == actions.TRIES
    assert row["parked_at"] is not None
    assert row["error"].startswith("tests.jobs.sample.second: RuntimeError at tests/jobs/sample.py")

    sample.BROKEN.clear()
    await again(office, message)
    assert await office.counted("e second") == 0
    await commands.replay(message)
    await again(office, message)
    counts = [await office.counted(f"e {which}") for which in ("first", "second", "third")]
    assert counts == [1, 1, 1]
    assert (await office.row(message))["done_at"] is not None


@pytest.mark.spec("R30")
async def test_job_is_tried_three_times_then_parked_audited_and_replayable(office: Office) -> None:
    sample.BROKEN.add("p")
    message = await office.enqueue(mark="p")
    waits = []
    for _ in range(actions.TRIES):
        await again(office, message)
        row = await office.row(message)
        waits.append((row["due_at"] - clock.now()).total_seconds())
    assert waits[0] == pytest.approx(10, abs=2)
    assert waits[1] == pytest.approx(60, abs=2)
    assert row["parked_at"] is not None
    assert await office.counted("p") == 0
    (line,) = await office.ask(AUDIT, "message.parked")
    assert (line["subject_id"], line["detail"]["name"]) == (message, "sample.work")
    async with office.inside():
        (shown,) = await queries.parked()
    assert (shown.id, shown.attempts) == (message, 3)
    assert [found.id for company, found in await commands.parked() if company.id == office.id] == [message]

    sample.BROKEN.clear()
    await commands.replay(message)
    await again(office, message)
    assert await office.counted("p") == 1
    assert len(await office.ask(AUDIT, "message.replayed")) == 1
    with pytest.raises(NotParked):
        await commands.replay(message)


async def test_error_text_names_class_and_place_but_quotes_nothing(office: Office) -> None:
    sample.BROKEN.add("13800138000")
    message = await office.enqueue(mark="13800138000")
    await delivery.deliver(office.id, message)
    error = (await office.row(message))["error"]
    assert error.startswith("sample.work: ValueError at tests/jobs/sample.py:")
    assert "138" not in error
    refused = await office.enqueue("sample.refuse")
    await delivery.deliver(office.id, refused)
    assert "SampleRefused sample_refused" in (await office.row(refused))["error"]


async def test_unknown_job_is_parked_with_the_reason(office: Office) -> None:
    message = await office.enqueue("sample.gone")
    await delivery.deliver(office.id, message)
    row = await office.row(message)
    assert (row["error"], row["attempts"]) == ("unknown job", 0)
    assert row["parked_at"] is not None


async def test_unknown_event_is_parked_with_the_reason(office: Office) -> None:
    message = await office.publish(sample.SampleHappened("x"))
    await office.run("update core.kit_outbox set name = 'gone' where tenant_id = $1 and id = $2", message)
    await delivery.deliver(office.id, message)
    assert (await office.row(message))["error"] == "unknown event"


async def test_plugin_switched_off_meanwhile_parks_jobs_and_silences_listeners(office: Office) -> None:
    job = await office.enqueue(mark="off")
    event = await office.publish(sample.SampleHappened("off"))
    await office.switch(on=False)
    await delivery.deliver(office.id, job)
    await delivery.deliver(office.id, event)
    assert (await office.row(job))["error"] == "plugin switched off"
    assert (await office.row(event))["done_at"] is not None
    assert await office.counted("off") == await office.counted("off first") == 0

    await office.switch(on=True)
    await commands.replay(job)
    await delivery.deliver(office.id, job)
    assert await office.counted("off") == 1


async def test_database_trouble_is_tried_again_without_counting(office: Office) -> None:
    message = await office.enqueue(mark="busy")
    async with office.inside():
        await actions.consume(message, "sample.work")
        await asyncio.create_task(_apart(office, message))
    row = await office.row(message)
    assert row["attempts"] == 0
    assert "LockNotAvailableError" in row["error"]
    assert row["parked_at"] is None


async def _apart(office: Office, message: UUID) -> None:
    """In a task of its own, which has its own transaction."""
    DB.current_transaction.set(None)
    await delivery.deliver(office.id, message)


async def test_message_that_kills_its_workers_is_parked(office: Office) -> None:
    message = await office.enqueue(mark="killer")
    await office.run(
        "update core.kit_outbox set starts = $3 where tenant_id = $1 and id = $2", message, actions.STARTS
    )
    await delivery.deliver(office.id, message)
    assert (await office.row(message))["error"] == "begun 20 times and never finished"
    assert await office.counted("killer") == 0


async def test_lease_is_renewed_while_the_work_goes_on_and_keeps_others_off(office: Office) -> None:
    message = await office.enqueue(mark="long", seconds=1.5)
    worker = asyncio.create_task(delivery.deliver(office.id, message, lease=0.6))
    await asyncio.sleep(1.1)
    async with office.inside():
        assert await actions.claim(message) is None
    assert (await office.row(message))["starts"] == 1
    await worker
    assert await office.counted("long") == 1


async def test_lease_of_a_dead_worker_runs_out(office: Office) -> None:
    message = await office.enqueue(mark="dead")
    async with office.inside():
        assert await actions.claim(message, lease=0.2) is not None
    await delivery.deliver(office.id, message)
    assert await office.counted("dead") == 0
    await asyncio.sleep(0.3)
    await delivery.deliver(office.id, message)
    assert await office.counted("dead") == 1


async def test_work_past_its_time_limit_is_undone_and_counted(office: Office) -> None:
    message = await office.enqueue(mark="slow", seconds=5)
    await delivery.deliver(office.id, message, limit=0.2)
    row = await office.row(message)
    assert row["attempts"] == 1
    assert "TimeoutError" in row["error"]
    assert await office.counted("slow") == 0


async def test_application_may_not_alter_audit_or_seals(office: Office) -> None:
    async with office.inside():
        audit.record("sample.line", "sample")
    for statement in (
        "update core.kit_audit set action = 'x' where tenant_id = $1",
        "delete from core.kit_audit_waiting where tenant_id = $1",
        "insert into core.kit_audit_seal (tenant_id, id, seq, audit_id, hash) values ($1, $1, 1, $1, '')",
    ):
        with pytest.raises(Exception, match="permission denied"):
            async with unit_of_work(office.id):
                await sql.execute(statement)
