"""What the commands do that look into companies: each opens the pools, works as the system, and prints."""

import asyncio
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import click
from rich.console import Console
from rich.table import Table

from auth import provisioning
from core.households import actions as households
from core.households import queries as homes
from core.households.importing import survey
from core.households.schemas import Import
from core.kit.clock import SHANGHAI
from core.kit.context import SYSTEM, Context, Tenant, acting_as
from core.kit.database import DB, UNHURRIED_MS, unit_of_work
from core.kit.errors import DomainError, NotFound
from core.kit.i18n import _, gettext
from core.plugin import host
from core.sla import queries as clocks
from core.sla.calendars import national
from core.sla.policy import SlaPolicy
from core.sla.preview import Preview, PreviewRequest, preview
from core.sla.steps import told
from guanjia import app, processes
from jobs import commands as queue
from tenants import directory


def run(work: Coroutine[Any, Any, None]) -> None:
    """Do it with the servers and pools open; a refusal is printed as its sentence, exit status 1."""
    with processes.servers():
        app.load_catalogue()
        try:
            asyncio.run(_with_pools(work))
        except DomainError as refusal:
            raise click.ClickException(gettext(refusal.message, **refusal.params)) from refusal
        except (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.UndefinedTableError) as problem:
            raise click.ClickException(
                gettext(_("数据库还没有准备好，请先运行 guanjia migrate"))
            ) from problem
        finally:
            work.close()


async def _with_pools(work: Coroutine[Any, Any, None]) -> None:
    await DB.open(app=2, sys=2, statement_timeout_ms=UNHURRIED_MS)
    try:
        await work
    finally:
        await DB.close()


@asynccontextmanager
async def inside(slug: str) -> AsyncIterator[Tenant]:
    """Work as the system in that company, in one transaction; raises NotFound."""
    tenant = await directory.named(slug)
    plugins = frozenset(m.name for m in host.catalogue().switchable())
    with acting_as(Context(tenant, SYSTEM, plugins=plugins, locale=tenant.locale, channel="system")):
        async with unit_of_work(tenant.id):
            yield tenant


def show_plugins() -> None:
    catalogue = app.load_catalogue()
    table = Table(gettext(_("插件")), gettext(_("名称")), gettext(_("说明")))
    for manifest in catalogue.switchable():
        table.add_row(manifest.name, gettext(manifest.title), gettext(manifest.summary))
    Console().print(table)


async def create_tenant(slug: str, name: str, locale: str, username: str, password: str) -> None:
    made = await provisioning.create_company(
        slug=slug, name=name, locale=locale, admin_username=username, admin_password=password
    )
    click.echo(gettext(_("已创建公司 {slug}（{id}）"), slug=slug, id=made.tenant.id))


async def list_tenants() -> None:
    async with unit_of_work(None, "sys"):
        companies = await directory.active()
    for company in companies:
        click.echo(f"{company.slug}\t{company.name}\t{company.locale}")


async def suspend(slug: str, reason: str) -> None:
    await provisioning.suspend(slug, reason)


async def resume(slug: str) -> None:
    await provisioning.resume(slug)


async def import_households(file: Path, slug: str, projects: tuple[str, ...], *, dry_run: bool) -> None:
    """Sheets go to the projects named, which are made where they do not exist yet."""
    data = await asyncio.to_thread(file.read_bytes)
    async with inside(slug):
        named = dict(_sheet_and_project(part) for part in projects)
        ids = {sheet: await _project(name) for sheet, name in named.items()}
        with click.progressbar(length=survey(data).rows, label=gettext(_("导入"))) as bar:

            async def tell(done: int) -> None:
                bar.update(done - bar.pos)

            done = await households.start_import(
                file.name,
                data,
                project_id=ids.pop("", None),
                projects=ids,
                dry_run=dry_run,
                at_once=sys.maxsize,
                tell=tell,
            )
    _print_import(done)


def _sheet_and_project(written: str) -> tuple[str, str]:
    """`SHEET=NAME`, or NAME for all sheets, which are then called ""."""
    sheet, equals, name = written.partition("=")
    return (sheet, name) if equals else ("", written)


async def _project(name: str) -> UUID:
    known = {project.name: project.id for project in await homes.projects()}
    return known.get(name) or await households.create_project(name=name, code=f"P{len(known) + 1}")


def _print_import(done: Import) -> None:
    console = Console()
    counts = done.counts
    words = _("{rows} 行：{households} 户，拒绝 {refused} 行，重复 {repeated} 行")
    console.print(
        gettext(
            words,
            rows=counts.rows,
            households=counts.households,
            refused=counts.refused,
            repeated=counts.repeated,
        )
    )
    for row in done.refused:
        console.print(f"  {row.sheet} {row.row} {row.column}: {row.message}")


def sla_preview(limit: str, start: str, slug: str | None, project: str | None) -> None:
    """LIMIT is a code, or UNIT:AMOUNT in its own measure. Without a company nothing need be running."""
    app.load_catalogue()
    try:
        request = _question(limit, start)
        if slug is None:
            _tell(preview(request, SlaPolicy(), national()))
        else:
            run(_sla_preview(request, slug, project))
    except DomainError as refusal:
        raise click.ClickException(gettext(refusal.message, **refusal.params)) from refusal
    except ValueError as problem:
        raise click.ClickException(str(problem)) from problem


def _question(limit: str, start: str) -> PreviewRequest:
    moment = datetime.fromisoformat(start)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
    unit, _colon, amount = limit.partition(":")
    is_code = limit.startswith("SLA-")
    return PreviewRequest(
        start=moment,
        code=limit if is_code else None,
        unit=None if is_code else unit,  # type: ignore[arg-type]
        amount=int(amount) if amount else None,
    )


async def _sla_preview(request: PreviewRequest, slug: str, project: str | None) -> None:
    async with inside(slug):
        named = {known.name: known.id for known in await homes.projects()}
        if project is not None and project not in named:
            raise NotFound
        _tell(await clocks.preview(request, named.get(project or "")))


def _tell(answer: Preview) -> None:
    click.echo(answer.due_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"))
    for step in told(answer.steps):
        click.echo(f"  {step.text}")


async def audit_verify(slug: str | None) -> None:
    """Exit status 1 when a chain is broken."""
    async with unit_of_work(None, "sys"):
        slugs = [slug] if slug else [company.slug for company in await directory.active()]
    broken = False
    for name in slugs:
        verdict = await queue.verify_audit(name)
        broken = broken or not verdict.ok
        words = _("{slug}：{count} 条，链完整") if verdict.ok else _("{slug}：{count} 条，链已断裂")
        click.echo(gettext(words, slug=name, count=verdict.count))
        for damage in verdict.broken_at:
            click.echo(f"  {damage.seq} {damage.damage} {damage.audit_id or ''}")
    if broken:
        sys.exit(1)


async def parked() -> None:
    for company, message in await queue.parked():
        click.echo(f"{message.id}\t{company.slug}\t{message.name}\t{message.error}")


async def replay(message: str) -> None:
    await queue.replay(UUID(message))
