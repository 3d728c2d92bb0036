"""Who was refused access is written into the audit: one line a minute at most for each person, permission
and process, so that nobody can fill it by asking.

The request's own transaction is undone by then; the line has one of its own.
"""

import re
import time
from collections import OrderedDict
from uuid import UUID

from litestar.types import Scope

from core.kit import audit
from core.kit.context import Context, current
from core.kit.database import aside
from core.kit.errors import DomainError
from core.kit.log import log

FORBIDDEN = 403
MINUTE = 60.0
MOST = 10_000
NUMBER = re.compile(r"[A-Z0-9-]{1,40}")
"""What may be kept of an address: the number of a record, never words somebody typed."""
Asked = tuple[UUID, UUID, str]
_told: OrderedDict[Asked, float] = OrderedDict()


def remember(scope: Scope, refusal: DomainError) -> None:
    """Note that this request was refused; `record` writes it when the request's transaction is gone."""
    if refusal.status == FORBIDDEN:
        scope["state"]["denied"] = refusal


async def record(scope: Scope) -> None:
    """Write the line of a request that was refused. A log that cannot be written changes no answer."""
    refusal: DomainError | None = scope["state"].get("denied")
    context = current()
    if refusal is None or context.actor is None or not _is_news(context, refusal):
        return
    try:
        async with aside(context.tenant.id):
            _line(scope, refusal)
    except Exception as problem:  # noqa: BLE001 - the refusal stands whatever happens to its line
        log("web").error("denial not recorded", exc_info=problem)


def forget() -> None:
    """Let the next refusal of anybody be written at once."""
    _told.clear()


def _is_news(context: Context, refusal: DomainError) -> bool:
    asked = (context.tenant.id, context.somebody.id, _permission(refusal) or refusal.key)
    now = time.monotonic()
    if now - _told.get(asked, -MINUTE) < MINUTE:
        return False
    _told[asked] = now
    _told.move_to_end(asked)
    if len(_told) > MOST:
        _told.popitem(last=False)
    return True


def _line(scope: Scope, refusal: DomainError) -> None:
    named = [str(value) for value in scope["path_params"].values()]
    ids = [UUID(name) for name in named if _is_id(name)]
    audit.record(
        "access.denied",
        "access",
        ids[0] if ids else None,
        key=refusal.key,
        permission=_permission(refusal),
        route=f"{scope['method']} {scope['path_template']}",  # type: ignore[typeddict-item]
        record=next((name for name in named if not _is_id(name) and NUMBER.fullmatch(name)), ""),
    )


def _permission(refusal: DomainError) -> str:
    return str(refusal.params.get("permission", ""))


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
