"""`/api/v1/openapi.json`: OpenAPI 3.1 of exactly what the asking company has switched on."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get
from litestar.routes import HTTPRoute

from core.kit import csrf
from core.kit.context import current
from core.kit.errors import REGISTRY
from core.kit.i18n import _, gettext, titled
from core.kit.web import public

PREFIX = "/api/v1"
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string", "description": "The refusal's key, stable for ever."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "key", "message"],
                "properties": {name: {"type": "string"} for name in ("field", "key", "message")},
            },
        },
        "version": {"type": "integer", "description": "The record's current version, where that is refused."},
        "seconds": {"type": "integer", "description": "How long to wait."},
    },
}
REFUSALS = {
    "400": _("请求无法理解"),
    "401": _("没有登录"),
    "403": _("没有权限"),
    "404": _("找不到，或属于别的公司，或插件已停用"),
    "422": _("不符合规则，或有字段填错"),
    "429": _("请求过于频繁；Retry-After 说明何时再试"),
    "503": _("服务暂时不可用；Retry-After 说明何时再试"),
}
OF_CHANGES = {
    "409": _("记录刚被别人修改，或没有说明看到的版本"),
    "413": _("内容太大"),
}
"""Besides the refusals of any call."""


@get(f"{PREFIX}/openapi.json", guards=[public], include_in_schema=False)
async def document(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    context = current()
    return Response(
        _for(request.app, context.plugins, context.tenant.name, context.locale), media_type="application/json"
    )


def _for(app: Litestar, enabled: frozenset[str], company: str, locale: str) -> dict[str, Any]:
    whole = _in_words(app, locale)
    paths = {
        path: {method: operation for method, operation in operations.items() if _is_on(operation, enabled)}
        for path, operations in whole["paths"].items()
    }
    return {
        **whole,
        "info": {"title": f"{gettext('管家')} · {company}", "version": "1"},
        "paths": {path: operations for path, operations in paths.items() if operations},
    }


def _is_on(operation: dict[str, Any], enabled: frozenset[str]) -> bool:
    owner = operation.get("x-plugin")
    return owner is None or owner in enabled


@cache
def _in_words(app: Litestar, _locale: str) -> dict[str, Any]:
    """The whole document in the current language, which `_locale` names for the cache."""
    words: dict[str, Any] = titled(_whole(app))
    return words


@cache
def _whole(app: Litestar) -> dict[str, Any]:
    """Litestar's own document cut to the API, with the bodies our handlers read and the refusals they
    answer.
    """
    made: dict[str, Any] = app.openapi_schema.to_schema()
    made["paths"] = {path: item for path, item in made["paths"].items() if path.startswith(PREFIX)}
    components = made.setdefault("components", {}).setdefault("schemas", {})
    components["Problem"] = PROBLEM
    for route in app.routes:
        if isinstance(route, HTTPRoute) and route.path_format.startswith(PREFIX):
            for handler in route.route_handlers:
                for method in handler.http_methods:
                    operation = made["paths"].get(route.path_format, {}).get(method.lower())
                    if operation is not None:
                        _complete(operation, handler.opt, components, refusals=_refusals(method))
    made["components"]["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": "sid"},
        "bearer": {"type": "http", "scheme": "bearer"},
    }
    made["security"] = [{"session": []}, {"bearer": []}]
    return made


def _refusals(method: str) -> dict[str, str]:
    return REFUSALS if method in csrf.SAFE else REFUSALS | OF_CHANGES


def _complete(
    operation: dict[str, Any], opt: Any, components: dict[str, Any], *, refusals: dict[str, str]
) -> None:
    owner = next(
        (tag.partition(":")[2] for tag in operation.get("tags", []) if tag.startswith("plugin:")), None
    )
    operation["tags"] = [tag for tag in operation.get("tags", []) if not tag.startswith("plugin:")]
    if owner is not None and opt.get("switchable"):
        operation["x-plugin"] = owner
    body = opt.get("accepts")
    if body is not None:
        (schema,), definitions = msgspec.json.schema_components(
            [body], ref_template="#/components/schemas/{name}"
        )
        components.update(definitions)
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if "accepts_file" in opt:
        operation["requestBody"] = {"required": True, "content": _multipart(opt["accepts_file"])}
    for status, words in sorted(refusals.items()):
        operation["responses"][status] = {
            "description": words,
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }


def _multipart(others: Mapping[str, str]) -> dict[str, Any]:
    fields = {name: {"type": "string", "description": words} for name, words in others.items()}
    file = {"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"}
    schema = {"type": "object", "required": ["file"], "properties": {"file": file, **fields}}
    return {"multipart/form-data": {"schema": schema}}


def refusal_keys() -> list[str]:
    """All keys a problem document may carry, for the documentation."""
    return sorted(key for key in REGISTRY if key)
