"""The benchmark still runs from end to end; what it measures on small databases says nothing."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from bench.weight import BUDGETS

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(400)
def test_quick_benchmark_measures_everything(tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    env = {name: value for name, value in os.environ.items() if not name.startswith("GUANJIA_")}
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--quick", "--out", str(out)],
        cwd=ROOT, env=env, capture_output=True, check=False, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    figures = msgspec.json.decode(out.read_bytes())
    names = {row["scenario"] for row in figures["results"]}
    assert names >= {
        "create",
        "transition",
        "open, JSON",
        "list of 50, HTML",
        "search, 2 characters",
        "desk, HTML",
    }
    assert len(figures["results"]) == len(names) * 4
    assert all(row["p50"] > 0 and row["floor_p50"] > 0 and row["queries"] > 0 for row in figures["results"])
    assert {one["what"] for one in figures["growth"]} == {"tickets", "companies"}
    assert all(one["timers"] > 0 and min(one["product"]) > 0 for one in figures["sweeping"].values())
    for weight in figures["weights"]:
        over = {
            name: weight["figures"][name] for name, most in BUDGETS.items() if weight["figures"][name] > most
        }
        assert over == {}, f"{weight['page']} weighs too much; what a page weighs is no matter of the machine"
