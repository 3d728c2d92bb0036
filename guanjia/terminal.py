"""The language of commands: what the terminal asks for by LC_ALL, LC_MESSAGES or LANG, else Chinese."""

import os

from core.kit import i18n

ASKED_BY = ("LC_ALL", "LC_MESSAGES", "LANG")
TRADITIONAL = ("zh_tw", "zh_hk", "zh_mo", "zh_hant")


def choose_language() -> None:
    """Set the language of everything this process prints."""
    asked = (os.environ.get(name) for name in ASKED_BY)  # noqa: TID251 - the terminal's wish, not a setting of ours
    i18n.language.set(language_of(next((value for value in asked if value), "")))


def language_of(locale: str) -> str:
    """`zh_TW.UTF-8` is Traditional Chinese, `en_GB` English; no wish, `C` and what we lack are Chinese."""
    name = locale.lower().replace("-", "_")
    if name.startswith(TRADITIONAL):
        return "zh-Hant"
    return "en" if name.startswith("en") else i18n.SOURCE
