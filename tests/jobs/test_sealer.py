"""The audit chain: sealed soon, by any number of sealers, and every kind of tampering is found."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from core.kit import audit, clock
from core.kit.database import DB
from core.kit.ids import new_id
from jobs import commands, sealer, verification
from tests.jobs.conftest import Office

pytestmark = pytest.mark.anyio

SEALS = "select seq, audit_id, hash from core.kit_audit_seal where tenant_id = $1 order by seq"
INSERTED = """
insert into core.kit_audit (tenant_id, id, action, subject, actor_name, roles, channel, request_id, detail)
values ($1, $2, 'forged', 'x', 'x', '{}', 'page', '', '{}')
"""


async def write(office: Office, count: int) -> None:
    for number in range(count):
        async with office.inside():
            audit.record("sample.line", "sample", new_id(), number=number, amount="12.30", 中文="有")


@pytest.fixture
async def sealed(office: Office) -> Office:
    """A company with ten sealed lines, found whole."""
    await write(office, 10)
    await sealer.seal(office.id)
    verdict = await verification.verify(office.id)
    assert (verdict.ok, verdict.count, verdict.seq) == (True, 10, 10)
    return office


async def damage(office: Office, **options: Any) -> list[tuple[int, str]]:
    verdict = await verification.verify(office.id, **options)
    assert verdict.ok == (not verdict.broken_at)
    return [(found.seq, found.damage) for found in verdict.broken_at]


async def line_at(office: Office, seq: int) -> Any:
    return (await office.ask(SEALS))[seq - 1]


async def test_lines_are_sealed_in_order_by_one_of_several_sealers(office: Office) -> None:
    await write(office, 20)
    await asyncio.gather(*(sealer.seal_all() for _ in range(4)))
    await sealer.seal_all()
    seals = await office.ask(SEALS)
    lines = await office.ask("select id from core.kit_audit where tenant_id = $1 order by at, id")
    assert [seal["seq"] for seal in seals] == list(range(1, 21))
    assert [seal["audit_id"] for seal in seals] == [line["id"] for line in lines]
    assert await office.ask("select id from core.kit_audit_waiting where tenant_id = $1") == []
    assert await damage(office) == []


async def test_line_that_commits_late_is_chained_when_it_comes(office: Office) -> None:
    async with office.inside():
        audit.record("sample.late", "sample")
        await asyncio.create_task(_early(office))
    await sealer.seal(office.id)
    seals = await office.ask(SEALS)
    late = await office.ask("select id from core.kit_audit where tenant_id = $1 and action = 'sample.late'")
    assert seals[-1]["audit_id"] == late[0]["id"]
    assert await damage(office) == []


async def _early(office: Office) -> None:
    DB.current_transaction.set(None)
    await write(office, 2)
    await sealer.seal(office.id)


async def test_chains_of_two_companies_have_different_keys(sealed: Office, other: Office) -> None:
    assert sealer.key_of(sealed.id) != sealer.key_of(other.id)
    await write(other, 1)
    await sealer.seal(other.id)
    assert await damage(other) == []


@pytest.mark.parametrize(
    "change",
    [
        "action = 'other'",
        "actor_name = '别人'",
        "detail = '{\"number\": 99}'",
        "at = at + interval '1 microsecond'",
        "subject_id = null",
        "roles = '{admin}'",
        "request_id = 'r9'",
        "channel = 'page'",
        "actor_id = tenant_id",
    ],
)
async def test_altered_line_is_found(sealed: Office, change: str) -> None:
    line = await line_at(sealed, 4)
    await sealed.run(f"update core.kit_audit set {change} where tenant_id = $1 and id = $2", line["audit_id"])
    assert await damage(sealed) == [(4, "altered")]


@pytest.mark.spec("R33")
async def test_deleted_line_is_found(sealed: Office) -> None:
    line = await line_at(sealed, 7)
    await sealed.run("delete from core.kit_audit where tenant_id = $1 and id = $2", line["audit_id"])
    assert await damage(sealed) == [(7, "deleted")]


async def test_line_deleted_with_its_seal_is_found(sealed: Office) -> None:
    line = await line_at(sealed, 7)
    await sealed.run("delete from core.kit_audit where tenant_id = $1 and id = $2", line["audit_id"])
    await sealed.run("delete from core.kit_audit_seal where tenant_id = $1 and seq = 7")
    assert await damage(sealed) == [(7, "seal missing")]
    await sealed.run("update core.kit_audit_seal set seq = seq - 1 where tenant_id = $1 and seq = 8")
    await sealed.run("update core.kit_audit_seal set seq = seq - 1 where tenant_id = $1 and seq = 9")
    await sealed.run("update core.kit_audit_seal set seq = seq - 1 where tenant_id = $1 and seq = 10")
    assert (7, "altered") in await damage(sealed)


async def test_inserted_line_is_found(sealed: Office) -> None:
    await sealed.run(INSERTED, new_id())
    assert await damage(sealed) == [(0, "unsealed")]
    await sealer.seal_all()
    assert await damage(sealed) == [(0, "unsealed")]


async def test_inserted_line_with_a_forged_seal_is_found(sealed: Office) -> None:
    forged = new_id()
    await sealed.run(INSERTED, forged)
    await sealed.run(
        "insert into core.kit_audit_seal (tenant_id, id, seq, audit_id, hash) values ($1, $2, 11, $3, $4)",
        new_id(),
        forged,
        b"0" * 32,
    )
    assert await damage(sealed) == [(11, "altered")]


async def test_reordered_lines_are_found(sealed: Office) -> None:
    third, fourth = await line_at(sealed, 3), await line_at(sealed, 4)
    swap = "update core.kit_audit_seal set audit_id = $3 where tenant_id = $1 and seq = $2"
    await sealed.run(swap, 3, new_id())
    await sealed.run(swap, 4, third["audit_id"])
    await sealed.run(swap, 3, fourth["audit_id"])
    assert await damage(sealed) == [(3, "altered"), (4, "altered")]


async def test_chain_cut_off_at_its_end_is_found_by_a_known_head(sealed: Office) -> None:
    whole = await verification.verify(sealed.id)
    line = await line_at(sealed, 10)
    await sealed.run("delete from core.kit_audit_seal where tenant_id = $1 and seq = 10")
    await sealed.run("delete from core.kit_audit where tenant_id = $1 and id = $2", line["audit_id"])
    assert await damage(sealed) == []
    assert await damage(sealed, known=(whole.seq, whole.head)) == [(10, "cut off")]


async def test_fresh_lines_are_no_damage_until_they_wait_too_long(sealed: Office) -> None:
    await write(sealed, 1)
    assert await damage(sealed) == []
    assert await damage(sealed, grace=0.0) == [(0, "unsealed")]
    await sealer.seal_all()
    assert await damage(sealed, grace=0.0) == []


async def test_command_verifies_a_company_by_its_name(sealed: Office) -> None:
    verdict = await commands.verify_audit(sealed.slug)
    assert verdict.ok
    assert len(verdict.head) == 64


async def test_long_chain_is_read_in_pieces(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "SEALS", verification.SEALS.replace("limit 1000", "limit 3"))
    await write(office, 10)
    await sealer.seal(office.id)
    verdict = await verification.verify(office.id)
    assert (verdict.ok, verdict.count) == (True, 10)
    line = await line_at(office, 9)
    moment = clock.now() - timedelta(days=1)
    await office.run(
        "update core.kit_audit set at = $3 where tenant_id = $1 and id = $2", line["audit_id"], moment
    )
    assert await damage(office) == [(9, "altered")]
