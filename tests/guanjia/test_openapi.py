"""The OpenAPI text holds every route of the API, what each reads and refuses, in the reader's language."""

from collections.abc import Iterator
from typing import Any

import pytest
from litestar.routes import HTTPRoute

from core.kit import i18n
from guanjia.openapi import PREFIX
from tests.factories import Company

pytestmark = pytest.mark.anyio
CHANGES = {"POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture
async def document(yunqi: Company) -> dict[str, Any]:
    answer = await yunqi.client().get(f"{PREFIX}/openapi.json", headers={"Accept-Language": "en"})
    whole: dict[str, Any] = answer.json()
    return whole


def routes(app: Any) -> Iterator[tuple[str, str, Any]]:
    """Path, method and handler of everything below /api/v1, but for the document itself."""
    for route in app.app.routes:
        if isinstance(route, HTTPRoute) and route.path_format.startswith(PREFIX):
            for handler in route.route_handlers:
                for method in handler.http_methods:
                    if method != "OPTIONS" and "openapi" not in route.path_format:
                        yield route.path_format, method, handler


async def test_every_route_is_in_it_and_nothing_else(app: Any, document: dict[str, Any]) -> None:
    told = {(path, method.upper()) for path, methods in document["paths"].items() for method in methods}
    assert told == {(path, method) for path, method, _handler in routes(app)}
    assert len(told) > 30


async def test_whoever_reads_a_body_says_which(app: Any, document: dict[str, Any]) -> None:
    """A handler that changes something and takes the request reads it."""
    for path, method, handler in routes(app):
        operation = document["paths"][path][method.lower()]
        reads = method in CHANGES and "request" in handler.parsed_fn_signature.parameters
        assert ("requestBody" in operation) == reads, (method, path)


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/files", {"file"}),
        ("/imports/households", {"file", "project_id", "projects"}),
    ],
)
async def test_uploads(document: dict[str, Any], path: str, fields: set[str]) -> None:
    (content,) = document["paths"][PREFIX + path]["post"]["requestBody"]["content"].items()
    assert (content[0], content[1]["schema"]["required"]) == ("multipart/form-data", ["file"])
    assert set(content[1]["schema"]["properties"]) == fields


async def test_what_each_may_refuse(document: dict[str, Any]) -> None:
    always = {"400", "401", "403", "404", "422", "429", "503"}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            expected = always if method == "get" else always | {"409", "413"}
            assert expected <= set(operation["responses"]), (method, path)
            for status in expected:
                assert list(operation["responses"][status]["content"]) == ["application/problem+json"]


async def test_titles_in_the_readers_language(yunqi: Company, document: dict[str, Any]) -> None:
    new = document["components"]["schemas"]["NewTicket"]["properties"]
    assert new["content"]["title"] == "Request"
    assert set(_words(document)) & set(i18n.known("en")) == set()
    answer = await yunqi.client().get(f"{PREFIX}/openapi.json", headers={"Accept-Language": "zh-TW"})
    schemas = answer.json()["components"]["schemas"]
    assert schemas["NewTicket"]["properties"]["content"]["title"] == "訴求內容"


def _words(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in {"title", "description"} and isinstance(value, str):
                yield value
            elif key != "info":
                yield from _words(value)
    elif isinstance(node, list):
        for value in node:
            yield from _words(value)
