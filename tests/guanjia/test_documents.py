"""What the product says of itself is true: the list of refusals, the OpenAPI text, the logs."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core.kit import log
from tests.core.tickets.moves import Crew
from tests.factories import Company
from tests.switching import switch_all_off
from tools import error_page

ROOT = Path(__file__).parents[2]


def test_the_page_of_refusals_is_up_to_date() -> None:
    """Written by `python -m tools.error_page`, in a process that has loaded nothing of the tests."""
    done = subprocess.run([sys.executable, "-m", "tools.error_page", "--check"], cwd=ROOT, check=False)
    assert done.returncode == 0, "run: python -m tools.error_page"
    assert error_page.PAGE.exists()


@pytest.mark.anyio
async def test_the_api_describes_exactly_what_is_on(yunqi: Company) -> None:
    admin = await yunqi.signed_in("tenant_admin")
    whole = (await admin.get("/api/v1/openapi.json")).json()
    assert whole["openapi"].startswith("3.1")
    new = whole["paths"]["/api/v1/tickets"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert new["$ref"] == "#/components/schemas/NewTicket"
    assert "content" in whole["components"]["schemas"]["NewTicket"]["required"]
    unresolved = [ref for ref in _references(whole) if not _resolves(whole, ref)]
    assert not unresolved
    assert any(path.startswith("/api/v1/property_desk") for path in whole["paths"])
    await switch_all_off(yunqi)
    off = (await admin.get("/api/v1/openapi.json")).json()
    assert not any(path.startswith("/api/v1/property_desk") for path in off["paths"])
    assert len(off["paths"]) < len(whole["paths"])


def _references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [ref for value in node.values() for ref in _references(value)]
    if isinstance(node, list):
        return [ref for value in node for ref in _references(value)]
    return []


def _resolves(document: Any, reference: str) -> bool:
    node = document
    for part in reference.removeprefix("#/").split("/"):
        if not isinstance(node, dict) or part not in node:
            return False
        node = node[part]
    return True


@pytest.mark.anyio
async def test_logs_hold_no_phone_and_no_secret(yunqi: Company, capfd: pytest.CaptureFixture[str]) -> None:
    await (await Crew(yunqi).gather()).closed()
    log.log().error(
        "probe", phone="13900000001", note="致电 13900000001", password="hunter2", nested={"token": "abc"}
    )
    written = capfd.readouterr().err
    assert "probe" in written
    for secret in ("13900000001", "hunter2", '"abc"'):
        assert secret not in written
    line = next(json.loads(text) for text in written.splitlines() if '"probe"' in text)
    assert line["note"] == "致电 139****0001"
