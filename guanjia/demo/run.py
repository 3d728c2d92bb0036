"""`guanjia demo`: starts the servers, builds the companies once, tells the log-ins, serves."""

import asyncio
import json
import sys
import threading
import time
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from uuid import UUID

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from auth import actions as auth
from auth import provisioning
from core.households import actions as households
from core.households import queries as homes
from core.kit import clock
from core.kit.context import SYSTEM, Context, acting_as
from core.kit.database import DB, UNHURRIED_MS, unit_of_work
from core.kit.i18n import _, gettext
from core.kit.settings import settings
from core.plugin import host
from core.policies import actions as policies
from guanjia import embedded, processes
from guanjia.demo.cast import PASSWORD, PLACES, Place
from guanjia.demo.history import Player, forget_messages, plans
from guanjia.demo.stage import Stage
from tenants import directory

SEASON = timedelta(days=90)


def run(*, reset: bool, as_json: bool) -> int:
    """Exit status of the supervisor; Ctrl-C ends everything."""
    console = Console(stderr=as_json)
    if reset:
        embedded.erase(settings().data_dir)
        for left in map(_built_file, PLACES):
            left.unlink(missing_ok=True)
    _facts_file().unlink(missing_ok=True)
    with processes.servers() as urls:
        processes.migrate(lambda name: console.print(f"[dim]{name}[/]"))
        facts = asyncio.run(_build(console))
        threading.Thread(
            target=_announce, args=(console, facts), kwargs={"as_json": as_json}, daemon=True
        ).start()
        return processes.supervise(urls)


def _announce(console: Console, facts: dict[str, Any], *, as_json: bool) -> None:
    """Once it serves, and not before: `demo.json`, and the addresses and log-ins."""
    address = f"http://127.0.0.1:{settings().port}/health/ready"
    while not _answers(address):
        time.sleep(0.1)
    _facts_file().write_text(json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8")
    if as_json:
        sys.stdout.write(json.dumps(facts, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    else:
        _show(console, facts)


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=1) as answer:  # noqa: S310 - our own loopback address
            return bool(answer.status == 200)  # noqa: PLR2004
    except OSError:
        return False


def _facts_file() -> Path:
    return settings().data_dir / "demo.json"


def _built_file(place: Place) -> Path:
    """Marks a company whose building came to its end; one that was interrupted is begun anew."""
    return settings().data_dir / f"demo-{place.slug}.built"


async def _build(console: Console) -> dict[str, Any]:
    await DB.open(app=2, sys=2, statement_timeout_ms=UNHURRIED_MS)
    try:
        with Progress(
            TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console
        ) as progress:
            return {
                "port": settings().port,
                "base_domain": settings().base_domain,
                "tenants": [await _company(place, progress) for place in PLACES],
            }
    finally:
        await DB.close()


async def _company(place: Place, progress: Progress) -> dict[str, Any]:
    built = _built_file(place)
    if await directory.by_slug(place.slug) is None:
        await _create(place, progress)
        built.touch()
    elif not built.exists():
        raise click.ClickException(gettext(_("演示数据没有建完，请运行 make demo-reset 重新开始")))
    directory.forget()
    tenant = await directory.named(place.slug)
    with acting_as(Context(tenant, SYSTEM, channel="system")):
        async with unit_of_work(tenant.id):
            projects = await homes.projects()
    return {
        "slug": place.slug,
        "url": f"{settings().scheme}://{place.slug}.{settings().base_domain}:{settings().port}",
        "name": place.name,
        "projects": [{"id": str(project.id), "name": project.name} for project in projects],
        "users": [
            {"username": m.login, "password": PASSWORD, "name": m.name, "roles": [m.role]}
            for m in place.staff
        ],
        "api_clients": [],
    }


async def _create(place: Place, progress: Progress) -> None:
    steps = progress.add_task(place.name, total=place.tickets + 40)
    admin = place.staff[0]
    made = await provisioning.create_company(
        slug=place.slug, name=place.name, locale=place.locale,
        admin_username=admin.login, admin_password=PASSWORD, admin_name=admin.name,
    )  # fmt: skip
    plugins = frozenset(manifest.name for manifest in host.catalogue().switchable())
    stage = Stage(place=place, tenant=made.tenant, plugins=plugins, projects={}, actors={})
    people = await _settle(stage, made.admin)
    progress.advance(steps, 10)
    await _import(stage)
    progress.advance(steps, 30)
    tenant = await _fresh(place.slug)
    stage.tenant = tenant
    async with stage.transaction():
        await stage.cast(people)
    player = Player(stage, place.seed)
    await player.prepare()
    for plan in plans(place, clock.now()):
        await player.play(plan)
        progress.advance(steps)
    await forget_messages(stage)
    async with stage.transaction():
        for plugin in sorted(plugins):
            await host.catalogue().call_one(plugin, "seed", True)  # noqa: FBT003 - the hook's own argument


async def _fresh(slug: str) -> Any:
    directory.forget()
    return await directory.named(slug)


async def _settle(stage: Stage, admin: UUID) -> dict[str, UUID]:
    """Projects, policy and people with their roles, as they were a season ago."""
    people = {stage.place.staff[0].login: admin}
    async with stage.transaction(clock.now() - SEASON):
        for position, name in enumerate(dict.fromkeys(stage.place.sheets.values())):
            stage.projects[name] = await households.create_project(
                name=name, code=f"P{position + 1}", sort=position
            )
        if stage.place.preset is not None:
            await policies.choose_preset(stage.place.preset)
        for member in stage.place.staff[1:]:
            people[member.login] = await auth.create_person(
                username=member.login, name=member.name, password=PASSWORD, roles=[(member.role, None)],
                department=member.department, title=member.title, must_change=False,
            )  # fmt: skip
    return people


async def _import(stage: Stage) -> None:
    data = (files("guanjia") / "demo_data" / stage.place.workbook).read_bytes()
    sheets = {sheet: stage.projects[name] for sheet, name in stage.place.sheets.items() if sheet}
    async with stage.transaction(clock.now() - SEASON):
        await households.start_import(
            stage.place.workbook, data, project_id=next(iter(stage.projects.values())), projects=sheets,
            at_once=sys.maxsize,
        )  # fmt: skip


def _show(console: Console, facts: dict[str, Any]) -> None:
    for tenant in facts["tenants"]:
        table = Table(title=f"{tenant['name']}  {tenant['url']}", title_justify="left")
        for title in (_("账号"), _("密码"), _("姓名"), _("角色")):
            table.add_column(gettext(title))
        for user in tenant["users"]:
            table.add_row(user["username"], user["password"], user["name"], ", ".join(user["roles"]))
        console.print(table)
    console.print(gettext(_("按 Ctrl-C 停止")))
