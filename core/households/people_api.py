"""`/api/v1/people` and the people of a household: added, changed, moved out, revealed, erased."""

from typing import Any, TypeVar
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, patch, post
from litestar.params import FromPath

from core.households import actions, queries, schemas
from core.households.queries import VIEW
from core.kit import audit
from core.kit.web import accepts, etag, if_match, read, requires

T = TypeVar("T", schemas.NewPerson, schemas.UpdatePerson, schemas.MoveOut, schemas.MoveIn)
EDIT = requires("households.household.edit")


class PeopleApi(Controller):
    path = "/"
    tags = ["households"]

    @get("/people/{person:uuid}", guards=[requires(VIEW)])
    async def person(self, person: FromPath[UUID]) -> Response[schemas.Person]:
        """One person, phones masked. That the file was opened is recorded."""
        found = await queries.person(person)
        audit.record("household.opened", "household", found.household_id)
        return Response(found, headers=etag(found.version))

    @post("/households/{household:uuid}/people", guards=[EDIT], opt=accepts(schemas.NewPerson))
    async def add(
        self, request: Request[Any, Any, Any], household: FromPath[UUID]
    ) -> Response[schemas.Person]:
        """Add a person to a household; answers 201."""
        new = await _versioned(request, schemas.NewPerson)
        await queries.household(household)
        return await _answer(await actions.add_person(household, new), status=201)

    @post("/contacts", guards=[EDIT], opt=accepts(schemas.NewContact))
    async def contact(self, request: Request[Any, Any, Any]) -> Response[schemas.Person]:
        """Add whom a caller says they are to the household of a unit, without having opened its file.

        Where somebody of that name is known there, the phones become theirs. Answers 201.
        """
        _household, person = await actions.add_contact(await read(request, schemas.NewContact))
        return await _answer(person, status=201)

    @patch("/people/{person:uuid}", guards=[EDIT], opt=accepts(schemas.UpdatePerson))
    async def update(
        self, request: Request[Any, Any, Any], person: FromPath[UUID]
    ) -> Response[schemas.Person]:
        """Change what is said of a person; what is left out stays."""
        new = await _versioned(request, schemas.UpdatePerson)
        await queries.person(person)
        await actions.update_person(person, new)
        return await _answer(person)

    @post("/people/{person:uuid}/move-out", guards=[EDIT], opt=accepts(schemas.MoveOut), status_code=200)
    async def move_out(
        self, request: Request[Any, Any, Any], person: FromPath[UUID]
    ) -> Response[schemas.Person]:
        """They live there no more: kept in the file, found by no search."""
        new = await _versioned(request, schemas.MoveOut)
        await queries.person(person)
        await actions.move_out(person, new)
        return await _answer(person)

    @post("/people/{person:uuid}/move-in", guards=[EDIT], opt=accepts(schemas.MoveIn), status_code=200)
    async def move_in(
        self, request: Request[Any, Any, Any], person: FromPath[UUID]
    ) -> Response[schemas.Person]:
        """They live there after all."""
        new = await _versioned(request, schemas.MoveIn)
        await queries.person(person)
        await actions.move_in(person, new)
        return await _answer(person)

    @post(
        "/people/{person:uuid}/reveal",
        guards=[requires("households.phone.reveal")],
        opt=accepts(schemas.Because),
        status_code=200,
    )
    async def reveal(self, request: Request[Any, Any, Any], person: FromPath[UUID]) -> schemas.Numbers:
        """A person's phones in full, for a reason that is recorded."""
        because = await read(request, schemas.Because)
        await queries.person(person)
        return schemas.Numbers(phones=await actions.reveal_phone(person, because.reason))

    @post(
        "/people/{person:uuid}/erase",
        guards=[requires("households.person.erase")],
        opt=accepts(schemas.Because),
        status_code=200,
    )
    async def erase(
        self, request: Request[Any, Any, Any], person: FromPath[UUID]
    ) -> Response[schemas.Household]:
        """Destroy a person's name and phones for good; answers the household as it is then.

        The reason is kept in the audit and may name nobody. Requests keep their number and content.
        """
        because = await read(request, schemas.Because)
        await queries.person(person)
        found = await queries.household(await actions.erase_person(person, because.reason))
        return Response(found, headers=etag(found.version))


async def _versioned(request: Request[Any, Any, Any], kind: type[T]) -> T:
    new = await read(request, kind)
    return new if new.version is not None else msgspec.structs.replace(new, version=if_match(request))


async def _answer(person: UUID, *, status: int = 200) -> Response[schemas.Person]:
    found = await queries.person(person)
    return Response(found, status_code=status, headers=etag(found.version))
