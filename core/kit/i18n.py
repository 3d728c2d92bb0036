"""Words in three languages. Message ids are the Chinese sentences; catalogues are `.po` files read at start.

`_("…")` only marks a sentence for extraction: Python code passes message ids around, and the edge (template,
problem document, print) translates them with `gettext` into the language of the current context.
"""

from collections.abc import Iterable
from contextvars import ContextVar
from importlib.resources.abc import Traversable
from typing import Any

from babel.messages.pofile import read_po

SOURCE = "zh-Hans"
LANGUAGES = ("zh-Hans", "zh-Hant", "en")
FOLDERS = {"zh-Hant": "zh_Hant", "en": "en"}

language: ContextVar[str] = ContextVar("language", default=SOURCE)
_messages: dict[str, dict[str, str]] = {name: {} for name in FOLDERS}


def _(message: str) -> str:
    return message


def load(folders: Iterable[Traversable]) -> None:
    """Read `<folder>/<language>/LC_MESSAGES/messages.po` of each folder; a later folder wins."""
    for folder in folders:
        for name, directory in FOLDERS.items():
            file = folder.joinpath(directory, "LC_MESSAGES", "messages.po")
            if file.is_file():
                with file.open("rb") as handle:
                    catalogue = read_po(handle)
                _messages[name].update({str(m.id): str(m.string) for m in catalogue if m.id and m.string})


def gettext(message: str, /, **params: Any) -> str:
    """The sentence in the current language with its `{holes}` filled; a missing translation shows the
    Chinese.
    """
    text = _messages.get(language.get(), {}).get(message, message)
    return text.format_map(params) if params else text


def titled(node: Any) -> Any:
    """A JSON schema with its titles and descriptions in the current language."""
    if isinstance(node, dict):
        return {
            key: gettext(value)
            if key in {"title", "description"} and isinstance(value, str)
            else titled(value)
            for key, value in node.items()
        }
    if isinstance(node, list):
        return [titled(item) for item in node]
    return node


def known(name: str) -> dict[str, str]:
    """All translations of one language, for the test that finds missing ones."""
    return _messages[name]
