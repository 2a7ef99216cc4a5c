"""A slot's value as it is written in a prompt: `{day | date}` -> `Monday, November 23rd`.

What comes out is for the record's reader; the rules of the language then read it aloud. A value that a
formatter can make nothing of stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

import phonenumbers
from phonenumbers import PhoneNumberFormat

from ivr.core.events import SlotValue
from ivr.core.locales import currency_of, region_of
from ivr.core.speaking.english.times import MONTHS, WEEKDAYS
from ivr.core.speaking.numbers import groups_of
from ivr.core.speaking.spanish import written as spanish

NEAR_DAYS: Final = 300
"""A date nearer than this is said with its day of the week and without its year."""

_FEW_DIGITS: Final = 6
"""So many are said one by one, more in groups."""
_LONGEST_ORDINAL: Final = 10
_SIGNS: Final = {"USD": "$", "CAD": "$", "AUD": "$", "NZD": "$", "SGD": "$", "EUR": "€", "GBP": "£"} | {
    "JPY": "¥",
    "INR": "₹",
}
_SYMBOLS: Final = {".": "dot", "-": "dash", "_": "underscore", "@": "at", "'": "apostrophe", "+": "plus"}
_TIME: Final = re.compile(
    r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::[0-5][0-9](?:\.[0-9]+)?)?(?:Z|[+-][0-9:]{4,6})?"
)
_AMOUNT: Final = re.compile(r"(-?)([0-9]{1,15})(?:\.([0-9]{1,2}))?")
_PHONE: Final = re.compile(r"\+?[0-9 ().\-]{3,30}")


class Place(NamedTuple):
    """Where and when something is said.

    today     ISO date where the line is, "" if it is not known
    country   whose telephone numbers are said without a country code; "" for the language's
    currency  what amounts are in (ISO 4217); "" for the country's
    """

    language: str = "en-US"
    today: str = ""
    country: str = ""
    currency: str = ""

    @property
    def region(self) -> str:
        """Country code."""
        return self.country or region_of(self.language)

    @property
    def home(self) -> str:
        """The country of the language itself: how its numbers are written and read."""
        return region_of(self.language)

    @property
    def english(self) -> bool:
        """Whether the words of this module are understood."""
        return self.language.partition("-")[0] == "en"

    @property
    def spanish(self) -> bool:
        """Whether a value is written as in Spanish."""
        return self.language.partition("-")[0] == "es"


Formatter = Callable[[SlotValue, Place], str]


def plain(value: SlotValue, place: Place) -> str:
    """As it stands; a yes/no as a word."""
    return yes_no(value, place) if isinstance(value, bool) else str(value)


def yes_no(value: SlotValue, place: Place) -> str:
    """`yes` or `no`."""
    if value in (False, 0, "", "no", "false"):
        return "no"
    return spanish.YES if place.spanish else "yes"


def digits(value: SlotValue, place: Place) -> str:
    """One by one: `4, 2, 7, 1`; more than six in groups: `4 2 7, 1 1 0, 0 4 2 3`."""
    text = "".join(plain(value, place).split())
    if len(text) > _FEW_DIGITS and text.isascii() and text.isdecimal():
        return ", ".join(" ".join(group) for group in groups_of(text))
    return ", ".join(text)


def spell(value: SlotValue, place: Place) -> str:
    """Letter by letter: `S, M, I, T, H`."""
    text = plain(value, place).upper()
    symbols = _SYMBOLS if place.english else spanish.SYMBOLS if place.spanish else {}
    named = (symbols.get(c, c) for c in text if not c.isspace())
    return ", ".join(named)


def number(value: SlotValue, place: Place) -> str:
    """As one number, however long: `4,271`."""
    text = plain(value, place).strip().replace(",", "")
    found = _AMOUNT.fullmatch(text)
    if found and place.spanish:
        decimals = len(found[3] or "")
        return found[1] + spanish.written_number(Decimal(text.lstrip("-")), decimals, place.home)
    if not found or not place.english:
        return text
    return f"{found[1]}{int(found[2]):,}" + (f".{found[3]}" if found[3] else "")


def ordinal(value: SlotValue, place: Place) -> str:
    """`3rd`."""
    text = plain(value, place).strip()
    if place.spanish and text.isascii() and text.isdecimal():
        return f"{int(text[-9:])}.º" if len(text) < _LONGEST_ORDINAL else text
    if not (text.isascii() and text.isdecimal() and place.english):
        return text
    last, two = int(text[-1]), int(text[-2:])
    ending = "th" if 11 <= two <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(last, "th")  # noqa: PLR2004 - eleventh
    return f"{int(text[-9:])}{ending}" if len(text) < _LONGEST_ORDINAL else text


def money(value: SlotValue, place: Place) -> str:
    """`$12.50`; `12.50 CHF` where there is no sign for it."""
    text = plain(value, place).strip()
    code = place.currency or currency_of(place.region)
    found = _AMOUNT.fullmatch(text)
    if not found:
        return text
    amount = Decimal(found[2]) + Decimal(f"0.{found[3] or 0}")
    written = f"{amount:,.2f}" if amount != amount.to_integral() else f"{amount:,.0f}"
    if not place.english:
        written = written.replace(",", "")
    sign = _SIGNS.get(code, "")
    if place.spanish:
        return found[1] + spanish.written_money(amount, sign or code, place.home)
    return (
        f"{found[1]}{sign}{written}"
        if sign and place.english
        else f"{found[1]}{written} {sign or code}".strip()
    )


def phone(value: SlotValue, place: Place) -> str:
    """`(202) 555-0143`; of another country `+353 1 234 5678`."""
    text = plain(value, place).strip()
    if not _PHONE.fullmatch(text):
        return text
    try:
        known = phonenumbers.parse(text, place.region)
    except phonenumbers.NumberParseException:
        return digits(text, place)
    at_home = known.country_code == phonenumbers.country_code_for_region(place.region)
    form = PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(known, form)


def say_date(value: SlotValue, place: Place) -> str:
    """`Monday, November 23rd`; far from today `November 23rd, 1980`."""
    text = plain(value, place).strip()
    day, today = _day(text), _day(place.today)
    if day is not None and place.spanish:
        near = today is not None and abs((day - today).days) <= NEAR_DAYS
        return spanish.written_date(day, near=near)
    if day is None or not place.english:
        return text
    written = f"{MONTHS[day.month - 1]} {ordinal(day.day, place)}"
    if today and abs((day - today).days) <= NEAR_DAYS:
        return f"{WEEKDAYS[day.weekday()]}, {written}"
    return f"{written}, {day.year}"


def time(value: SlotValue, place: Place) -> str:
    """`2:30 PM`."""
    text = plain(value, place).strip()
    found = _TIME.fullmatch(text)
    if found and place.spanish:
        return spanish.written_time(int(found[1]), found[2])
    if not found or not place.english:
        return text
    hour, minute = int(found[1]), found[2]
    if minute == "00" and hour in (0, 12):
        return "noon" if hour else "midnight"
    minutes = "" if minute == "00" else f":{minute}"
    return f"{(hour + 11) % 12 + 1}{minutes} {'AM' if hour < 12 else 'PM'}"  # noqa: PLR2004 - noon


def date_time(value: SlotValue, place: Place) -> str:
    """`Monday, November 23rd at 2:30 PM`."""
    text = plain(value, place).strip()
    day, gap, hour = text.replace(" ", "T", 1).partition("T")
    if gap and place.spanish and _day(day) is not None and _TIME.fullmatch(hour):
        return spanish.written_date_time(say_date(day, place), time(hour, place))
    if not gap or not place.english or _day(day) is None or not _TIME.fullmatch(hour):
        return say_date(text, place)
    return f"{say_date(day, place)} at {time(hour, place)}"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


FORMATTERS: Final[Mapping[str, Formatter]] = {
    "plain": plain,
    "digits": digits,
    "yes_no": yes_no,
    "spell": spell,
    "number": number,
    "ordinal": ordinal,
    "money": money,
    "phone": phone,
    "date": say_date,
    "time": time,
    "date_time": date_time,
}

BY_TYPE: Final[Mapping[str, str]] = {
    "digits": "digits",
    "yes_no": "yes_no",
    "integer": "number",
    "money": "money",
    "phone": "phone",
    "date": "date",
    "time": "time",
    "date_time": "date_time",
    "spelling": "spell",
}
"""How the slots of a type are said where the prompt does not tell; all others are `plain`."""
