"""Who is doing what for which company: one value that travels with a request or a job."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal
from uuid import UUID

import msgspec

from core.kit import i18n
from core.kit.i18n import _

Places = frozenset[UUID] | None
"""The projects a right holds in; None means all of the company's."""


class Tenant(msgspec.Struct, frozen=True):
    """A property company as the request sees it; `version` grows with every switch, role or grant changed.

    `color` is its brand colour (`#0d6b59`), None for the product's own.
    """

    id: UUID
    slug: str
    name: str
    locale: str
    version: int
    color: str | None = None


class Actor(msgspec.Struct, frozen=True):
    """A person, an API client or the system itself. `rights` are permission names, already intersected
    with scopes; `held_by` says which of the roles gives each, and where.
    """

    id: UUID
    name: str
    username: str
    kind: Literal["person", "client", "system"] = "person"
    roles: tuple[str, ...] = ()
    rights: Mapping[str, Places] = {}
    departments: frozenset[str] = frozenset()
    email: str | None = None
    held_by: Mapping[str, tuple[tuple[str, Places], ...]] = {}

    @property
    def projects(self) -> Places:
        """Where any right at all holds."""
        found: set[UUID] = set()
        for held in self.rights.values():
            if held is None:
                return None
            found |= held
        return frozenset(found)


SYSTEM = Actor(UUID(int=0), _("系统"), "system", kind="system")


class Context(msgspec.Struct, frozen=True):
    """`channel` is page, api, job or system. `csrf_subject` is what a cookie caller's forms are bound
    to; callers with a bearer token have none. Who `must_change_password` may do nothing else before.
    `project` is the one a person with several chose to work in; it narrows what is listed, not what they may.
    """

    tenant: Tenant
    actor: Actor | None = None
    plugins: frozenset[str] = frozenset()
    locale: str = i18n.SOURCE
    request_id: str = ""
    session_id: UUID | None = None
    channel: str = "page"
    csrf_subject: str = ""
    path: str = "/"
    must_change_password: bool = False
    project: UUID | None = None

    @property
    def somebody(self) -> Actor:
        """The actor; SYSTEM where nobody is signed in, so that records always have a name."""
        return self.actor or SYSTEM


_current: ContextVar[Context | None] = ContextVar("context", default=None)


def current() -> Context:
    """The context of this request or job; raises LookupError outside of one."""
    context = _current.get()
    if context is None:
        raise LookupError("no company at hand: this code must run inside a request or a job")
    return context


def maybe_current() -> Context | None:
    return _current.get()


def enter(context: Context) -> None:
    """Make this the context of the rest of the request; `acting_as` is for everything that ends earlier."""
    _current.set(context)
    i18n.language.set(context.locale)


@contextmanager
def acting_as(context: Context) -> Iterator[Context]:
    before, words = _current.get(), i18n.language.get()
    enter(context)
    try:
        yield context
    finally:
        _current.set(before)
        i18n.language.set(words)
