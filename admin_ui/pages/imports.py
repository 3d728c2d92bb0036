"""`/admin/import`: a household list from Excel, looked at first, then written."""

import asyncio
import csv
from collections.abc import Mapping
from io import StringIO
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery

from admin_ui.pages import frame
from core.files import actions as files
from core.files import queries as stored
from core.households import actions, queries
from core.households.actions.imports import MOST_BYTES, PURPOSE
from core.households.errors import ImportRunning
from core.households.importing import Survey, survey
from core.households.schemas import Import, ImportRow, NewProject
from core.kit.access import can
from core.kit.errors import DomainError, FieldError, Invalid, NotFound
from core.kit.forms import Bound, bind
from core.kit.i18n import _, gettext
from core.kit.web import render, requires, submitted, went
from core.plugin.contributions import NavItem

HERE = "/admin/import"
IMPORT, NEW_PROJECT = "households.household.import", "households.project.edit"
WRONG = frozenset({409, 413, 422})
SIZE = 100
ENDED = frozenset({"done", "failed"})


class Upload(msgspec.Struct):
    """The file comes as an upload, not as a field of the struct."""


class Places(msgspec.Struct):
    """`place.0` is the project of the first sheet, or `new` with `name.0` and `code.0`."""


class ImportPages(Controller):
    path = HERE
    include_in_schema = False
    guards = [requires(IMPORT)]

    @get()
    async def start(self, cursor: FromQuery[str] = "") -> Response[str]:
        return await _start_page(Bound(Upload), cursor=cursor)

    @post()
    async def upload(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Keep the file and go on to its sheets; 422 for what is no household list."""
        bound = await submitted(request, Upload)
        sent = bound.raw.pop("file", None)
        try:
            data = await sent.read() if isinstance(sent, UploadFile) else b""
            if not isinstance(sent, UploadFile) or not data:
                raise Invalid([FieldError("file", "required")])
            await asyncio.to_thread(survey, data)
            kept = await files.store(
                sent.filename or "list.xlsx", data, purpose=PURPOSE, most_bytes=MOST_BYTES
            )
        except DomainError as refusal:
            return await _upload_again(request, bound, refusal)
        return went(request, f"{HERE}/files/{kept.id}")

    @get("/files/{file:uuid}")
    async def sheets(self, file: FromPath[UUID]) -> Response[str]:
        name, data = await _file(file)
        return await _sheets_page(name, file, await asyncio.to_thread(survey, data), Bound(Places))

    @post("/files/{file:uuid}")
    async def check(self, request: Request[Any, Any, Any], file: FromPath[UUID]) -> Response[Any]:
        """A dry run with the projects chosen for the sheets; new ones are made for good."""
        name, data = await _file(file)
        looked_at = await asyncio.to_thread(survey, data)
        bound = await submitted(request, Places)
        try:
            places = await _chosen(looked_at.sheets, bound.raw)
            started = await actions.start_import(
                name, data, project_id=places[looked_at.sheets[0]], projects=places, dry_run=True
            )
        except DomainError as refusal:
            if refusal.status not in WRONG:
                raise
            bound.refused(refusal)
            return await _sheets_page(name, file, looked_at, bound, request=request, status=refusal.status)
        return went(request, f"{HERE}/{started.id}")

    @get("/{identity:uuid}")
    async def one(
        self, identity: FromPath[UUID], part: FromQuery[str] = "", start: FromQuery[int] = 0
    ) -> Response[str]:
        """How far it is; once it ended, what was counted and every refused row. `part=progress` is polled."""
        row = await queries.import_row(identity)
        shown = queries.shown(row)
        if part == "progress":
            headers = {"HX-Refresh": "true"} if shown.state in ENDED else {}
            return render("imports/_progress.html", headers=headers, **_progress(shown))
        return await frame.page("imports/one.html", **await _result(row, shown, max(start, 0)))

    @get("/{identity:uuid}/refused")
    async def refused(self, identity: FromPath[UUID]) -> Response[bytes]:
        """The refused rows as a file that Excel opens."""
        shown = queries.shown(await queries.import_row(identity))
        out = StringIO()
        lines = csv.writer(out)
        lines.writerow([gettext(_("工作表")), gettext(_("行")), gettext(_("列")), gettext(_("原因"))])
        lines.writerows((_safe(r.sheet), r.row, _safe(r.column), _safe(r.message)) for r in shown.refused)
        headers = {"Content-Disposition": f'attachment; filename="refused-{identity}.csv"'}
        return Response(
            out.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers
        )

    @post("/{identity:uuid}/confirm")
    async def confirm(self, request: Request[Any, Any, Any], identity: FromPath[UUID]) -> Response[Any]:
        """Write the list of a dry run, within a day of it."""
        try:
            started = await actions.confirm(identity)
        except asyncpg.LockNotAvailableError as problem:
            raise ImportRunning from problem
        return went(request, f"{HERE}/{started.id}", toast=gettext(_("已开始导入")))


def _safe(text: str) -> str:
    """No cell may begin like a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text


async def _file(identity: UUID) -> tuple[str, bytes]:
    """A list this person uploaded; raises NotFound for anything else."""
    found = await stored.file(identity)
    if found.purpose != PURPOSE:
        raise NotFound
    return found.name, await stored.content(found)


async def _chosen(sheets: list[str], raw: Mapping[str, Any]) -> dict[str, UUID]:
    """The project of each sheet; those to be made are made, one for sheets that name the same.

    Raises Invalid at `place.0`, `name.0`, `code.0`; ProjectExists.
    """
    places: dict[str, UUID] = {}
    made: dict[str, UUID] = {}
    for number, sheet in enumerate(sheets):
        choice = str(raw.get(f"place.{number}", "")).strip()
        if choice != "new":
            places[sheet] = _id(choice, number)
            continue
        new = _new_project(raw, number)
        if new.name not in made:
            made[new.name] = await actions.create_project(name=new.name, code=new.code)
        places[sheet] = made[new.name]
    return places


def _id(choice: str, number: int) -> UUID:
    try:
        return UUID(choice)
    except ValueError as problem:
        key = "not_a_choice" if choice else "required"
        raise Invalid([FieldError(f"place.{number}", key)]) from problem


def _new_project(raw: Mapping[str, Any], number: int) -> NewProject:
    if not can(NEW_PROJECT):
        raise Invalid([FieldError(f"place.{number}", "not_a_choice")])
    fields = {name: raw.get(f"{name}.{number}", "") for name in ("name", "code")}
    try:
        return bind(NewProject, fields, browser=True)
    except Invalid as refusal:
        errors = [msgspec.structs.replace(e, field=f"{e.field}.{number}") for e in refusal.errors]
        raise Invalid(errors) from refusal


async def _start_page(bound: Bound[Upload], *, cursor: str = "", status: int = 200) -> Response[str]:
    page = await queries.imports(cursor=cursor or None)
    return await frame.page(
        "imports/start.html",
        status=status,
        form=bound,
        imports=[_line(one) for one in page.items],
        more=f"{HERE}?cursor={page.next}" if page.next else "",
        first=HERE if cursor else "",
    )


async def _upload_again(
    request: Request[Any, Any, Any], bound: Bound[Upload], refusal: DomainError
) -> Response[str]:
    if refusal.status not in WRONG:
        raise refusal
    words = {
        key: gettext(value) if isinstance(value, str) else value for key, value in refusal.params.items()
    }
    bound.errors = refusal.errors or [FieldError("file", refusal.key, words)]
    status = 422 if refusal.status == 413 else refusal.status  # noqa: PLR2004 - the form again
    if "hx-request" in request.headers:
        return render("imports/_upload.html", status=status, form=bound)
    return await _start_page(bound, status=status)


async def _sheets_page(
    name: str,
    file: UUID,
    looked_at: Survey,
    bound: Bound[Places],
    *,
    request: Request[Any, Any, Any] | None = None,
    status: int = 200,
) -> Response[str]:
    projects = await queries.projects(beyond=True)
    options = [{"value": str(one.id), "label": one.name} for one in projects if can(IMPORT, one.id)]
    for number, sheet in enumerate(looked_at.sheets):
        same = next((one["value"] for one in options if one["label"] == sheet), "")
        only = options[0]["value"] if len(options) == 1 and len(looked_at.sheets) == 1 else ""
        bound.raw.setdefault(f"place.{number}", same or only or ("" if options else "new"))
        bound.raw.setdefault(f"name.{number}", "" if same else sheet)
    values: dict[str, Any] = {
        "form": bound,
        "name": name,
        "file": file,
        "sheets": looked_at.sheets,
        "count": looked_at.rows,
        "options": options,
        "may_create": can(NEW_PROJECT),
    }
    if request is not None and "hx-request" in request.headers:
        return render("imports/_sheets.html", status=status, **values)
    return await frame.page("imports/sheets.html", status=status, **values)


def _line(one: Import) -> dict[str, Any]:
    words = {
        "waiting": (_("排队中"), "warn"),
        "running": (_("进行中"), "info"),
        "done": (_("试算完成") if one.dry_run else _("已导入"), "line" if one.dry_run else "ok"),
        "failed": (_("未成功"), "danger"),
    }[one.state]
    return {
        "id": str(one.id),
        "href": f"{HERE}/{one.id}",
        "one": one,
        "state": gettext(words[0]),
        "tone_of": words[1],
    }


def _progress(shown: Import) -> dict[str, Any]:
    percent = min(100, round(shown.progress * 100 / shown.total)) if shown.total else 0
    return {"one": shown, "percent": percent, "here": HERE}


async def _result(row: ImportRow, shown: Import, start: int) -> dict[str, Any]:
    """`start` is the number of the first refused row shown."""
    names = {one.id: one.name for one in await queries.projects(beyond=True)}
    places = [(sheet, names.get(project, "")) for sheet, project in sorted(row.places.items())]
    page = shown.refused[start : start + SIZE]
    here = f"{HERE}/{shown.id}"
    return {
        **_progress(shown),
        "ended": shown.state in ENDED,
        "places": places,
        "refused": page,
        "span": (start + 1, start + len(page)),
        "prev": f"{here}?start={max(start - SIZE, 0)}#refused" if start else "",
        "next": f"{here}?start={start + SIZE}#refused" if start + SIZE < len(shown.refused) else "",
        "kept": row.file_id is not None,
    }


NAVIGATION = (
    NavItem(
        label=_("导入住户"), path=HERE, permission=IMPORT, icon="table-import", group=_("公司设置"), order=790
    ),
)
