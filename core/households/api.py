"""`/api/v1/projects`, `units`, `households`, `imports`: look-up in any spelling, and household lists."""

from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from litestar import Controller, Request, Response, get, post, put
from litestar.params import FromPath, FromQuery

from core.files.uploads import uploaded
from core.households import actions, queries, schemas
from core.households.errors import ImportRunning
from core.households.queries import VIEW
from core.kit import audit, paging
from core.kit.access import places
from core.kit.errors import FieldError, Invalid
from core.kit.web import accepts, accepts_file, etag, if_match, read, requires

LOOK, EDIT = requires(VIEW), requires("households.household.edit")


class HouseholdsApi(Controller):
    path = "/"
    tags = ["households"]

    @get("/projects", guards=[LOOK])
    async def projects(
        self, cursor: FromQuery[str | None] = None, limit: FromQuery[int | None] = None
    ) -> paging.Page[schemas.Project]:
        """The estates this caller works in."""
        known = await queries.projects()
        return paging.among(known, paging.limit(limit), cursor, lambda project: str(project.id))

    @get("/units", guards=[LOOK])
    async def units(
        self,
        q: FromQuery[str | None] = None,
        project: FromQuery[UUID | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: FromQuery[int | None] = None,
    ) -> paging.Page[schemas.Unit]:
        """Units by room in any spelling: `3-2-1802`, `3栋1802`, `031802`; all of them without `q`."""
        return await queries.units(q, project, limit=paging.limit(limit), cursor=cursor)

    @get("/units/{unit:uuid}", guards=[LOOK])
    async def unit(self, unit: FromPath[UUID]) -> Response[schemas.Unit]:
        """One unit."""
        found = await queries.unit(unit)
        return Response(found, headers=etag(found.version))

    @get("/households", guards=[LOOK])
    async def households(
        self,
        q: FromQuery[str | None] = None,
        project: FromQuery[UUID | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: FromQuery[int | None] = None,
    ) -> paging.Page[schemas.HouseholdHit]:
        """Households by room, phone, its last four digits, name, pinyin or initials, likeliest first."""
        allowed = queries.within(places(VIEW), project)
        return await queries.search_households(q, allowed, limit=paging.limit(limit), cursor=cursor)

    @get("/households/{household:uuid}", guards=[LOOK])
    async def household(self, household: FromPath[UUID]) -> Response[schemas.Household]:
        """The whole file, phones masked. That it was opened is recorded."""
        found = await queries.household(household)
        audit.record("household.opened", "household", household)
        return Response(found, headers=etag(found.version))

    @get("/households/{household:uuid}/owners", guards=[LOOK])
    async def owners(
        self,
        household: FromPath[UUID],
        cursor: FromQuery[str | None] = None,
        limit: FromQuery[int | None] = None,
    ) -> paging.Page[schemas.Ownership]:
        """Whose the unit was: its files, newest first."""
        found = await queries.household(household)
        owners = await queries.owners(found.unit.id)
        return paging.among(owners, paging.limit(limit), cursor, lambda file: str(file.id))

    @post("/households/{household:uuid}/owner", guards=[EDIT], opt=accepts(schemas.NewOwner))
    async def change_owner(
        self, request: Request[Any, Any, Any], household: FromPath[UUID]
    ) -> Response[schemas.Household]:
        """Another owner takes the unit over (HA-01): this file is closed; answers 201 with the next one."""
        new = await read(request, schemas.NewOwner)
        new.version = new.version if new.version is not None else if_match(request)
        await queries.household(household)
        opened = await queries.household(await actions.change_owner(household, new))
        return Response(opened, status_code=201, headers=etag(opened.version))

    @put("/units/{unit:uuid}/butler", guards=[EDIT], opt=accepts(schemas.SetButler))
    async def butler(self, request: Request[Any, Any, Any], unit: FromPath[UUID]) -> Response[schemas.Unit]:
        """Give the unit to a butler, or with null to nobody."""
        new = await read(request, schemas.SetButler)
        new.version = new.version if new.version is not None else if_match(request)
        await queries.unit(unit)
        await actions.give_butler(unit, new)
        found = await queries.unit(unit)
        return Response(found, headers=etag(found.version))


class ImportsApi(Controller):
    path = "/imports"
    tags = ["households"]
    guards = [requires("households.household.import")]

    @post(
        "/households",
        request_max_body_size=None,
        opt=accepts_file(project_id="Where the list belongs", projects="JSON: where each sheet belongs"),
    )
    async def start(
        self,
        request: Request[Any, Any, Any],
        dry_run: FromQuery[bool] = False,  # noqa: FBT002 - how a query parameter is declared
    ) -> Response[schemas.Import]:
        """Import a household list (multipart field `file`, an xlsx of at most 100,000 rows).

        `project_id` says where it belongs, `projects` (JSON, `{sheet: project_id}`) where each sheet
        does. A list of more than 5,000 rows is answered 202 and read by a worker: ask `GET /imports/{id}`
        until it is done.
        """
        name, data, fields = await uploaded(request)
        given = {**request.query_params, **fields}
        try:
            started = await actions.start_import(
                name,
                data,
                project_id=_id("project_id", given.get("project_id")),
                projects=_sheets(given.get("projects")),
                dry_run=dry_run,
            )
        except asyncpg.LockNotAvailableError as problem:
            raise ImportRunning from problem
        status = 202 if started.finished_at is None else (200 if dry_run else 201)
        return Response(started, status_code=status, headers={"Location": f"/api/v1/imports/{started.id}"})

    @get()
    async def newest(
        self, cursor: FromQuery[str | None] = None, limit: FromQuery[int | None] = None
    ) -> paging.Page[schemas.Import]:
        """The newest imports, without their refused rows."""
        return await queries.imports(limit=paging.limit(limit), cursor=cursor)

    @get("/{identity:uuid}")
    async def one(self, identity: FromPath[UUID]) -> schemas.Import:
        """How far an import is, what it counted, and every row it refused."""
        return queries.shown(await queries.import_row(identity))

    @post("/{identity:uuid}/confirm")
    async def confirm(self, identity: FromPath[UUID]) -> Response[schemas.Import]:
        """Import the list of a dry run, within a day of it."""
        started = await actions.confirm(identity)
        return Response(started, status_code=202 if started.finished_at is None else 201)


def _id(field: str, text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as problem:
        raise Invalid([FieldError(field, "not_a_choice")]) from problem


def _sheets(text: str | None) -> dict[str, UUID]:
    try:
        return msgspec.json.decode(text, type=dict[str, UUID]) if text else {}
    except (msgspec.DecodeError, msgspec.ValidationError) as problem:
        raise Invalid([FieldError("projects", "not_a_choice")]) from problem
