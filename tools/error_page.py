"""Writes `docs/errors.md`: every refusal's key, status and sentence, from the registry. `--check` only
compares.
"""

import sys
from pathlib import Path

from core.kit.errors import REGISTRY
from guanjia import app

PAGE = Path(__file__).parents[1] / "docs" / "errors.md"
HEAD = """# Refusals

Every refusal has a stable key: the `type` of the API's problem documents and of each of their `errors`.
The sentence is the Chinese message id; callers see it in their own language. 409 means stale or lost race,
422 refused by a rule, 403 no right, 404 another company's, switched off, or not there. Written by
`python -m tools.error_page`.

| key | status | sentence |
|---|---|---|
"""


def page() -> str:
    app.load_catalogue()
    rows = [
        f"| `{key}` | {kind.status} | {kind.message} |"
        for key, kind in sorted(REGISTRY.items())
        if _ours(kind)
    ]
    return HEAD + "\n".join(rows) + "\n"


def _ours(kind: type) -> bool:
    return not kind.__module__.startswith("tests")


if __name__ == "__main__":
    made = page()
    if "--check" in sys.argv:
        sys.exit(made != PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(made, encoding="utf-8")
