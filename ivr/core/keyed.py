"""Money, dates, times and telephone numbers from keys.

money      units, `*`, hundredths: 12*50#
date       eight digits in the order of the country: 04032026
time       four digits, of 24 hours: 1530
date_time  a date and a time: 040320261530
phone      as it is dialled; 00 or 011 in front for another country
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from ivr.core import limits, telephone
from ivr.core.flow.model import Slot
from ivr.core.locales import CURRENCIES, date_order

POINT: Final = "*"
"""The key that stands between units and hundredths of money."""
LENGTHS: Final = {"date": 8, "time": 4, "date_time": 12}
_MONEY: Final = re.compile(r"([0-9]{1,12})(?:\*([0-9]{0,2}))?")
_HUNDREDTHS: Final = 2
_DAY_DIGITS: Final = 8


@dataclass(frozen=True, slots=True)
class Keyed:
    """A value, or why the keys are none (a key of `ivr.core.phrases`); both when it breaks a limit."""

    value: str = ""
    reason: str = ""


def complete(slot: Slot, keys: str) -> bool:
    """Whether no further key can belong to the value.

    A telephone number that must not be kept is never taken for complete, since its masked keys could
    not be read again.
    """
    match slot.type:
        case "money":
            _, point, hundredths = keys.partition(POINT)
            return bool(point) and len(hundredths) >= _HUNDREDTHS
        case "phone":
            return not slot.sensitive and telephone.complete(keys, slot.region)
        case _:
            return len(keys) >= LENGTHS[slot.type]


def value_of(slot: Slot, keys: str, today: str) -> Keyed:
    """What finished keys come to. today: ISO date, for limits that are counted from it."""
    match slot.type:
        case "money":
            found = _MONEY.fullmatch(keys)
            value = _amount(found, slot) if found else ""
        case "phone":
            dialled = telephone.dialled(keys, slot.region)
            return Keyed(dialled.number, dialled.reason)
        case _:
            if len(keys) != LENGTHS[slot.type]:
                return Keyed(reason="too_few" if len(keys) < LENGTHS[slot.type] else "too_many")
            value = _moment(slot, keys)
    if not value:
        return Keyed(reason="no_match")
    return Keyed(value, "" if limits.allowed(slot, value, today) else "out_of_range")


def _amount(found: re.Match[str], slot: Slot) -> str:
    decimals = CURRENCIES[slot.currency].decimals
    if not decimals:
        return "" if found[2] else found[1].lstrip("0") or "0"
    return f"{int(found[1])}.{(found[2] or '').ljust(decimals, '0')}"


def _moment(slot: Slot, keys: str) -> str:
    match slot.type:
        case "date":
            return _day(slot, keys)
        case "time":
            return _clock(keys)
        case _:
            day, clock = _day(slot, keys[:_DAY_DIGITS]), _clock(keys[_DAY_DIGITS:])
            return f"{day}T{clock}" if day and clock else ""


def _day(slot: Slot, keys: str) -> str:
    match date_order(slot.region):
        case "mdy":
            parts = keys[4:], keys[:2], keys[2:4]
        case "dmy":
            parts = keys[4:], keys[2:4], keys[:2]
        case "ymd":
            parts = keys[:4], keys[4:6], keys[6:]
    try:
        return date(*map(int, parts)).isoformat()
    except ValueError:
        return ""


def _clock(keys: str) -> str:
    return limits.measure("time", f"{keys[:2]}:{keys[2:]}") or ""
