"""`python -m guanjia`, and the command `guanjia`: deaf to nothing, not even while it is still loading."""

import signal
import sys
from types import FrameType

INTERRUPTED = 130


def interrupted(_number: int, _frame: FrameType | None) -> None:
    sys.exit(INTERRUPTED)


def main() -> None:
    """Load the commands and run the one that was asked for; Ctrl-C meanwhile is no accident to tell of."""
    signal.signal(signal.SIGINT, interrupted)
    from guanjia.cli import main as command  # noqa: PLC0415 - the long part

    signal.signal(signal.SIGINT, signal.default_int_handler)
    command()


if __name__ == "__main__":
    main()
