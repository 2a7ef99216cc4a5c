"""Days as people say them: "the 3rd", "Tuesday week", "March 5th 2027", "the day after tomorrow".

A day without a year is the next one; where the slot takes days of the past only, it is the last one.
"Next Friday" is the Friday of next week, "Friday" the one that comes; on a Friday "Friday" is a week
away, and both are less sure than a day of the month.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from ivr.core import limits
from ivr.core.flow.model import Slot
from ivr.core.limits import later
from ivr.core.locales import date_order
from ivr.understanding.calendar_words import coded, uncoded
from ivr.understanding.folding import fold
from ivr.understanding.found import CORRECTIONS, Found, certainty
from ivr.understanding.text import Words, words

_GUESSED: Final = 0.75
"""For a day that people mean in two ways."""
_DISAGREES: Final = 0.5
"""For "Tuesday the 5th" when the 5th is no Tuesday."""
_CORRECTED: Final = 0.75
_NOT: Final = "not "


@dataclass(frozen=True, slots=True)
class Today:
    """What a day is reckoned from. past: the slot takes days up to today only."""

    day: date
    region: str
    past: bool


@dataclass(frozen=True, slots=True)
class Named:
    """A day named in an utterance, and the characters that name it. weekday: only by that."""

    day: date
    start: int
    end: int
    confidence: float = 1.0
    weekday: int = -1


Reader = Callable[[re.Match[str], Today], tuple[date | None, float]]


def spoken_date(text: str, slot: Slot, today: str) -> Found | None:
    """The day that `text` names. today: ISO date, without which no day can be told."""
    now = reckoning(slot, today)
    if now is None:
        return None
    line = " ".join(coded(fold(words(text))))
    named = day_in(line, now)
    if named is None:
        return None
    rest = left_over(line, named.start, named.end)
    confidence = certainty(named.confidence, rest)
    if confidence is None:
        return None
    value = named.day.isoformat()
    return Found(value, confidence, rest, "" if limits.allowed(slot, value, today) else "out_of_range")


def reckoning(slot: Slot, today: str) -> Today | None:
    """From where a slot's days are reckoned; None without today's date."""
    day = limits.parse_day(today)
    if day is None:
        return None
    latest = limits.bound("date", slot.most, today)
    return Today(day, slot.region, past=latest is not None and latest <= today)


def left_over(line: str, start: int, end: int) -> Words:
    """The words of a line before `start` and after `end`."""
    return uncoded((*line[:start].split(), *line[end:].split()))


def day_in(line: str, now: Today) -> Named | None:
    """The one day named in a line of folded and coded words; None for none and for two."""
    found = _together(list(_days(line, now)))
    kept = [named for named in found if not _negated(line, named)]
    taken_back = len(kept) < len(found)
    while len(kept) > 1:
        between = line[kept[-2].end : kept[-1].start].split()
        if kept[-1].day == kept[-2].day:
            kept.pop()
            continue
        if CORRECTIONS.isdisjoint(between):
            return None
        kept, taken_back = kept[-1:], True
    if not kept:
        return None
    last = kept[0]
    if not taken_back:
        return last
    start = min(named.start for named in found)
    start -= len(_NOT) if line[:start].endswith(_NOT) else 0
    return Named(last.day, start, last.end, min(last.confidence, _CORRECTED))


def _negated(line: str, named: Named) -> bool:
    return line[: named.start].endswith(_NOT)


def _days(line: str, now: Today) -> Iterator[Named]:
    """Every day named, in order, each by the longest way of naming that fits there."""
    place = 0
    while place < len(line):
        longest: Named | None = None
        ends = place
        for pattern, read in _PATTERNS:
            match = pattern.match(line, place)
            if match is None or (longest is not None and match.end() <= longest.end):
                continue
            day, confidence = read(match, now)
            if day is None and read is _month_day:
                ends = max(ends, match.end())  # the 30th of February is no 30th
            if day is not None:
                weekday = int(match["weekday"]) if pattern is _WEEKDAY else -1
                longest = Named(day, place, match.end(), confidence, weekday)
        if longest and longest.end >= ends:
            yield longest
        gap = line.find(" ", max(ends, longest.end if longest else place))
        place = len(line) if gap < 0 else gap + 1


def _together(found: list[Named]) -> list[Named]:
    """With a bare weekday beside a full date taken for a check of it ("Thursday, March 19th")."""
    out: list[Named] = []
    for named in found:
        before = out[-1] if out else None
        pair = (before, named) if before is not None else None
        if pair and (pair[0].weekday >= 0) != (pair[1].weekday >= 0) and pair[1].start - pair[0].end <= 1:
            day, checked = pair if pair[1].weekday >= 0 else (pair[1], pair[0])
            agrees = day.day.weekday() == checked.weekday
            confidence = day.confidence if agrees else _DISAGREES
            out[-1] = Named(day.day, pair[0].start, pair[1].end, confidence)
        else:
            out.append(named)
    return out


# Ways of naming a day


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


def _month_day(match: re.Match[str], now: Today) -> tuple[date | None, float]:
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
    return nearest, _DISAGREES


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


_WEEKDAY: Final = _pattern(r"D(?P<weekday>\d)")
_AGO: Final = _pattern(rf"{_COUNT} {_UNIT} ago")
_PATTERNS: Final[tuple[tuple[re.Pattern[str], Reader], ...]] = (
    (_pattern(r"(?P<year>(?:19|20)\d\d)[ /.-](?P<month>\d{1,2})[ /.-](?P<day>\d{1,2})"), _iso),
    (_pattern(r"(?P<a>\d{1,2})[/.](?P<b>\d{1,2})(?:[/.](?P<y>\d{4}|\d{2}))?"), _figures),
    (_pattern(r"(?P<a>\d{1,2}) (?P<b>\d{1,2}) (?P<y>(?:19|20)\d\d|(?:19|20) \d\d|\d\d)"), _figures),
    (_pattern(rf"(?:the )?(?P<day>\d{{1,2}})(?:th)? (?:day )?(?:of )?M(?P<month>\d+){_YEAR}"), _month_day),
    (
        _pattern(
            r"(?P<year>(?:19|20)\d\d) (?:on )?(?:the )?(?P<day>\d{1,2})(?:th)? (?:of )?M(?P<month>\d+)"
            r"(?P<century>)(?P<rest>)(?P<short>)"
        ),
        _month_day,
    ),
    (_pattern(rf"M(?P<month>\d+) (?:the )?(?P<day>\d{{1,2}})(?:th)?{_YEAR}"), _month_day),
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
    (_WEEKDAY, _weekday),
)
