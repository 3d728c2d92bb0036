"""Uploads over HTTP: sniffed, cleaned, kept apart by company, tied to records, swept."""

import hashlib
import os
from io import BytesIO
from typing import Any
from uuid import UUID

import httpx
import pytest
from PIL import Image

from core.files import actions, errors, queries, storage
from core.kit import sql
from core.kit.context import Actor
from core.kit.database import DB
from core.kit.errors import NotFound
from core.kit.ids import new_id
from core.kit.settings import settings
from tests.factories import Browser, Company

pytestmark = pytest.mark.anyio

PDF = b"%PDF-1.7\n%%EOF\n"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 64
GPS, ORIENTATION = 0x8825, 0x0112
READ_TICKETS = "tickets.ticket.view"


def picture(kind: str, **more: Any) -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 20), "red").save(out, kind, **more)
    return out.getvalue()


def photo() -> bytes:
    """A JPEG as a phone takes it: lying on its side, with place and device."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[GPS], exif[0x0110] = 6, {1: "N", 2: (22.0, 30.0, 0.0)}, "Phone 15"
    return picture("JPEG", exif=exif, comment=b"hidden")


async def upload(browser: Browser, data: bytes, name: str = "照片.jpg") -> httpx.Response:
    answer: httpx.Response = await browser.post("/api/v1/files", files={"file": (name, data)})
    return answer


@pytest.fixture
async def desk(yunqi: Company) -> Browser:
    return await yunqi.signed_in("front_desk_agent")


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (picture("JPEG"), "image/jpeg"),
        (picture("PNG"), "image/png"),
        (picture("WEBP"), "image/webp"),
        (HEIC, "image/heic"),
        (PDF, "application/pdf"),
    ],
)
async def test_kinds_are_told_by_their_bytes(desk: Browser, data: bytes, media_type: str) -> None:
    answer = await upload(desk, data, "whatever.exe")
    assert (answer.status_code, answer.json()["media_type"]) == (201, media_type)
    file = await desk.get(f"/api/v1/files/{answer.json()['id']}")
    assert file.headers["content-type"] == media_type
    assert hashlib.sha256(file.content).hexdigest() == answer.json()["sha256"]
    assert len(file.content) == answer.json()["size"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MZ\x90\x00 a program",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        b"PK\x03\x04 a zip that is no workbook",
        b"\x89PNG\r\n\x1a\n broken",
        picture("JPEG")[:200],
        b"GIF89a....",
    ],
)
async def test_others_and_broken_images_are_refused(desk: Browser, data: bytes) -> None:
    answer = await upload(desk, data)
    assert (answer.status_code, answer.json()["type"]) == (422, "unsupported_file")


async def test_photos_lose_place_device_and_comments(desk: Browser) -> None:
    sent = photo()
    assert b"Phone 15" in sent
    answer = await upload(desk, sent)
    kept = (await desk.get(f"/api/v1/files/{answer.json()['id']}")).content
    assert b"Phone 15" not in kept
    assert b"hidden" not in kept
    with Image.open(BytesIO(kept)) as image:
        assert not image.getexif()
        assert image.size == (20, 40)


async def test_files_are_served_so_that_they_cannot_act(desk: Browser) -> None:
    answer = await upload(desk, PDF, '../../报告".pdf')
    assert answer.json()["name"] == "报告.pdf"
    served = await desk.get(f"/api/v1/files/{answer.json()['id']}")
    assert served.headers["content-disposition"].startswith("attachment;")
    assert served.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in served.headers["content-security-policy"]


async def test_ten_megabytes_is_the_limit(desk: Browser) -> None:
    answer = await upload(desk, PDF + b"0" * actions.MOST_BYTES)
    assert (answer.status_code, answer.json()["type"]) == (413, "payload_too_large")


async def test_only_the_uploader_reads_a_loose_file(yunqi: Company, cuihu: Company, desk: Browser) -> None:
    path = f"/api/v1/files/{(await upload(desk, PDF)).json()['id']}"
    assert (await (await yunqi.signed_in("cs_manager")).get(path)).status_code == 404
    assert (await (await cuihu.signed_in("front_desk_agent")).get(path)).status_code == 404
    assert (await yunqi.client().get(path)).status_code in {401, 403}
    assert (await desk.get(path)).status_code == 200


async def test_attached_file_is_read_with_the_records_permission(yunqi: Company, desk: Browser) -> None:
    identity, record = UUID((await upload(desk, PDF)).json()["id"]), new_id()
    agent = Actor(yunqi.people["front_desk_agent"], "甲", "front_desk_agent")
    async with yunqi.inside(agent):
        await attach([identity], record, yunqi.project)
        assert [file.id for file in await queries.of_record(record)] == [identity]
    for rights, seen in (
        ({READ_TICKETS: None}, True),
        ({READ_TICKETS: frozenset({yunqi.project})}, True),
        ({READ_TICKETS: frozenset({new_id()})}, False),
        ({}, False),
    ):
        async with yunqi.inside(Actor(new_id(), "乙", "b", rights=rights)):
            if seen:
                assert await queries.content(await queries.file(identity)) == PDF
            else:
                with pytest.raises(NotFound):
                    await queries.file(identity)


async def test_only_ones_own_loose_uploads_can_be_attached(
    yunqi: Company, cuihu: Company, desk: Browser
) -> None:
    identity = UUID((await upload(desk, PDF)).json()["id"])
    agent = Actor(yunqi.people["front_desk_agent"], "甲", "front_desk_agent")
    for company, actor in ((yunqi, Actor(new_id(), "乙", "b")), (cuihu, agent)):
        async with company.inside(actor):
            with pytest.raises(errors.FileUnknown):
                await attach([identity], new_id())
    async with yunqi.inside(agent):
        record = new_id()
        await attach([identity], record)
        await attach([identity], record)
        with pytest.raises(errors.FileUnknown):
            await attach([identity], new_id())


async def test_record_takes_twenty_files(yunqi: Company) -> None:
    async with yunqi.inside(Actor(new_id(), "甲", "a")):
        kept = [(await actions.store(f"{n}.pdf", PDF + bytes([n]))).id for n in range(21)]
        record = new_id()
        await attach(kept[:20], record)
        with pytest.raises(errors.TooManyFiles):
            await attach(kept[20:], record)


async def test_same_content_is_stored_once_and_never_shared(yunqi: Company, cuihu: Company) -> None:
    for company in (yunqi, yunqi, cuihu):
        async with company.inside():
            sha256 = (await actions.store("a.pdf", PDF)).sha256
    for company in (yunqi, cuihu):
        assert names(company) == {sha256}


async def test_sweep_drops_what_nobody_attached(yunqi: Company) -> None:
    agent = Actor(new_id(), "甲", "a")
    async with yunqi.inside(agent):
        kept = await actions.store("kept.pdf", PDF + b"kept")
        loose = await actions.store("loose.pdf", PDF + b"loose")
        await attach([kept.id], new_id())
    orphan = storage.write(yunqi.tenant.id, b"left behind by a transaction that was undone")
    folder = settings().files_dir / str(yunqi.tenant.id)
    async with yunqi.inside():
        assert await actions.sweep() == 0
        await sql.execute(
            "update core.files_file set created_at = now() - interval '2 days' where tenant_id = $1"
        )
    for file in folder.iterdir():
        os.utime(file, (1, 1))
    async with yunqi.inside():
        assert await actions.sweep() == 2
    assert names(yunqi) == {kept.sha256}
    assert {loose.sha256, orphan}.isdisjoint(names(yunqi))
    async with yunqi.inside(agent):
        with pytest.raises(NotFound):
            await queries.file(loose.id)
        assert await queries.content(await queries.file(kept.id)) == PDF + b"kept"


async def test_sweep_that_is_undone_keeps_the_bytes(yunqi: Company) -> None:
    async with yunqi.inside(Actor(new_id(), "甲", "a")):
        loose = await actions.store("loose.pdf", PDF)
        await sql.execute(
            "update core.files_file set created_at = now() - interval '2 days' where tenant_id = $1"
        )
    os.utime(settings().files_dir / str(yunqi.tenant.id) / loose.sha256, (1, 1))
    async with yunqi.inside():
        assert await actions.sweep() == 1
        await DB.unit().rollback()
    assert storage.read(yunqi.tenant.id, loose.sha256) == PDF


def names(company: Company) -> set[str]:
    return {file.name for file in (settings().files_dir / str(company.tenant.id)).iterdir()}


async def attach(ids: list[UUID], record: UUID, project: UUID | None = None) -> None:
    await actions.attach(ids, record="ticket", record_id=record, permission=READ_TICKETS, project_id=project)
