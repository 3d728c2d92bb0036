"""What a cell of a list means: text as typed, an area, a date however Excel or people write it."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from core.households.errors import AreaNotPositive
from core.households.importing.workbooks import Cell
from core.kit.chinese import simplified

_EXCEL_DAY_0 = date(1899, 12, 30)
_SERIALS = range(10_000, 80_000)  # 1927 to 2119
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_AREA_UNIT = re.compile(r"(?:平方米|平米|平方|m2|m²)$", re.IGNORECASE)
_MOST_AREA = Decimal(1_000_000)
_DATE = re.compile(
    r"(?P<roc>民国)?(\d{1,4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ t]+\d{1,2}:.*)?"
)
_ROC_YEAR_0 = 1911


def text(cell: Cell) -> str:
    """As Excel shows it: 301.0 is `301`, a date is ISO; `=1+1` typed as text stays that."""
    if isinstance(cell, str):
        return _CONTROLS.sub("", cell).strip()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time.min:
        return cell.date().isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


def area(cell: Cell) -> Decimal | None:
    """Square metres to 3 places, None for an empty cell. Raises AreaNotPositive."""
    written = text(cell)
    if not written:
        return None
    number = _AREA_UNIT.sub("", unicodedata.normalize("NFKC", written).replace(",", "").replace(" ", ""))
    try:
        metres = Decimal(number)
    except InvalidOperation:
        raise AreaNotPositive(area=written[:40]) from None
    if not metres.is_finite() or not 0 < metres < _MOST_AREA:
        raise AreaNotPositive(area=written[:40])
    rounded = metres.quantize(Decimal("0.001"), ROUND_HALF_UP)
    if not rounded:
        raise AreaNotPositive(area=written[:40])
    return rounded


def day(cell: Cell) -> date | None:
    """The date of a cell: a real date, its serial number, or text; None where it is none."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, bool | time | timedelta):
        return None
    return _typed_day(simplified(unicodedata.normalize("NFKC", text(cell))).lower())


def _typed_day(written: str) -> date | None:
    if re.fullmatch(r"\d{5}(\.\d+)?", written):
        serial = int(float(written))
        return _EXCEL_DAY_0 + timedelta(days=serial) if serial in _SERIALS else None
    whole = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", written)
    if whole:
        return _date(int(whole[1]), int(whole[2]), int(whole[3]))
    found = _DATE.fullmatch(written)
    if found is None:
        return None
    year = int(found[2]) + (_ROC_YEAR_0 if found["roc"] else 0)
    return _date(year, int(found[3]), int(found[4]))


def _date(year: int, month: int, day_of_month: int) -> date | None:
    if year not in range(1900, 2200):
        return None
    try:
        return date(year, month, day_of_month)
    except ValueError:
        return None
