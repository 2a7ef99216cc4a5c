"""Money, measures and plain numbers in English."""

from __future__ import annotations

import re
from typing import Final

from ivr.core.speaking.english.numerals import ONES, cardinal, decimal, digits, is_year, ordinal, plural, year
from ivr.core.speaking.rules import Rule

_CURRENCIES: Final = {
    "$": ("dollar/dollars", "cent/cents"),
    "£": ("pound/pounds", "penny/pence"),
    "€": ("euro/euros", "cent/cents"),
    "¥": ("yen/yen", ""),
    "₹": ("rupee/rupees", "paisa/paise"),
}
_BY_CODE: Final = {
    **dict.fromkeys(("USD", "CAD", "AUD", "NZD", "SGD"), _CURRENCIES["$"]),
    "EUR": _CURRENCIES["€"],
    "GBP": _CURRENCIES["£"],
    "JPY": _CURRENCIES["¥"],
    "INR": _CURRENCIES["₹"],
    "CHF": ("franc/francs", "centime/centimes"),
    "CNY": ("yuan", "fen"),
    "MXN": ("peso/pesos", "centavo/centavos"),
    "PHP": ("peso/pesos", "centavo/centavos"),
    "ZAR": ("rand", "cent/cents"),
}
_LARGE: Final = {"k": "thousand", "m": "million", "mn": "million", "bn": "billion", "b": "billion"}
_UNITS: Final = {
    "kg": "kilogram/kilograms",
    "mg": "milligram/milligrams",
    "g": "gram/grams",
    "km": "kilometer/kilometers",
    "cm": "centimeter/centimeters",
    "mm": "millimeter/millimeters",
    "m": "meter/meters",
    "km/h": "kilometer an hour/kilometers an hour",
    "kph": "kilometer an hour/kilometers an hour",
    "mph": "mile an hour/miles an hour",
    "mi": "mile/miles",
    "ft": "foot/feet",
    "yd": "yard/yards",
    "lb": "pound/pounds",
    "lbs": "pound/pounds",
    "oz": "ounce/ounces",
    "l": "liter/liters",
    "L": "liter/liters",
    "ml": "milliliter/milliliters",
    "mL": "milliliter/milliliters",
    "cl": "centiliter/centiliters",
    "gal": "gallon/gallons",
    "kWh": "kilowatt hour/kilowatt hours",
    "kW": "kilowatt/kilowatts",
    "W": "watt/watts",
    "V": "volt/volts",
    "GB": "gigabyte/gigabytes",
    "MB": "megabyte/megabytes",
    "KB": "kilobyte/kilobytes",
    "TB": "terabyte/terabytes",
    "Mbps": "megabit a second/megabits a second",
    "GHz": "gigahertz",
    "MHz": "megahertz",
    "kHz": "kilohertz",
    "Hz": "hertz",
    "h": "hour/hours",
    "hr": "hour/hours",
    "hrs": "hour/hours",
    "min": "minute/minutes",
    "mins": "minute/minutes",
    "sec": "second/seconds",
    "secs": "second/seconds",
    "ms": "millisecond/milliseconds",
    "yr": "year/years",
    "yrs": "year/years",
    "sq ft": "square foot/square feet",
    "°C": "degree Celsius/degrees Celsius",
    "°F": "degree Fahrenheit/degrees Fahrenheit",
    "°": "degree/degrees",
    "%": "percent",
}
_ATTACHED_ONLY: Final = frozenset(("h", "m", "W", "V", "L"))
"""Too short to be sure of with a space before them."""
_FRACTIONS: Final = {
    "1/2": "one half",
    "1/3": "one third",
    "2/3": "two thirds",
    "1/4": "one quarter",
    "3/4": "three quarters",
    "½": "one half",
    "⅓": "one third",
    "⅔": "two thirds",
    "¼": "one quarter",
    "¾": "three quarters",
}
_NUMBER: Final = r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.(?P<part>[0-9]+))?"
_NO_MORE: Final = r"(?![0-9]|[.,][0-9])"
_SHORT: Final = 4
_LONG: Final = 7


def _plain(written: str) -> str:
    return written.replace(",", "")


def number(whole: str, part: str | None, region: str) -> str:
    """A number as it is written: `1,234`, `.5`; what is too long to be one is read digit by digit."""
    whole = _plain(whole)
    return decimal(whole, part, region) if part else cardinal(int(whole), region)


def _money(found: re.Match[str], region: str) -> str | None:
    return _amount(found, found["sign"] or found["code"], region)


def _money_behind(found: re.Match[str], region: str) -> str | None:
    return _amount(found, found["sign"], region)


def _amount(found: re.Match[str], sign: str, region: str) -> str:
    unit, small = _CURRENCIES.get(sign) or _BY_CODE[sign]
    whole, part = _plain(found["whole"]), found["part"]
    large = found["large"]
    if large:
        word = _LARGE.get(large.lower(), large.lower())
        return f"{number(whole, part, region)} {word} {plural(unit, '')}"
    if not part or not small or len(part) != 2:  # noqa: PLR2004 - cents have two digits
        return f"{number(whole, part, region)} {plural(unit, whole if not part else '')}"
    units = f"{cardinal(int(whole), region)} {plural(unit, whole.lstrip('0'))}"
    cents = f"{cardinal(int(part), region)} {plural(small, part.lstrip('0'))}"
    if not int(part):
        return units
    return f"{units} and {cents}" if int(whole) else cents


def _measure(found: re.Match[str], region: str) -> str | None:
    unit = found["unit"]
    if found["gap"] and unit in _ATTACHED_ONLY:
        return None
    words = plural(_UNITS[" ".join(unit.split())], "" if found["part"] else found["whole"])
    if region not in ("US", ""):
        words = words.replace("meter", "metre").replace("liter", "litre")
    return f"{number(found['whole'], found['part'], region)} {words}"


def _fraction(found: re.Match[str], region: str) -> str | None:
    words = _FRACTIONS[found["part"]]
    if not found["whole"]:
        return words
    words = f"a{words[3:]}" if words.startswith("one ") else words
    return f"{cardinal(int(found['whole']), region)} and {words}"


def _ordinal(found: re.Match[str], region: str) -> str | None:
    return ordinal(int(_plain(found["whole"])), region)


def _decade(found: re.Match[str], _region: str) -> str | None:
    words = year(int(found["year"]))
    return f"{words[:-1]}ies" if words.endswith("y") else f"{words}s"


def _version(found: re.Match[str], _region: str) -> str | None:
    return " point ".join(
        cardinal(int(part)) if len(part) < _SHORT else digits(part) for part in found[0].split(".")
    )


def _number(found: re.Match[str], region: str) -> str | None:
    whole, part = found["whole"], found["part"]
    plain = _plain(whole)
    if part or "," in whole:
        return number(whole, part, region)
    if len(plain) > 1 and plain.startswith("0"):
        return digits(plain)
    if len(plain) == _SHORT and is_year(int(plain)):
        return year(int(plain))
    round_number = plain.endswith("000") and len(plain) <= _LONG
    return cardinal(int(plain), region) if len(plain) <= _SHORT or round_number else digits(plain)


def _one_by_one(found: re.Match[str], _region: str) -> str | None:
    return "".join(ONES[int(c)] if c.isdigit() else c for c in found[0])


def _fraction_of_one(found: re.Match[str], _region: str) -> str | None:
    return f"point {digits(found[0])}".replace(",", "")


_SIGNS: Final = "".join(_CURRENCIES)
_NAMES: Final = "|".join(_BY_CODE)
_MUCH: Final = r"(?:\s?(?P<large>million|billion|thousand|trillion|bn|mn|[kKmMbB])\b)?"
_UNIT: Final = "|".join(
    re.escape(unit).replace(r"\ ", r"\s") for unit in sorted(_UNITS, key=len, reverse=True)
)

ONE_BY_ONE: Final = Rule(
    re.compile(rf"[0-9](?:,? [0-9])+(?![0-9]|[.,:/-][0-9]|\s?(?:{_UNIT}|AM|PM|am|pm)(?!\w))"), _one_by_one
)
"""`4, 2, 7, 1` as the formatter `digits` writes it; before the other rules, because it is frequent."""

MONEY: Final = (
    Rule(
        re.compile(
            rf"(?:(?P<code>{_NAMES})\s?|(?:[A-Z]{{1,2}})?(?P<sign>[{_SIGNS}])\s?){_NUMBER}{_MUCH}{_NO_MORE}"
        ),
        _money,
    ),
    Rule(re.compile(rf"{_NUMBER}{_MUCH}\s?(?P<sign>(?:{_NAMES})\b|[€£¥₹])(?!\s?[0-9])"), _money_behind),
)
MEASURES: Final = (
    Rule(re.compile(r"(?:(?P<whole>[0-9]{1,4})\s?)??(?P<part>[12]/[234]|3/4|[½⅓⅔¼¾])(?![0-9/])"), _fraction),
    Rule(re.compile(rf"{_NUMBER}(?P<gap>\s?)(?P<unit>{_UNIT})(?![\w'\u2019])"), _measure),
    Rule(
        re.compile(r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9})(?:st|nd|rd|th|ST|ND|RD|TH)\b"), _ordinal
    ),
    Rule(re.compile(r"(?P<year>1[1-9][0-9]0|20[0-9]0)'?s\b"), _decade),
)
NUMBERS: Final = (
    Rule(re.compile(r"[0-9]+(?:\.[0-9]+){2,}"), _version),
    Rule(re.compile(_NUMBER), _number),
    Rule(re.compile(r"(?<![0-9])\.[0-9]+"), _fraction_of_one),
)
