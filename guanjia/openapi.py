"""`/api/v1/openapi.json`: OpenAPI 3.1 of exactly what the asking company has switched on."""

from functools import cache
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get
from litestar.routes import HTTPRoute

from core.kit.context import current
from core.kit.errors import REGISTRY
from core.kit.i18n import gettext
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
    },
}
REFUSALS = {
    "401": "Nobody is signed in",
    "403": "The right is missing",
    "404": "Not there",
    "422": "Refused by a rule",
}


@get(f"{PREFIX}/openapi.json", guards=[public], include_in_schema=False)
async def document(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    return Response(
        _for(request.app, current().plugins, current().tenant.name), media_type="application/json"
    )


def _for(app: Litestar, enabled: frozenset[str], company: str) -> dict[str, Any]:
    whole = _whole(app)
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
                        _complete(operation, handler.opt, components)
    made["components"]["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": "sid"},
        "bearer": {"type": "http", "scheme": "bearer"},
    }
    made["security"] = [{"session": []}, {"bearer": []}]
    return made


def _complete(operation: dict[str, Any], opt: Any, components: dict[str, Any]) -> None:
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
    for status, words in REFUSALS.items():
        operation["responses"][status] = {
            "description": words,
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }


def refusal_keys() -> list[str]:
    """All keys a problem document may carry, for the documentation."""
    return sorted(key for key in REGISTRY if key)
