"""The command `guanjia`: starts the processes, changes the schema, runs the demo, answers questions
about it all.
"""

import sys
from pathlib import Path

import click
import uvicorn

from core.kit import log
from core.kit.i18n import _, gettext
from core.kit.settings import settings
from guanjia import admin, demo, doctor, processes
from guanjia.terminal import choose_language

INTERRUPTED = 130


class Quietly(click.Group):
    """Ctrl-C ends a command without further words, with a shell's own status for it."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)


@click.group(cls=Quietly, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="guanjia")
def main() -> None:
    """Runs the customer-service centres of residential property companies."""
    choose_language()


@main.command()
def web() -> None:
    """Serve pages and API (one process; run several behind a proxy)."""
    log.configure()
    told = settings()
    uvicorn.run(
        "guanjia.app:create_app",
        factory=True,
        host=told.host,
        port=told.port,
        loop="uvloop",
        http="httptools",
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=20,
    )


@main.command()
def worker() -> None:
    """Run jobs that leave after the commit: notices, imports, listeners."""
    processes.become_worker()


@main.command()
def scheduler() -> None:
    """Relay the outbox, sweep the clocks, seal the audit log, tick the periodic jobs."""
    processes.run_scheduler()


@main.command()
def migrate() -> None:
    """Bring the database's schema up to date."""
    with processes.servers() as _urls:
        done = processes.migrate(click.echo)
    click.echo(
        gettext(_("数据库已是最新")) if not done else gettext(_("完成 {count} 项迁移"), count=len(done))
    )


@main.command()
def up() -> None:
    """Everything on one machine: embedded servers unless told others, migrations, web, worker, scheduler."""
    with processes.servers() as urls:
        processes.migrate(click.echo)
        sys.exit(processes.supervise(urls))


@main.command(name="demo")
@click.option("--reset", is_flag=True, help="Forget the demo's data and begin anew.")
@click.option("--json", "as_json", is_flag=True, help="Print addresses and log-ins as JSON only.")
def run_demo(*, reset: bool, as_json: bool) -> None:
    """Two companies to try, with households, staff and tickets."""
    sys.exit(demo.run(reset=reset, as_json=as_json))


@main.command(name="doctor")
def run_doctor() -> None:
    """Say what this machine lacks, and what to do about it."""
    sys.exit(doctor.show(list(doctor.examine(processes.subject()))))


@main.command()
def plugins() -> None:
    """List the installed plugins."""
    admin.show_plugins()


@main.group()
def tenant() -> None:
    """Create, list, suspend and resume companies."""


@tenant.command("create")
@click.argument("slug")
@click.option("--name", required=True)
@click.option("--locale", type=click.Choice(["zh-Hans", "zh-Hant", "en"]), default="zh-Hans")
@click.option(
    "--admin", "username", default="admin", show_default=True, help="User name of the first administrator."
)
@click.password_option(help="The first administrator's password.")
def create_tenant(slug: str, name: str, locale: str, username: str, password: str) -> None:
    """Create a company under its own subdomain."""
    admin.run(admin.create_tenant(slug, name, locale, username, password))


@tenant.command("list")
def list_tenants() -> None:
    """List all companies."""
    admin.run(admin.list_tenants())


@tenant.command("suspend")
@click.argument("slug")
@click.option("--reason", required=True, help="Shown to whoever opens the company's address.")
def suspend_tenant(slug: str, reason: str) -> None:
    """Close a company's doors, with words."""
    admin.run(admin.suspend(slug, reason))


@tenant.command("resume")
@click.argument("slug")
def resume_tenant(slug: str) -> None:
    """Open them again."""
    admin.run(admin.resume(slug))


@main.group("import")
def imports() -> None:
    """Bring data in from files."""


@imports.command("households")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--tenant", "slug", required=True)
@click.option("--project", "projects", multiple=True, help="NAME for all sheets, or SHEET=NAME; repeatable.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
def import_households(file: Path, slug: str, projects: tuple[str, ...], *, dry_run: bool) -> None:
    """Import a list of households from an xlsx file."""
    admin.run(admin.import_households(file, slug, projects, dry_run=dry_run))


@main.group()
def sla() -> None:
    """Questions about time limits."""


@sla.command("preview")
@click.argument("limit")
@click.option("--start", required=True, help="Such as 2026-11-20T17:50:00+08:00.")
@click.option("--tenant", "slug", help="The company whose policy counts; the product's own without one.")
@click.option("--project", help="One of its projects.")
def sla_preview(limit: str, start: str, slug: str | None, project: str | None) -> None:
    """When LIMIT (a code such as SLA-07, or UNIT:AMOUNT) is due if it begins at --start, and why."""
    admin.sla_preview(limit, start, slug, project)


@main.group()
def audit() -> None:
    """The chained log of who did what."""


@audit.command("verify")
@click.option("--tenant", "slug", help="One company; all without it.")
def audit_verify(slug: str | None) -> None:
    """Check that no line was altered, removed or slipped in."""
    admin.run(admin.audit_verify(slug))


@main.group()
def jobs() -> None:
    """Messages that could not be done."""


@jobs.command("parked")
def jobs_parked() -> None:
    """List what was given up after several tries."""
    admin.run(admin.parked())


@jobs.command("replay")
@click.argument("message")
def jobs_replay(message: str) -> None:
    """Try one of them again."""
    admin.run(admin.replay(message))
