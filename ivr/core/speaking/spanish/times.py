"""Dates and times of day in Spanish."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from ivr.core.locales import date_order
from ivr.core.speaking.numbers import day_of
from ivr.core.speaking.rules import Rule
from ivr.core.speaking.spanish.numerals import cardinal

MONTHS: Final = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre"),
    *("noviembre", "diciembre"),
)
WEEKDAYS: Final = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")

_MONTH: Final = {month[:3]: month for month in MONTHS} | {"set": "septiembre"}
_WEEKDAY: Final = {day[:3]: day for day in WEEKDAYS} | {"mie": "miércoles", "sab": "sábado"}
_MONTH_WORD: Final = rf"(?P<month>{'|'.join(MONTHS)}|setiembre|(?:{'|'.join(_MONTH)})(?:t?\.|(?!\w)))"
_DAY_WORD: Final = r"(?:lun(?:es)?|mar(?:tes)?|mi[ée](?:rcoles)?|jue(?:ves)?|vie(?:rnes)?|s[áa]b(?:ados?)?|dom(?:ingos?)?)(?!\w)\.?"  # noqa: E501 -- one word of seven
_DAY: Final = r"(?P<day>0?[1-9]|[12][0-9]|3[01])"
_TO: Final = r"\s*(?:[-\u2013\u2014]|a|al|y)\s*"
_DASH: Final = r"\s*[-\u2013\u2014]\s*"
_HALF: Final = r"\s?(?P<half>[AaPp])\.?\s?[Mm](?:\.|\b)"
_HOUR: Final = r"(?P<hour>[01]?[0-9]|2[0-4])"
_MINUTE: Final = r"(?P<minute>[0-5][0-9])(?::[0-5][0-9])?"
_HOURS: Final = r"(?:\s?(?:h|hs|hrs?|horas)\b\.?)"
_END: Final = r"(?![0-9A-Za-z]|[:.,/-][0-9])"
_CAPITAL: Final = re.compile(r"(?:^|[.!?¡¿]\s*)$")
_FULL_DAY: Final = re.compile(r"\s*(?:-|\u2013|\u2014|a(?: las?)?|y(?: las?)?)\s*(?:1[3-9]|2[0-4]):")
_LAST_HALF: Final = 30


def say_date(day: date, region: str, *, with_year: bool = True) -> str:
    """`veintitrés de noviembre de dos mil veintiséis`; the first of a month is `primero` outside of Spain."""
    words = f"{_day_of_month(day.day, region)} de {MONTHS[day.month - 1]}"
    return f"{words} de {cardinal(day.year)}" if with_year else words


def _day_of_month(day: int, region: str) -> str:
    return "primero" if day == 1 and region != "ES" else cardinal(day)


def say_time(hour: int, minute: int, region: str, *, half: str = "", open_ended: bool = False) -> str:
    """`dos y media de la tarde`.

    half        `a` or `p`
    open_ended  the hour may be before noon or after it: then neither is said
    """
    if half == "p" and hour < 12:  # noqa: PLR2004 -- noon
        hour += 12
    elif half == "a" and hour == 12:  # noqa: PLR2004 -- midnight
        hour = 0
    part = "" if open_ended else f" {_part_of_day(hour % 24, region)}"
    if minute > _LAST_HALF and region == "ES":
        return f"{_clock_hour(hour + 1)} menos {_minutes(60 - minute)}{part}"
    if not minute:
        return f"{_clock_hour(hour)}{part or ' en punto'}"
    link = " " if minute > _LAST_HALF else " y "
    return f"{_clock_hour(hour)}{link}{_minutes(minute)}{part}"


def _clock_hour(hour: int) -> str:
    return cardinal((hour + 11) % 12 + 1, "f")


def _minutes(minute: int) -> str:
    return {15: "cuarto", 30: "media"}.get(minute) or cardinal(minute)


def _part_of_day(hour: int, region: str) -> str:
    evening = 21 if region == "ES" else 19
    for before, words in (
        (1, "de la noche"),
        (6, "de la madrugada"),
        (12, "de la mañana"),
        (13, "del mediodía"),
        (evening, "de la tarde"),
    ):
        if hour < before:
            return words
    return "de la noche"


def _iso(found: re.Match[str], region: str) -> str | None:
    day = day_of(found["y"], found["m"], found["d"])
    if day is None or found["hour"] is None:
        return None if day is None else say_date(day, region)
    hour, minute = int(found["hour"]), int(found["minute"])
    return f"{say_date(day, region)} a {_article(hour, minute, region)} {say_time(hour, minute, region)}"


def _article(hour: int, minute: int, region: str) -> str:
    """`la` una, `las` dos."""
    said = hour + 1 if minute > _LAST_HALF and region == "ES" else hour
    return "la" if said % 12 == 1 else "las"


def _slashed(found: re.Match[str], region: str) -> str | None:
    day, month = _in_order(found["a"], found["b"], region)
    year = found["y"]
    in_full = year if len(year) == 4 else f"{'19' if int(year) > 40 else '20'}{year}"  # noqa: PLR2004 -- as in English
    known = day_of(in_full, month, day)
    return None if known is None else say_date(known, region)


def _day_and_month(found: re.Match[str], region: str) -> str | None:
    day, month = _in_order(found["a"], found["b"], region)
    known = day_of("2024", month, day)
    return None if known is None else say_date(known, region, with_year=False)


def _in_order(first: str, second: str, region: str) -> tuple[str, str]:
    """Day and month; the other way round where that is the only one that can be."""
    day, month = (second, first) if date_order(region) == "mdy" else (first, second)
    return (month, day) if int(month) > 12 else (day, month)  # noqa: PLR2004 -- months


def _written(found: re.Match[str], region: str) -> str | None:
    """`23 de noviembre de 2026`, `23 nov.`: only the figures and the short month are read."""
    month = _month(found["month"])
    words = f"{_day_of_month(int(found['day']), region)} de {month}"
    return f"{words} de {cardinal(int(found['year']))}" if found["year"] else words


def _month(word: str) -> str:
    return _MONTH[word[:3].lower()]


def _weekdays(found: re.Match[str], _region: str) -> str | None:
    first, last = (_weekday_of(day) for day in re.findall(_DAY_WORD, found[0], re.IGNORECASE))
    words = f"{first} a {last}"
    return words.capitalize() if _CAPITAL.search(found.string[: found.start()]) else words


def _weekday(found: re.Match[str], _region: str) -> str | None:
    return _weekday_of(found[0])


def _weekday_of(word: str) -> str:
    return _WEEKDAY[word[:3].lower()]


def _time(found: re.Match[str], region: str) -> str | None:
    hour, half = int(found["hour"]), found["half"].lower()
    return say_time(hour, int(found["minute"] or 0), region, half=half if 1 <= hour <= 12 else "")  # noqa: PLR2004 -- a clock of twelve hours


def _clock(found: re.Match[str], region: str) -> str | None:
    """A clock of 24 hours; where one of twelve is usual, `9:00` alone may be either."""
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    surely = region == "ES" or not 1 <= hour <= 11 or found["hour"].startswith("0") or found["h"]  # noqa: PLR2004 -- a clock of twelve hours
    surely = surely or _FULL_DAY.match(found.string, found.end())
    return say_time(hour, minute, region, open_ended=not surely)


_I: Final = re.IGNORECASE
RULES: Final = (
    Rule(
        re.compile(
            r"(?P<y>[12][0-9]{3})-(?P<m>[01][0-9])-(?P<d>[0-3][0-9])"
            r"(?:[T ](?P<hour>[01][0-9]|2[0-3]):(?P<minute>[0-5][0-9])(?::[0-5][0-9](?:\.[0-9]{1,9})?)?"
            rf"(?:Z|[+-][0-9]{{2}}:?[0-9]{{2}})?)?{_END}"
        ),
        _iso,
    ),
    Rule(
        re.compile(
            r"(?P<a>[0-3]?[0-9])(?P<sep>[/.-])(?P<b>[0-3]?[0-9])(?P=sep)(?P<y>[12][0-9]{3}|[0-9]{2})" + _END
        ),
        _slashed,
    ),
    Rule(re.compile(rf"{_DAY_WORD}{_DASH}{_DAY_WORD}", _I), _weekdays),
    Rule(re.compile(r"(?:lun|mi[ée]|jue|vie|s[áa]b|dom)\.(?=\s+\S)", _I), _weekday),
    Rule(
        re.compile(
            rf"{_DAY}(?:\s+de\s+|\s+|-){_MONTH_WORD}(?:(?:\s+del?\s+|,?\s+|-)(?P<year>[12][0-9]{{3}}){_END})?",
            _I,
        ),
        _written,
    ),
    Rule(re.compile(rf"{_HOUR}(?:[:.]{_MINUTE})?{_HALF}"), _time),
    Rule(re.compile(rf"{_HOUR}[:.]{_MINUTE}(?P<h>{_HOURS})(?!\w)", _I), _clock),
    Rule(re.compile(rf"{_HOUR}:{_MINUTE}(?P<h>)(?![0-9A-Za-z]|[:./][0-9])"), _clock),
)
DAY_AND_MONTH: Final = Rule(re.compile(rf"(?P<a>[0-3]?[0-9])/(?P<b>[0-3]?[0-9]){_END}"), _day_and_month)
"""Behind the fractions."""

SPECIAL: Final = frozenset(
    f"{name}."
    for short in ("lun", "mié", "mie", "jue", "vie", "sáb", "sab", "dom")
    for name in (short, short.capitalize())
)
LEADING: Final = frozenset(name for day in (*WEEKDAYS, *_WEEKDAY) for name in (day, day.capitalize()))
"""Words that rules are for before a dash."""
