"""Path and query parameters that the framework could not read, as refused fields."""

import re

from litestar.exceptions import ValidationException

from core.kit.errors import FieldError

MISSING = re.compile(r"Missing required \w+ parameter '([^']+)'")
KINDS = ((re.compile(r"date"), "not_a_date"), (re.compile(r"`(int|float)|Integer"), "not_a_number"))
"""What msgspec says of a value, and the refusal's key; anything else was none of the choices."""


def refused(problem: ValidationException) -> list[FieldError]:
    """Empty where it was no parameter that was wrong."""
    missing = MISSING.match(problem.detail)
    if missing:
        return [FieldError(missing[1], "required")]
    said = problem.extra if isinstance(problem.extra, list) else []
    return [FieldError(one["key"], _key(one["message"])) for one in said if "key" in one]


def _key(message: str) -> str:
    return next((key for pattern, key in KINDS if pattern.search(message)), "not_a_choice")
