"""The one question of authorization: may this actor do this here? Deny is the default."""

from uuid import UUID

from core.kit.context import Places, current
from core.kit.errors import Forbidden


def can(permission: str, project: UUID | None = None) -> bool:
    """Whether the current actor holds the permission in that project, or anywhere when no project is
    named.
    """
    held = places(permission)
    return held is None or (bool(held) if project is None else project in held)


def require(permission: str, project: UUID | None = None) -> None:
    """Raise Forbidden unless `can`."""
    if not can(permission, project):
        raise Forbidden(permission=permission)


def in_view(permission: str) -> Places:
    """Where lists, searches and counts look: the projects where the current actor holds it, of those only the
    one they chose to work in. What is opened or done asks `places`.
    """
    held, project = places(permission), current().project
    if project is None:
        return held
    return frozenset({project}) if held is None or project in held else frozenset()


def places(permission: str) -> Places:
    """The projects where the current actor holds it: None for all, an empty set for nowhere.

    The system itself (commands, migrations of data, the demo) may do everything.
    """
    actor = current().actor
    if actor is not None and actor.kind == "system":
        return None
    return actor.rights.get(permission, frozenset()) if actor is not None else frozenset()


def anywhere() -> Places:
    """The projects where the current actor holds any right at all: None for all."""
    actor = current().actor
    if actor is not None and actor.kind == "system":
        return None
    return actor.projects if actor is not None else frozenset()
