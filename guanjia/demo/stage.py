"""Acting as the demo's people at moments of the past: every step goes through the product's own actions."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from uuid import UUID

import msgspec

from auth.identify import rights_of
from core.kit import clock
from core.kit.context import SYSTEM, Actor, Context, Tenant, acting_as
from core.kit.database import DB, unit_of_work
from guanjia.demo.cast import Place


class Stage(msgspec.Struct):
    """A demo company and its people by user name."""

    place: Place
    tenant: Tenant
    plugins: frozenset[str]
    projects: dict[str, UUID]
    actors: dict[str, Actor]

    @asynccontextmanager
    async def transaction(self, moment: datetime | None = None) -> AsyncIterator[None]:
        """As the system, everything at that moment."""
        with clock.pretending(moment or clock.now()), acting_as(self.context(SYSTEM)):
            async with unit_of_work(self.tenant.id):
                yield

    def context(self, actor: Actor) -> Context:
        return Context(self.tenant, actor, plugins=self.plugins, locale=self.place.locale, channel="page")

    @contextmanager
    def acting(self, username: str) -> Iterator[Actor]:
        actor = self.actors[username]
        with acting_as(self.context(actor)):
            yield actor

    async def cast(self, people: dict[str, UUID]) -> None:
        """Read everybody's rights as a sign-in would."""
        for member in self.place.staff:
            found = await rights_of(people[member.login], self.tenant, self.plugins)
            self.actors[member.login] = Actor(
                people[member.login],
                member.name,
                member.login,
                roles=found.roles,
                rights=found.rights,
                held_by=found.held_by,
            )


@asynccontextmanager
async def at(moment: datetime) -> AsyncIterator[None]:
    """Let the rest of this transaction happen at that moment, for the application and the database alike."""
    with clock.pretending(moment):
        await DB.unit().connection.execute(f"set local app.now = '{moment.isoformat()}'")
        yield
