"""Telephone numbers as people write them, and their stored form: E.164 with `;ext=`, or a service number."""

import re
import unicodedata

import phonenumbers
from phonenumbers import shortnumberinfo

from core.households.errors import PhoneInvalid

REGION = "CN"
_BETWEEN = re.compile(r"[/、,，;；|\n\r]+|(?<=\d)\s*(?:和|或|及|与)\s*(?=[\d+])")
_LABEL = re.compile(r"[(（][^()（）\d]*[)）]|[\u3400-\u9fff]+\s*[:：]?")
_EXTENSION = re.compile(r"(?:\s*(?:转|轉|分机|分機|ext\.?|x)[:：]?|(?<=\d)-)\s*(\d{1,6})\s*$", re.IGNORECASE)
_DIALABLE = re.compile(r"\+?[\d\s().-]+")


def normalise(text: str, *, service: bool = False, field: str = "") -> str:
    """`+8613900007364`, `+8675526001234;ext=801`, `+85291234567`; with `service` also `95588`.

    Full-width digits, spaces, hyphens, +86 or 0086 and a label (`父亲 139…`) are understood.
    Raises PhoneInvalid.
    """
    written = unicodedata.normalize("NFKC", text).strip()
    number = _LABEL.sub(" ", written).strip()
    digits = re.sub(r"\D", "", number)
    if service and shortnumberinfo.is_valid_short_number_for_region(_chinese(digits), REGION):
        return digits
    stored = _e164(number) or _extended(written)
    if stored:
        return stored
    raise PhoneInvalid(phone=written[:40], field=field)


def split(text: str, *, field: str = "") -> tuple[str, ...]:
    """All numbers of one cell, normalised, each once; empty for an empty cell.

    Raises PhoneInvalid for the first piece that is none.
    """
    found: dict[str, None] = {}
    for piece in _BETWEEN.split(unicodedata.normalize("NFKC", text)):
        if piece.strip():
            found.update(dict.fromkeys(_spaced(piece, field)))
    if not found and text.strip():
        raise PhoneInvalid(phone=text.strip()[:40], field=field)
    return tuple(found)


def display(phone: str) -> str:
    """`138 0013 2671`, `0755 2600 1234-801`, `+852 9123 4567`; a service number as it is."""
    if not phone.startswith("+"):
        return phone
    number = phonenumbers.parse(phone)
    extension = f"-{number.extension}" if number.extension else ""
    number.extension = None
    chinese = number.country_code == phonenumbers.country_code_for_region(REGION)
    style = (
        phonenumbers.PhoneNumberFormat.NATIONAL if chinese else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return phonenumbers.format_number(number, style) + extension


def mask(phone: str) -> str:
    """`138****2671`, four digits hidden; service numbers are nobody's secret."""
    if not phone.startswith("+"):
        return phone
    dialled = re.sub(r"\s", "", display(phone)).split("-")[0]
    head = max(len(dialled) - 8, 0)
    return f"{dialled[:head]}****{dialled[-4:]}"


def last_four(phone: str) -> str:
    """The digits a caller reads out; an extension does not count."""
    return phone.split(";", maxsplit=1)[0][-4:]


def _extended(written: str) -> str:
    """A line with an extension (…转801, …-801); a mobile has none. "" where it is neither."""
    extension = _EXTENSION.search(written)
    line = _e164(_LABEL.sub(" ", written[: extension.start()]).strip()) if extension else ""
    if not extension or not line:
        return ""
    mobile = phonenumbers.number_type(phonenumbers.parse(line)) == phonenumbers.PhoneNumberType.MOBILE
    return "" if mobile else f"{line};ext={extension[1]}"


def _e164(number: str) -> str:
    if not _DIALABLE.fullmatch(number):
        return ""
    try:
        parsed = phonenumbers.parse(number, REGION)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(parsed):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _chinese(digits: str) -> phonenumbers.PhoneNumber:
    return phonenumbers.PhoneNumber(country_code=86, national_number=int(digits or "0"))


def _spaced(piece: str, field: str) -> list[str]:
    """Spaces stand inside one number or between two: the whole is tried first."""
    try:
        return [normalise(piece, field=field)]
    except PhoneInvalid:
        words = piece.split()
        for cut in range(1, len(words)):
            try:
                return [normalise(" ".join(words[:cut]), field=field), *_spaced(" ".join(words[cut:]), field)]
            except PhoneInvalid:
                continue
        raise
