"""The command as somebody types it, in a process of its own on the test servers."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LISTS = ROOT / "guanjia" / "demo_data"


def guanjia(*words: str, fails: bool = False) -> str:
    """What it prints; with `fails`, what it says on its way out."""
    environment = {**os.environ, "LANG": "zh_CN.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-m", "guanjia", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode != 0) == fails, done.stderr
    return done.stderr if fails else done.stdout


@pytest.mark.spec("EX-17", "EX-20")
def test_when_would_this_be_due() -> None:
    assert guanjia("sla", "preview", "SLA-14b", "--start", "2026-11-20T16:00").startswith(
        "2026-11-25 18:00:00"
    )
    february = guanjia("sla", "preview", "SLA-14b", "--start", "2026-02-13T10:00")
    assert february.startswith("2026-02-25 18:00:00")
    assert "调休" in february
    assert "没有这个时限" in guanjia("sla", "preview", "SLA-99", "--start", "2026-02-13T10:00", fails=True)


def test_a_company_its_households_and_its_chain() -> None:
    """Made, filled from a real list with the counts of its maker, listed, suspended, verified."""
    slug = f"cli{secrets.token_hex(4)}"
    guanjia("tenant", "create", slug, "--name", "命令行物业", "--password", "a long password")
    assert slug in guanjia("tenant", "list")
    said = guanjia(
        "import", "households", str(LISTS / "households-hans.xlsx"), "--tenant", slug, "--project", "一期"
    )
    assert "1048 行：1021 户，拒绝 20 行，重复 7 行" in said
    assert len([line for line in said.splitlines() if line.startswith("  业主清单 ")]) == 20
    again = guanjia(
        "import", "households", str(LISTS / "households-hans.xlsx"), "--tenant", slug, "--dry-run"
    )
    assert "1048 行：1021 户" in again
    due = guanjia(
        "sla", "preview", "SLA-07", "--start", "2026-11-23T18:30", "--tenant", slug, "--project", "一期"
    )
    assert due.startswith("2026-11-24 02:30:00")
    guanjia("tenant", "suspend", slug, "--reason", "试用结束")
    assert slug not in guanjia("tenant", "list")
    guanjia("tenant", "resume", slug)


def test_traditional_lists_go_to_two_estates() -> None:
    slug = f"cli{secrets.token_hex(4)}"
    guanjia(
        "tenant", "create", slug, "--name", "翠湖", "--locale", "zh-Hant", "--password", "a long password"
    )
    sheets = ("--project", "一期=翠湖天地一期", "--project", "二期=翠湖天地二期")
    said = guanjia("import", "households", str(LISTS / "households-hant.xlsx"), "--tenant", slug, *sheets)
    assert "517" in said
    assert "501" in said


def test_refusals_are_sentences() -> None:
    assert "找不到" in guanjia("tenant", "suspend", "nobody-here", "--reason", "x", fails=True)
    taken = f"cli{secrets.token_hex(4)}"
    guanjia("tenant", "create", taken, "--name", "一", "--password", "a long password")
    assert "已被使用" in guanjia(
        "tenant", "create", taken, "--name", "二", "--password", "a long password", fails=True
    )
    assert "密码至少" in guanjia(
        "tenant", "create", f"{taken}x", "--name", "三", "--password", "short", fails=True
    )


def test_the_plugins_and_the_doctor() -> None:
    assert "property_desk" in guanjia("plugins")
    assert "Python" in guanjia("doctor")
