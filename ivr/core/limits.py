"""The limits of money, dates and times, and whether a value keeps them.

A slot's `least` and `most` are texts: `12.50`, `08:00`, `2026-11-23`, `today`, `today + 6 months`.
Days that are counted from today need today's date, which is data of the call. The text `today` is
never a clock.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

from ivr.core.events import SlotValue
from ivr.core.flow.model import Slot

_DAY: Final = re.compile(
    r"(?:(today|tomorrow|yesterday)\s*(?:([+-])\s*([0-9]{1,5})\s*(day|week|month|year)s?)?"
    r"|([0-9]{4}-[0-9]{2}-[0-9]{2}))"
)
_TIME: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_MONEY: Final = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,2})?")
_NAMED: Final = {"yesterday": -1, "today": 0, "tomorrow": 1}
_LAST_YEAR: Final = 9999

LIMITED: Final = frozenset(["money", "date", "time", "date_time"])
"""Types whose limits are texts."""


def allowed(slot: Slot, value: SlotValue, today: str) -> bool:
    """Whether a value keeps the limits of a money, date, time or date_time slot.

    today  ISO date; without one, limits that are counted from today do not hold anything back
    """
    kind = slot.type
    size = measure(kind, value)
    if size is None:
        return False
    low, high = bound(kind, slot.least, today), bound(kind, slot.most, today)
    if kind == "date_time":
        size_of_day, _, _ = size.partition("T")
        return (low is None or size_of_day >= low) and (high is None or size_of_day <= high)
    return (low is None or size >= low) and (high is None or size <= high)


def measure(kind: str, value: SlotValue) -> str | None:
    """A value in a form that compares as text within its kind; None when it is not of the kind."""
    if not isinstance(value, str):
        return None
    match kind:
        case "money":
            return _amount(value)
        case "date":
            return value if is_date(value) else None
        case "time":
            return value if _clock(value) == value else None
        case "date_time":
            day, _, hour = value.partition("T")
            return value if is_date(day) and _clock(hour) == hour else None
        case _:
            return value


def bound(kind: str, text: str, today: str) -> str | None:
    """A limit in the same form; None for no limit, and for one that needs `today` where there is none.

    The limits of a `date_time` are days.
    """
    if not text:
        return None
    match kind:
        case "money":
            return _amount(text)
        case "time":
            return _clock(text)
        case _:
            return _day(text, today)


def well_written(kind: str, text: str) -> bool:
    """Whether a limit can be read."""
    return bound(kind, text, "2000-01-01") is not None


def parse_day(text: str) -> date | None:
    """An ISO date, or None."""
    return date.fromisoformat(text) if is_date(text) else None


def months_later(day: date, months: int) -> date | None:
    """The same day so many months later, or the last one of that month; None past the calendar."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= _LAST_YEAR:
        return None
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def later(day: date, count: int, unit: str) -> date | None:
    """`day` and so many days, weeks, months or years; None past the calendar."""
    match unit:
        case "month":
            return months_later(day, count)
        case "year":
            return months_later(day, 12 * count)
        case _:
            try:
                return day + timedelta(days=count * (7 if unit == "week" else 1))
            except OverflowError:
                return None


def _amount(text: str) -> str | None:
    """Zero-padded, so that amounts compare as text."""
    if not _MONEY.fullmatch(text):
        return None
    try:
        return f"{Decimal(text):020.2f}"
    except InvalidOperation:
        return None


def _clock(text: str) -> str | None:
    found = _TIME.fullmatch(text)
    if not found or int(found[1]) > 23 or int(found[2]) > 59:  # noqa: PLR2004 - a clock's hours and minutes
        return None
    return time(int(found[1]), int(found[2])).isoformat("minutes")


def is_date(text: str) -> bool:
    """Whether `text` is a day as 2030-01-31."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _day(text: str, today: str) -> str | None:
    found = _DAY.fullmatch(text.strip())
    if not found:
        return None
    if found[5]:
        return found[5] if is_date(found[5]) else None
    start = parse_day(today)
    if start is None:
        return None
    day = later(start, _NAMED[found[1]], "day")
    if day is not None and found[2]:
        day = later(day, int(found[2] + found[3]), found[4])
    return day.isoformat() if day else None
