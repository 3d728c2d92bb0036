"""Why a message was not done, in words that hold no personal data."""

import traceback
from pathlib import Path

import asyncpg

from core.kit.errors import Conflict, DomainError
from core.kit.i18n import _

ROOT = Path(__file__).parent.parent
HINDRANCES = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.OperatorInterventionError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
)
"""The database's trouble, not the message's: it is tried again without counting as a failure."""


class NotParked(Conflict):
    key, message = "message_not_parked", _("这条消息没有被搁置，不能重放")


def describe(problem: BaseException) -> str:
    """Class, refusal key or SQLSTATE, and our line it came from; never the exception's text, which may
    quote data."""
    what = type(problem).__name__
    if isinstance(problem, DomainError):
        what += f" {problem.key}"
    if isinstance(problem, asyncpg.PostgresError):
        what += f" {problem.sqlstate}"
    return what + _where(problem)


def _where(problem: BaseException) -> str:
    for frame, line in reversed(list(traceback.walk_tb(problem.__traceback__))):
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(ROOT) and "site-packages" not in path.parts:
            return f" at {path.relative_to(ROOT)}:{line}"
    return ""
