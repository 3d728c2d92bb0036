"""Children are kept running, their words labelled, and none survives the supervisor, however it dies."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from guanjia import guard
from guanjia.embedded.process import alive

ROOT = Path(__file__).parents[2]

SUPERVISOR = """
import json, sys
from guanjia.supervise import Child, Pace, run
told = json.loads(sys.argv[1])
python = [sys.executable, "-c"]
children = [Child(name, [*python, code], {"MARK": name}) for name, code in told["children"].items()]
sys.exit(run(children, pace=Pace(**told["pace"])))
"""

PID = "import os; open({file!r}, 'w').write(str(os.getpid()))\n"
SLEEP = "import time; time.sleep(600)\n"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
QUICK = {"first": 0.05, "longest": 0.1, "healthy": 30.0, "most": 3, "grace": 1.0}


class Running:
    """A supervisor in its own process."""

    def __init__(self, children: dict[str, str], **pace: float) -> None:
        told = json.dumps({"children": children, "pace": QUICK | pace})
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", SUPERVISOR, told],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )

    def end(self, *numbers: int) -> tuple[int, str]:
        for number in numbers:
            self.process.send_signal(number)
        said, _nothing = self.process.communicate(timeout=30)
        return self.process.returncode, said


@pytest.fixture
def start() -> Iterator[Callable[..., Running]]:
    running: list[Running] = []

    def begin(children: dict[str, str], **pace: float) -> Running:
        running.append(Running(children, **pace))
        return running[-1]

    yield begin
    for one in running:
        if one.process.poll() is None:
            one.process.kill()
            one.process.communicate()


def eventually(happened: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)


def written(file: Path) -> int:
    eventually(lambda: file.exists() and file.read_text())
    return int(file.read_text())


def test_stops_in_the_given_order_and_returns_zero(tmp_path, start):
    goodbye = "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(print('goodbye')))\n"
    pids = {name: tmp_path / name for name in ("web", "scheduler", "worker")}
    running = start(
        {name: goodbye + PID.format(file=str(file)) + SLEEP for name, file in pids.items()}, grace=20
    )
    for file in pids.values():
        written(file)
    status, said = running.end(signal.SIGTERM)
    assert status == 0
    assert [line for line in said.splitlines() if "goodbye" in line] == [
        "web       | goodbye",
        "scheduler | goodbye",
        "worker    | goodbye",
    ]
    assert not any(alive(written(file)) for file in pids.values())


def test_output_is_labelled_line_by_line_and_the_environment_added(tmp_path, start):
    file = tmp_path / "pid"
    speaking = "import os, sys; print('一\\n二'); sys.stderr.write(os.environ['MARK']); sys.stderr.flush()\n"
    running = start({"web": speaking + PID.format(file=str(file)) + SLEEP})
    written(file)
    status, said = running.end(signal.SIGINT)
    assert status == 0
    assert said.splitlines() == ["web | 一", "web | 二", "web | web"]


def test_a_crashed_child_starts_again(tmp_path, start):
    file = tmp_path / "pid"
    running = start({"web": PID.format(file=str(file)) + SLEEP}, most=10)
    first = written(file)
    os.kill(first, signal.SIGKILL)
    eventually(lambda: file.read_text() not in {"", str(first)})
    status, said = running.end(signal.SIGTERM)
    assert status == 0
    assert "意外退出（-9）" in said


def test_a_child_that_always_crashes_stops_everything(tmp_path, start):
    file = tmp_path / "pid"
    running = start({"web": PID.format(file=str(file)) + SLEEP, "worker": "raise SystemExit(3)"})
    status, said = running.end()
    assert status == 1
    assert said.count("worker | 意外退出（3）") == 2
    assert "worker | 连续崩溃 3 次" in said
    assert not file.exists() or not alive(int(file.read_text()))


def test_a_deaf_child_is_killed_after_its_grace(tmp_path, start):
    file = tmp_path / "pid"
    running = start({"web": DEAF + PID.format(file=str(file)) + SLEEP}, grace=0.3)
    pid = written(file)
    status, said = running.end(signal.SIGTERM)
    assert status == 0
    assert "已强制结束" in said
    assert not alive(pid)


def test_a_second_signal_does_not_wait(tmp_path, start):
    file = tmp_path / "pid"
    running = start({"web": DEAF + PID.format(file=str(file)) + SLEEP}, grace=600)
    pid = written(file)
    running.process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    status, _said = running.end(signal.SIGINT)
    assert status == 0
    assert not alive(pid)


@pytest.mark.chaos
def test_no_child_and_no_grandchild_survives_a_killed_supervisor(tmp_path, start):
    child, grandchild = tmp_path / "child", tmp_path / "grandchild"
    inner = DEAF + PID.format(file=str(grandchild)) + SLEEP
    outer = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {inner!r}])\n"
    running = start({"web": DEAF + outer + PID.format(file=str(child)) + SLEEP})
    pids = written(child), written(grandchild)
    assert all(alive(pid) for pid in pids)
    running.end(signal.SIGKILL)
    eventually(lambda: not any(alive(pid) for pid in pids))


def test_grandchildren_of_a_crashed_child_are_swept(tmp_path, start):
    grandchild = tmp_path / "grandchild"
    inner = PID.format(file=str(grandchild)) + SLEEP
    outer = f"""
import os, subprocess, sys, time
if not os.path.exists({str(grandchild)!r}):
    subprocess.Popen([sys.executable, "-c", {inner!r}])
    while not os.path.exists({str(grandchild)!r}): time.sleep(0.02)
    os._exit(1)
"""
    running = start({"web": outer + SLEEP}, most=10)
    pid = written(grandchild)
    eventually(lambda: not alive(pid))
    assert running.end(signal.SIGTERM)[0] == 0


def test_a_missing_program_counts_as_a_crash():
    code = "import sys; from guanjia.supervise import *; "
    code += "sys.exit(run([Child('x', ['/no/such'])], pace=Pace(0.01, most=2)))"
    argv = [sys.executable, "-c", code]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "连续崩溃 2 次" in done.stdout


def test_the_guard_forgets_groups_that_ended():
    assert guard.listed(["+12\n", "+13\n", "-12\n"]) == {13}
