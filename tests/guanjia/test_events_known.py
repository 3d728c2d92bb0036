"""A worker knows an event only once its module is imported: what it does not know it gives up on."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOUND = """
import guanjia.app, importlib, pathlib
from core.kit.events import EVENTS
guanjia.app.load_catalogue()
known = set(EVENTS)
for path in sorted(pathlib.Path().glob("*/events.py")) + sorted(pathlib.Path().glob("[cp]*/*/events.py")):
    importlib.import_module(".".join(path.with_suffix("").parts))
print(*sorted(set(EVENTS) - known))
assert len(EVENTS) > 10
"""


def test_every_event_is_known_to_every_process_that_loads_the_catalogue() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FOUND],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
