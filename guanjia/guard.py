"""Ends process groups whose supervisor has died. A program of its own, started at the end of a pipe.

Each line on standard input is `+<group>` or `-<group>`. The end of the input means that the supervisor is
gone, however it died; whatever groups are still listed are then ended, politely first.
"""

import os
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import suppress

GRACE = 5.0


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    end_groups(listed(sys.stdin), GRACE)


def listed(lines: Iterable[str]) -> set[int]:
    """The groups left when the lines end."""
    groups: set[int] = set()
    for line in lines:
        change = groups.add if line.startswith("+") else groups.discard
        change(int(line[1:]))
    return groups


def end_groups(groups: set[int], seconds: float) -> None:
    """SIGTERM to each, and SIGKILL to what is left after so many seconds."""
    deadline = time.monotonic() + seconds
    left = {group for group in groups if tell(group, signal.SIGTERM)}
    while left and time.monotonic() < deadline:
        time.sleep(0.05)
        left = {group for group in left if tell(group, 0)}
    for group in left:
        tell(group, signal.SIGKILL)


def tell(group: int, number: int) -> bool:
    """Send a signal to a process group; false when nobody is in it."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
        return True
    return False


if __name__ == "__main__":
    main()
