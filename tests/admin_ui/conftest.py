"""Each test starts in Chinese and leaves the language as it was."""

from collections.abc import Iterator

import pytest

from core.kit.i18n import SOURCE, language


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    token = language.set(SOURCE)
    yield
    language.reset(token)
