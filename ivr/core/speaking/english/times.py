"""Dates and times of day in English."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from ivr.core.speaking.english.numerals import cardinal, ordinal, year
from ivr.core.speaking.numbers import day_of
from ivr.core.speaking.rules import Rule

MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_MONTH: Final = {month[:3].lower(): month for month in MONTHS}
_WEEKDAY: Final = {day[:3].lower(): day for day in WEEKDAYS}
_MONTH_WORD: Final = (
    r"(?P<month>Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?\.?|July?\.?"
    r"|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_DAY_WORD: Final = (
    r"(?:Mon(?:day)?|Tue(?:s|sday)?|Wed(?:s|nesday)?|Thu(?:r|rs|rsday)?|Fri(?:day)?|Sat(?:urday)?|Sun(?:day)?)"
    r"(?![\w])\.?"
)
_DAY: Final = r"(?P<day>0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)?"
_TO: Final = r"\s*(?:-|\u2013|\u2014|to|until|through)\s*"
_DASH: Final = r"\s*[-\u2013\u2014]\s*"
_YEAR: Final = r"(?:,?\s+(?P<year>[12][0-9]{3})(?!\w|[-.,:/][0-9]))?"
_HALF: Final = r"\s?(?P<half>[AaPp])(?:[Mm]\b|\.\s?[Mm](?:\.|\b))"
_HOUR: Final = r"(?P<hour>[01]?[0-9]|2[0-4])"
_MINUTE: Final = r"(?P<minute>[0-5][0-9])(?::[0-5][0-9])?"
_END: Final = r"(?![0-9A-Za-z]|[:.,/-][0-9])"
_NOON: Final = 12
_FULL_DAY: Final = re.compile(rf"{_TO}(?:1[3-9]|2[0-4]):")
"""The end of opening hours that shows a clock of 24 hours."""


def say_date(day: date, region: str, *, with_year: bool = True) -> str:
    """`November twenty-third, twenty twenty-six`; outside the US `the twenty-third of November`."""
    words = _month_and_day(MONTHS[day.month - 1], day.day, region)
    return f"{words}, {year(day.year)}" if with_year else words


def _month_and_day(month: str, day: int, region: str) -> str:
    return f"{month} {ordinal(day)}" if region in ("US", "") else f"the {ordinal(day)} of {month}"


def say_time(hour: int, minute: int, half: str = "") -> str:
    """`two thirty PM`. `half`: `a` or `p`; "" leaves it open, unless the hour tells."""
    if not minute and not half and hour in (0, _NOON, 24):
        return "noon" if hour == _NOON else "midnight"
    if not half and not 1 <= hour <= _NOON:
        half = "p" if _NOON < hour < 24 else "a"  # noqa: PLR2004 - hours of a day
    words = cardinal((hour + 11) % 12 + 1)
    if minute:
        words += f" {'oh ' if minute < 10 else ''}{cardinal(minute)}"  # noqa: PLR2004 - one digit is left
    if half:
        return f"{words} {half.upper()}M"
    return words if minute else f"{words} o'clock"


def _iso_date(found: re.Match[str], region: str) -> str | None:
    day = day_of(found["y"], found["m"], found["d"])
    if day is None or found["hour"] is None:
        return None if day is None else say_date(day, region)
    hour, minute = int(found["hour"]), int(found["minute"])
    half = "a" if 0 < hour < _NOON else "p" if hour == _NOON and minute else ""
    return f"{say_date(day, region)} at {say_time(hour, minute, half)}"


def _slashed(found: re.Match[str], region: str) -> str | None:
    month, day = (found["a"], found["b"]) if region in ("US", "") else (found["b"], found["a"])
    if int(month) > 12:  # noqa: PLR2004 - it can only be the other way round
        month, day = day, month
    written = found["y"]
    in_full = written if len(written) == 4 else _century(written)  # noqa: PLR2004 - digits of a year
    known = day_of(in_full, month, day)
    return None if known is None else say_date(known, region)


def _day_and_month(found: re.Match[str], region: str) -> str | None:
    """`11/23`; the common fractions have been read before."""
    month, day = (found["a"], found["b"]) if region in ("US", "") else (found["b"], found["a"])
    if int(month) > 12:  # noqa: PLR2004 - it can only be the other way round
        month, day = day, month
    known = day_of("2024", month, day)
    return None if known is None else say_date(known, region, with_year=False)


def _century(two: str) -> str:
    return f"{'19' if int(two) > 40 else '20'}{two}"  # noqa: PLR2004 - more likely a birth than an appointment


def _month_first(found: re.Match[str], _region: str) -> str | None:
    words = f"{_MONTH[found['month'][:3].lower()]} {ordinal(int(found['day']))}"
    if found["last"]:
        words += f" to {ordinal(int(found['last']))}"
    return f"{words}, {year(int(found['year']))}" if found["year"] else words


def _day_first(found: re.Match[str], region: str) -> str | None:
    month = _MONTH[found["month"][:3].lower()]
    words = _month_and_day(month, int(found["day"]), region)
    if found["of"] or found.string[: found.start()].casefold().endswith("the "):
        words = f"{ordinal(int(found['day']))} of {month}"
    return f"{words}, {year(int(found['year']))}" if found["year"] else words


def _month_year(found: re.Match[str], _region: str) -> str | None:
    return f"{_MONTH[found['month'][:3].lower()]} {year(int(found['year']))}"


def _weekdays(found: re.Match[str], _region: str) -> str | None:
    days = [_WEEKDAY[day[:3].lower()] for day in re.findall(_DAY_WORD, found[0])]
    return " to ".join(days)


def _weekday(found: re.Match[str], _region: str) -> str | None:
    return _WEEKDAY[found[0][:3].lower()]


def _time(found: re.Match[str], _region: str) -> str | None:
    hour, minute, half = int(found["hour"]), int(found["minute"] or 0), (found["half"] or "").lower()
    if half and not 1 <= hour <= _NOON:  # "14:30 PM" says it twice
        half = ""
    return say_time(hour, minute, half)


def _clock(found: re.Match[str], _region: str) -> str | None:
    hour, minute = int(found["hour"]), int(found["minute"])
    morning = 0 < hour < _NOON and (
        found["hour"].startswith("0") or _FULL_DAY.match(found.string, found.end())
    )
    return say_time(hour, minute, "a" if morning else "")


RULES: Final = (
    Rule(
        re.compile(
            r"(?P<y>[12][0-9]{3})-(?P<m>[01][0-9])-(?P<d>[0-3][0-9])"
            r"(?:[T ](?P<hour>[01][0-9]|2[0-3]):(?P<minute>[0-5][0-9])(?::[0-5][0-9](?:\.[0-9]{1,9})?)?"
            rf"(?:Z|[+-][0-9]{{2}}:?[0-9]{{2}})?)?{_END}"
        ),
        _iso_date,
    ),
    Rule(
        re.compile(
            r"(?P<a>[0-3]?[0-9])(?P<sep>[/.])(?P<b>[0-3]?[0-9])(?P=sep)(?P<y>[12][0-9]{3}|[0-9]{2})" + _END
        ),
        _slashed,
    ),
    Rule(re.compile(rf"{_DAY_WORD}{_DASH}{_DAY_WORD}"), _weekdays),
    Rule(re.compile(r"(?:Mon|Tues?|Weds?|Thu(?:rs?)?|Fri)(?![\w'\u2019])\.?"), _weekday),
    Rule(re.compile(rf"(?:Sat|Sun)(?:\.(?=\s+\S)|(?=,?\s+(?:[0-9]|{_MONTH_WORD}\b)))"), _weekday),
    Rule(
        re.compile(
            rf"{_MONTH_WORD}\s+{_DAY}(?:{_TO}(?P<last>3[01]|[12]?[0-9])(?:st|nd|rd|th)?)?"
            rf"(?!\w|[:/.,-][0-9]){_YEAR}"
        ),
        _month_first,
    ),
    Rule(re.compile(rf"{_DAY}\s+(?P<of>of\s+)?{_MONTH_WORD}(?!\w){_YEAR}"), _day_first),
    Rule(re.compile(rf"{_MONTH_WORD}\s+(?P<year>[12][0-9]{{3}}){_END}"), _month_year),
    Rule(re.compile(rf"{_HOUR}(?:[:.h]{_MINUTE})?{_HALF}"), _time),
    Rule(re.compile(rf"{_HOUR}:{_MINUTE}(?![0-9A-Za-z]|[:./][0-9])"), _clock),
)

LEADING: Final = frozenset((*MONTHS, *WEEKDAYS, *(name[:3] for name in MONTHS), "Sept", "Sat", "Sun"))
"""Words that look plain and are not beside digits and dashes."""

_SHORT_DAYS: Final = ("Mon", "Tue", "Tues", "Wed", "Weds", "Thu", "Thur", "Thurs", "Fri")
SPECIAL: Final = frozenset(
    (*_SHORT_DAYS, *(f"{name}." for name in (*LEADING, *_SHORT_DAYS) if name not in (*MONTHS, *WEEKDAYS)))
)
"""Words that look plain and are not."""

DAY_AND_MONTH: Final = Rule(re.compile(rf"(?P<a>[0-3]?[0-9])/(?P<b>[0-3]?[0-9]){_END}"), _day_and_month)
"""Behind the fractions."""
