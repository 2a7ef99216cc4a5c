"""How days are named: patterns over a line of folded and coded words, and the day that each one means.

For the codes in the patterns (`D0` a Monday, `M12` December) see `calendar_words`.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from ivr.core import limits
from ivr.core.limits import later
from ivr.core.locales import date_order

_GUESSED: Final = 0.75
"""For a day that people mean in two ways."""
DISAGREES: Final = 0.5
"""For "Tuesday the 5th" when the 5th is no Tuesday."""


@dataclass(frozen=True, slots=True)
class Today:
    """What a day is reckoned from. past: the slot takes days up to today only."""

    day: date
    region: str
    past: bool


Reader = Callable[[re.Match[str], Today], tuple[date | None, float]]


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _with_year(match: re.Match[str], now: Today) -> int | None:
    """The year of a match, or None: it has none."""
    if short := match["short"]:
        return _full_year(int(short), now)
    if match["century"]:
        return int(match["century"]) * 100 + int(match["rest"])
    return int(match["year"]) if match["year"] else None


def _full_year(short: int, now: Today) -> int:
    """1984 for 84, 2027 for 27: the latest year that is not too far ahead."""
    ahead = 0 if now.past else 20
    year = now.day.year // 100 * 100 + short
    return year if year <= now.day.year + ahead else year - 100


def _this_or_next(month: int, day: int, now: Today) -> date | None:
    """The day of a month, in the year where it comes next (or came last)."""
    step = -1 if now.past else 1
    for year in range(
        now.day.year, now.day.year + 9 * step, step
    ):  # a 29th of February is 8 years off at most
        made = _made(year, month, day)
        if made is not None and (made <= now.day if now.past else made >= now.day):
            return made
    return None


def month_day(match: re.Match[str], now: Today) -> tuple[date | None, float]:
    """March 5th, with or without a year."""
    year = _with_year(match, now)
    month, day = int(match["month"]), int(match["day"])
    return (_this_or_next(month, day, now) if year is None else _made(year, month, day)), 1.0


def _feast(match: re.Match[str], now: Today) -> tuple[date | None, float]:
    month, day = int(match["feast"][:2]), int(match["feast"][2:])
    year = _with_year(match, now)
    return (_this_or_next(month, day, now) if year is None else _made(year, month, day)), 0.9


def _figures(match: re.Match[str], now: Today) -> tuple[date | None, float]:
    """3/4/2027, in the order of the country."""
    first, second, year = int(match["a"]), int(match["b"]), match["y"]
    order = date_order(now.region)
    month, day = (second, first) if order == "dmy" else (first, second)
    if not 1 <= month <= 12:  # noqa: PLR2004 - it can only be meant the other way
        month, day = day, month
    if not year:
        made = _this_or_next(month, day, now) if 1 <= month <= 12 else None  # noqa: PLR2004
    else:
        figures = int(year.replace(" ", ""))
        full = figures if len(year) > 2 else _full_year(figures, now)  # noqa: PLR2004 - a year's figures
        made = _made(full, month, day)
    return made, 0.9


def _iso(match: re.Match[str], now: Today) -> tuple[date | None, float]:
    del now
    return _made(int(match["year"]), int(match["month"]), int(match["day"])), 1.0


def _day_of_month(match: re.Match[str], now: Today) -> tuple[date | None, float]:
    """The 3rd: of this month or of the next that has one."""
    wanted = int(match["day"])
    for months in range(13):
        start = limits.months_later(now.day.replace(day=1), -months if now.past else months)
        made = _made(start.year, start.month, wanted) if start else None
        if made is not None and (made <= now.day if now.past else made >= now.day):
            return made, 0.95 if "th" in match.group() else _GUESSED
    return None, 0.0


def _weekday_the(match: re.Match[str], now: Today) -> tuple[date | None, float]:
    """Monday the 16th: the next 16th that is a Monday, within half a year; else the next 16th."""
    nearest, _ = _day_of_month(match, now)
    for months in range(7):
        start = limits.months_later(now.day.replace(day=1), -months if now.past else months)
        made = _made(start.year, start.month, int(match["day"])) if start else None
        fits = made is not None and (made <= now.day if now.past else made >= now.day)
        if made is not None and fits and made.weekday() == int(match["weekday"]):
            return made, 1.0 if made == nearest else _GUESSED
    return nearest, DISAGREES


def _in_month(match: re.Match[str], now: Today) -> tuple[date | None, float]:
    """The 5th of this or next month."""
    start = _month_meant(match["which"], now)
    return (_made(start.year, start.month, int(match["day"])) if start else None), 1.0


def _end_of(match: re.Match[str], now: Today) -> tuple[date | None, float]:
    start = _month_meant(match["which"], now)
    if start is None:
        return None, 0.0
    last = calendar.monthrange(start.year, start.month)[1]
    return start.replace(day=1 if match["edge"] in {"start", "beginning"} else last), 0.85


def _month_meant(which: str, now: Today) -> date | None:
    """The first day of "the month", "next month" or a named one."""
    first = now.day.replace(day=1)
    if which.startswith("M"):
        named = first.replace(month=int(which[1:]))
        earlier = named < first
        return limits.months_later(named, 12) if earlier and not now.past else named
    return limits.months_later(first, {"next": 1, "last": -1}.get(which.split(maxsplit=1)[0], 0))


def _nth_weekday(match: re.Match[str], now: Today) -> tuple[date | None, float]:
    """The last Friday in April."""
    start = _month_meant(match["which"], now)
    if start is None:
        return None, 0.0
    weeks = calendar.Calendar().itermonthdates(start.year, start.month)
    days = [d for d in weeks if d.month == start.month and d.weekday() == int(match["weekday"])]
    if match["nth"] == "last":
        return days[-1], 1.0
    number = int(match["nth"][:-2])
    return (days[number - 1], 1.0) if 1 <= number <= len(days) else (None, 0.0)


def _fixed(days: int) -> Reader:
    return lambda _, now: (later(now.day, days, "day"), 1.0)


def _count(match: re.Match[str]) -> int:
    said = match["count"]
    return {"a": 1, "an": 1, "couple of": 2, "a couple of": 2}.get(said) or int(said or 1)


def _in_time(match: re.Match[str], now: Today) -> tuple[date | None, float]:
    """In two weeks, two weeks from now, a week ago; a fortnight is two weeks."""
    unit, count = match["unit"], _count(match)
    if unit == "fortnight":
        unit, count = "week", 2 * count
    sign = -1 if match.re is _AGO else 1
    return later(now.day, sign * count, unit), 1.0 if unit in {"day", "week"} else 0.85


def _from_day(match: re.Match[str], now: Today) -> tuple[date | None, float]:
    """A week on Friday, two weeks from tomorrow, a fortnight today, Tuesday week."""
    groups = match.groupdict()
    unit, count = groups.get("unit") or "week", _count(match) if groups.get("count") else 1
    if unit == "fortnight":
        unit, count = "week", 2 * count
    start = _anchor(match["from"], now)
    return (later(start, count, unit) if start else None), 0.95


def _anchor(said: str, now: Today) -> date | None:
    if said.startswith("D"):
        return _coming(int(said[1:]), now.day)
    return later(now.day, {"tomorrow": 1, "yesterday": -1}.get(said, 0), "day")


def _coming(weekday: int, day: date) -> date:
    """The next such day after `day`."""
    return day + timedelta(days=(weekday - day.weekday() - 1) % 7 + 1)


def _weekday(match: re.Match[str], now: Today) -> tuple[date | None, float]:
    weekday = int(match["weekday"])
    if now.past:
        return _coming(weekday, now.day) - timedelta(days=7), 0.9
    return _coming(weekday, now.day), 0.95 if weekday != now.day.weekday() else _GUESSED


def _this_weekday(match: re.Match[str], now: Today) -> tuple[date | None, float]:
    weekday = int(match["weekday"])
    if match["which"] == "last":
        return _coming(weekday, now.day) - timedelta(days=7 if weekday != now.day.weekday() else 14), 0.9
    today = weekday == now.day.weekday()
    return (now.day if today else _coming(weekday, now.day)), 0.95


def _next_week(match: re.Match[str], now: Today) -> tuple[date | None, float]:
    """Next Friday, Friday next week: that of the week that begins next Monday."""
    monday = now.day + timedelta(days=7 - now.day.weekday())
    named = match.groupdict()
    weekday = int(named.get("weekday") or named.get("weekday2") or 0)
    day = monday + timedelta(days=weekday)
    plain = "week" in match.group() or (day - now.day).days < 7  # noqa: PLR2004 - days of a week
    return day, 0.95 if plain else _GUESSED


_YEAR: Final = (
    r"(?:(?: of| in| year| the year)* "
    r"(?:(?P<year>(?:19|20)\d\d)|(?P<century>19|20) (?P<rest>\d\d)|(?P<short>\d\d))(?!\S))?"
)
_COUNT: Final = r"(?P<count>\d{1,3}|an?|a couple of|couple of)"
_UNIT: Final = r"(?P<unit>day|week|month|year|fortnight)s?"
_OF_MONTH: Final = r"(?:of|in) (?:the )?(?P<which>next month|last month|this month|month|M\d+)"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{text})(?!\S)")


WEEKDAY: Final = _pattern(r"D(?P<weekday>\d)")
_AGO: Final = _pattern(rf"{_COUNT} {_UNIT} ago")
PATTERNS: Final[tuple[tuple[re.Pattern[str], Reader], ...]] = (
    (_pattern(r"(?P<year>(?:19|20)\d\d)[ /.-](?P<month>\d{1,2})[ /.-](?P<day>\d{1,2})"), _iso),
    (_pattern(r"(?P<a>\d{1,2})[/.](?P<b>\d{1,2})(?:[/.](?P<y>\d{4}|\d{2}))?"), _figures),
    (_pattern(r"(?P<a>\d{1,2}) (?P<b>\d{1,2}) (?P<y>(?:19|20)\d\d|(?:19|20) \d\d|\d\d)"), _figures),
    (_pattern(rf"(?:the )?(?P<day>\d{{1,2}})(?:th)? (?:day )?(?:of )?M(?P<month>\d+){_YEAR}"), month_day),
    (
        _pattern(
            r"(?P<year>(?:19|20)\d\d) (?:on )?(?:the )?(?P<day>\d{1,2})(?:th)? (?:of )?M(?P<month>\d+)"
            r"(?P<century>)(?P<rest>)(?P<short>)"
        ),
        month_day,
    ),
    (_pattern(rf"M(?P<month>\d+) (?:the )?(?P<day>\d{{1,2}})(?:th)?{_YEAR}"), month_day),
    (_pattern(rf"F(?P<feast>\d{{4}}){_YEAR}"), _feast),
    (_pattern(rf"(?:the )?(?P<nth>\dth|last) D(?P<weekday>\d) {_OF_MONTH}"), _nth_weekday),
    (_pattern(rf"(?:the )?(?P<day>\d{{1,2}})(?:th)? {_OF_MONTH}"), _in_month),
    (_pattern(rf"(?:the )?(?:very )?(?P<edge>end|last day|start|beginning) {_OF_MONTH}"), _end_of),
    (
        _pattern(r"D(?P<weekday>\d) (?:the )?(?P<day>\d{1,2})th(?! (?:of |in )?(?:the |M\d|\w+ month))"),
        _weekday_the,
    ),
    (_pattern(r"(?:the )?(?P<day>\d{1,2})th"), _day_of_month),
    (_pattern(r"the (?P<day>\d{1,2})"), _day_of_month),
    (_pattern(r"(?:the )?day after tomorrow|overmorrow"), _fixed(2)),
    (_pattern(r"tomorrow|tomorow|tmrw"), _fixed(1)),
    (_pattern(r"today|tonight|this (?:morning|afternoon|evening)|now|right now|straight away"), _fixed(0)),
    (_pattern(r"yesterday"), _fixed(-1)),
    (_pattern(r"(?:the )?day before yesterday"), _fixed(-2)),
    (_pattern(rf"(?:in|within) {_COUNT} {_UNIT}(?: time| from now| from today)?"), _in_time),
    (_pattern(rf"{_COUNT} {_UNIT} (?:from now|from today|hence|time)"), _in_time),
    (_AGO, _in_time),
    (_pattern(rf"{_COUNT} {_UNIT} (?:from |on |after |past |this )*(?P<from>D\d|tomorrow|today)"), _from_day),
    (_pattern(r"(?:a )?week (?:from |on |this )*(?P<from>D\d|tomorrow|today)"), _from_day),
    (_pattern(r"(?:a )?(?P<unit>fortnight) (?:from |on )?(?P<from>D\d|tomorrow|today)"), _from_day),
    (_pattern(r"(?P<from>D\d|tomorrow|today) (?:week|after next)"), _from_day),
    (_pattern(r"(?:the )?(?P<which>this|this coming|coming|last|past) D(?P<weekday>\d)"), _this_weekday),
    (_pattern(r"D(?P<which>)(?P<weekday>\d) this week"), _this_weekday),
    (_pattern(r"(?:the )?next D(?P<weekday>\d)"), _next_week),
    (_pattern(r"D(?P<weekday>\d) (?:of )?next week"), _next_week),
    (_pattern(r"next week(?: on)? D(?P<weekday>\d)"), _next_week),
    (WEEKDAY, _weekday),
)
