"""Write core/sla/data/calendar-<year>.toml: `python -m tools.build_calendars 2026 2027`.

Published years come from `chinesecalendar` and are refused where `holidays` disagrees on a single date. A
year that chinesecalendar does not know yet is written as provisional: the statutory days off of
`holidays`, and no make-up days.
"""

import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar  # type: ignore[import-untyped]
import holidays as public_holidays

FOLDER = Path(__file__).parent.parent / "core" / "sla" / "data"
SATURDAY = 6
NAMES = {
    "New Year": "元旦",
    "Spring Festival": "春节",
    "Chinese New Year": "春节",
    "Tomb": "清明节",
    "Labo": "劳动节",
    "Dragon Boat": "端午节",
    "Mid-Autumn": "中秋节",
    "Mid-autumn": "中秋节",
    "National": "国庆节",
}

Days = dict[date, str]


def build(year: int) -> str:
    """The file's text. Raises ValueError where the two sources disagree about a published year."""
    try:
        off, worked = from_notice(year)
    except NotImplementedError:
        return render(year, from_statute(year), {}, published=False)
    if (set(off), set(worked)) != cross_check(year):
        raise ValueError(f"the sources disagree about {year}")
    return render(year, off, worked, published=True)


def from_notice(year: int) -> tuple[Days, Days]:
    """Weekdays off and weekend days worked, named. Raises NotImplementedError without a notice."""
    off, worked = {}, {}
    for day in _days(year):
        is_off, name = chinese_calendar.get_holiday_detail(day)
        if is_off and not _weekend(day):
            off[day] = _chinese(str(name))
        elif not is_off and _weekend(day):
            worked[day] = _chinese(str(name))
    return off, worked


def cross_check(year: int) -> tuple[set[date], set[date]]:
    """The same two sets as the other source has them."""
    china = public_holidays.country_holidays("CN", years=year)
    off = {day for day in china if day.year == year and not _weekend(day)}
    return off, {day for day in china.weekend_workdays if day.year == year}


def from_statute(year: int) -> Days:
    """Weekdays off by statute, holidays that fall on a weekend made good on the next weekdays."""
    china = public_holidays.country_holidays("CN", years=year, language="en_US")
    return {day: _chinese(name) for day, name in sorted(china.items()) if not _weekend(day)}


def render(year: int, off: Days, worked: Days, *, published: bool) -> str:
    lines = [f"year = {year}", f"published = {str(published).lower()}"]
    for title, days in (("holidays", off), ("make_up", worked)):
        lines += ["", f"[{title}]", *(f'{day} = "{name}"' for day, name in days.items())]
    return "\n".join(lines) + "\n"


def main() -> None:
    for year in map(int, sys.argv[1:]):
        (FOLDER / f"calendar-{year}.toml").write_text(build(year), "utf-8")


def _days(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)


def _weekend(day: date) -> bool:
    return day.isoweekday() >= SATURDAY


def _chinese(name: str) -> str:
    """The longest match decides: "Chinese New Year" also holds "New Year"."""
    return NAMES[max((found for found in NAMES if found in name), key=len)]


if __name__ == "__main__":
    main()
