"""Opening hours: when a place is open, by the day of the week, holidays and days of its own.

Times are minutes since midnight where the place is, and moments are minutes since 1970 in UTC: which
moment it is comes from outside. Time zones and holidays are tables of data, and the same for everybody.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

DAY: Final = 1440
"""Minutes of a day."""
_FURTHEST: Final = 370
"""Days in which the next opening is looked for."""

Spans = tuple[tuple[int, int], ...]
"""From and to, in minutes since midnight; beyond `DAY` is in the next day."""

_ASKED: Final = re.compile(
    r"""(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|\bopen\s*\(\s*(?P<quote>["']?)(?P<name>[A-Za-z_][\w-]*)(?P=quote)\s*\)""",
    re.DOTALL,
)
"""`open(office)` in a condition; the name may stand in quotes."""
_SAID: Final = re.compile(r"\{\s*(?P<name>[^\s{}|]+)\s*\|\s*opens\s*\}")
"""`{office | opens}` in a prompt."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a place is open.

    week      Monday first
    dates     days of its own: `2030-12-24`, or `12-24` for every year
    country   whose holidays are kept (ISO 3166), with `region`; "" for none
    holiday   when it is open on them
    """

    name: str
    timezone: str
    week: tuple[Spans, ...]
    dates: Mapping[str, Spans] = field(default_factory=dict)
    country: str = ""
    region: str = ""
    holiday: Spans = ()


def is_open(schedule: Schedule, minute: int) -> bool:
    """Whether it is open at a moment."""
    now = _there(schedule, minute)
    at = now.hour * 60 + now.minute
    today, yesterday = spans(schedule, now.date()), spans(schedule, now.date() - timedelta(days=1))
    return any(start <= at < end for start, end in today) or any(at + DAY < end for _, end in yesterday)


def opens(schedule: Schedule, minute: int) -> str:
    """When it opens next, where it is: `2030-01-31T09:00`; "" if not within a year."""
    now = _there(schedule, minute)
    at = now.hour * 60 + now.minute
    for number in range(_FURTHEST):
        day = now.date() + timedelta(days=number)
        for start, _ in sorted(spans(schedule, day)):
            if number or start > at:
                return f"{day.isoformat()}T{start // 60:02}:{start % 60:02}"
    return ""


def spans(schedule: Schedule, day: date) -> Spans:
    """When it is open on a day: a day of its own counts first, then a holiday, then the week."""
    own = schedule.dates.get(day.isoformat(), schedule.dates.get(day.isoformat()[5:]))
    if own is not None:
        return own
    if schedule.country and day in _holidays(schedule.country, schedule.region, day.year):
        return schedule.holiday
    return schedule.week[day.weekday()]


def moment(local: str, timezone: str) -> int:
    """The moment of a local time, `2030-01-31T18:30`. Raises `ValueError`."""
    return int(datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(timezone)).timestamp()) // 60


def _there(schedule: Schedule, minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, UTC).astimezone(ZoneInfo(schedule.timezone))


@lru_cache(maxsize=256)
def _holidays(country: str, region: str, year: int) -> frozenset[date]:
    import holidays  # noqa: PLC0415 -- takes a while, and few flows need it

    return frozenset(holidays.country_holidays(country, subdiv=region or None, years=year))


def is_timezone(name: str) -> bool:
    """Whether there is such a time zone."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return True


def regions(country: str) -> tuple[str, ...] | None:
    """The regions of a country that have holidays of their own; `None`: the country is not known."""
    import holidays  # noqa: PLC0415 -- as above

    known = holidays.list_supported_countries(include_aliases=True).get(country)
    return None if known is None else tuple(known)


def countries() -> tuple[str, ...]:
    """The countries whose holidays are known."""
    import holidays  # noqa: PLC0415 -- as above

    return tuple(holidays.list_supported_countries())


# In conditions and prompts


def asked(text: str) -> Iterator[tuple[str, int]]:
    """The schedules that a condition asks for, and where."""
    return ((found["name"], found.start("name")) for found in _ASKED.finditer(text) if found["name"])


def answered(text: str, tell: Callable[[str], bool]) -> str:
    """A condition in which `open(office)` is replaced by what it is, with nothing moved."""

    def word(found: re.Match[str]) -> str:
        name = found["name"]
        return ("true" if tell(name) else "false").ljust(len(found.group())) if name else found.group()

    return _ASKED.sub(word, text) if "open" in text else text


def said(text: str) -> Iterator[tuple[str, int]]:
    """The schedules whose next opening a prompt tells, and where."""
    return ((found["name"], found.start("name")) for found in _SAID.finditer(text))


def unsaid(text: str) -> str:
    """A prompt with something else in place of each `{office | opens}`, and nothing moved."""
    return _SAID.sub(lambda found: "x" * len(found.group()), text)


def told(text: str, tell: Callable[[str], str]) -> str:
    """A prompt in which `{office | opens}` is replaced by words."""
    return _SAID.sub(lambda found: tell(found["name"]), text) if "opens" in text else text
