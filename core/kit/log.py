"""Structured logs without personal data: JSON lines with company, request and trace ids, phones and
secrets masked.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from core.kit.context import maybe_current
from core.kit.settings import settings

SECRET = re.compile(r"password|secret|token|authorization|cookie|phone|id_number|medical", re.IGNORECASE)
PHONE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")
ID_NUMBER = re.compile(r"(?<!\d)(\d{4})\d{10}(\d{3}[\dXx])(?!\d)")

Entry = MutableMapping[str, Any]


def redact(_logger: Any, _method: str, entry: Entry) -> Entry:
    """Mask whatever is named like a secret or looks like a phone or an identity number."""
    return {key: "***" if SECRET.search(key) else _masked(value) for key, value in entry.items()}


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return ID_NUMBER.sub(r"\1**********\2", PHONE.sub(r"\1****\2", value))
    if isinstance(value, dict):
        return {key: "***" if SECRET.search(str(key)) else _masked(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_masked(inner) for inner in value]
    return value


def with_context(_logger: Any, _method: str, entry: Entry) -> Entry:
    context = maybe_current()
    if context is not None:
        entry.setdefault("tenant", context.tenant.slug)
        entry.setdefault("request", context.request_id)
        entry.setdefault("actor", str(context.somebody.id))
    return entry


def configure() -> None:
    """Once per process, before anything is logged."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        with_context,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    pretty = settings().log_format == "console"
    last = (
        structlog.dev.ConsoleRenderer() if pretty else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    level = logging.getLevelNamesMapping()[settings().log_level.upper()]
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)


def log(name: str = "guanjia") -> Any:
    return structlog.get_logger(name)
