"""The demo as a newcomer starts it: built from nothing, its log-ins told, ended by Ctrl-C."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

BUILT_WITHIN = 240
TENANTS = {"yunqi": (1, 240), "cuihu": (2, 60)}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_it_builds_both_companies_and_serves_them(tmp_path: Path) -> None:
    own = {"GUANJIA_DATA_DIR": str(tmp_path), "GUANJIA_PORT": str(free_port()), "GUANJIA_TEST_CLOCK": "0"}
    dropped = {"GUANJIA_DATABASE_URL", "GUANJIA_REDIS_URL", "GUANJIA_SECRET_KEY"}
    told = {name: value for name, value in os.environ.items() if name not in dropped}
    with (tmp_path / "said.txt").open("w") as said:
        demo = subprocess.Popen(
            [sys.executable, "-m", "guanjia", "demo"], env=told | own, stdout=said, stderr=said
        )
        try:
            facts = _facts(tmp_path, demo)
            for tenant in facts["tenants"]:
                projects, least = TENANTS[tenant["slug"]]
                assert len(tenant["projects"]) == projects
                assert _tickets(facts, tenant) >= least
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait(60)


def _facts(folder: Path, demo: subprocess.Popen[bytes]) -> dict:
    until = time.monotonic() + BUILT_WITHIN
    while not (folder / "demo.json").exists():
        assert demo.poll() is None, (folder / "said.txt").read_text()[-2000:]
        assert time.monotonic() < until
        time.sleep(0.5)
    facts: dict = json.loads((folder / "demo.json").read_text())
    return facts


def _tickets(facts: dict, tenant: dict) -> int:
    """How many this company's manager finds, page by page."""
    host = {"Host": f"{tenant['slug']}.localhost:{facts['port']}"}
    with httpx.Client(base_url=f"http://127.0.0.1:{facts['port']}", headers=host) as client:
        token = client.get("/login").text.split('name="_csrf_token" value="')[1].split('"')[0]
        form = {"username": "cs_manager", "password": "guanjia-demo", "_csrf_token": token}
        assert client.post("/login", data=form).status_code == 303
        count, cursor = 0, ""
        while True:
            page = client.get(
                "/api/v1/tickets", params={"limit": 200, **({"cursor": cursor} if cursor else {})}
            )
            count += len(page.json()["items"])
            cursor = page.json()["next"]
            if not cursor:
                return count
