"""Which policy structs there are: areas above this one and plugins declare theirs at import."""

from collections.abc import Callable
from typing import Any

import msgspec

from core.policies.values import STRUCTS

Check = Callable[[Any], None]
SECTIONS: dict[type[msgspec.Struct], Check | None] = dict.fromkeys(STRUCTS)


def declare(struct: type[msgspec.Struct], check: Check | None = None) -> None:
    """Let documents hold a section of this struct. `check` refuses values that decode but cannot work."""
    SECTIONS[struct] = check
