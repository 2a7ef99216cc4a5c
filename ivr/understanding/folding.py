"""Number words to numerals, in place: "the twenty third at three oh five" -> "the 23th at 3 05".

One spelling for every number makes the grammars of dates, times and money short. Numbers are put
together as far as they are said as one ("twenty twenty seven" stays two: `20 27`); every ordinal ends
in `th`, so that `3rd` and "third" are the same word.
"""

from __future__ import annotations

import re
from typing import Final

from ivr.understanding.numbers import TEENS, TENS, UNITS
from ivr.understanding.text import Words

_BELOW_TWENTY: Final = {**UNITS, **TEENS}
_SCALES: Final = {"thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_ORDINALS: Final = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
    "eleventh": 11,
    "twelfth": 12,
    "thirteenth": 13,
    "fourteenth": 14,
    "fifteenth": 15,
    "sixteenth": 16,
    "seventeenth": 17,
    "eighteenth": 18,
    "nineteenth": 19,
    "twentieth": 20,
    "thirtieth": 30,
}
_ZEROS: Final = frozenset(["oh", "o", "zero", "nought"])
_NUMERAL: Final = re.compile(r"[1-9][0-9]{0,8}")
_NUMERAL_ORDINAL: Final = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)")
_JOINED: Final = re.compile(r"([0-9]+|noon|midday|midnight)(am|pm|ish|k|p|c)")
_DECIMAL: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?")

_At = tuple[int, int]
"""A number and where it ends."""


def fold(spoken: Words, *, ordinals: bool = True) -> Words:
    """`spoken` with numerals for its numbers, and for its ordinals too, unless they are to stay."""
    spoken = tuple(part for word in spoken for part in _parted(word))
    out: list[str] = []
    place = 0
    while place < len(spoken):
        ordinal = _ordinal(spoken, place) if ordinals else None
        word, place = ordinal or _minutes(spoken, place) or _number(spoken, place)
        out.append(word)
    return _with_points(out)


def _parted(word: str) -> Words:
    """`3pm` -> `3 pm`."""
    found = _JOINED.fullmatch(word)
    return (found[1], found[2]) if found else (word,)


def _ordinal(spoken: Words, place: int) -> tuple[str, int] | None:
    word = spoken[place]
    if numeral := _NUMERAL_ORDINAL.fullmatch(word):
        return f"{int(numeral[1])}th", place + 1
    after = _ORDINALS.get(spoken[place + 1]) if place + 1 < len(spoken) else None
    if word in TENS and after is not None and after < 10:  # noqa: PLR2004 - a unit after a ten
        return f"{TENS[word] + after}th", place + 2
    return (f"{_ORDINALS[word]}th", place + 1) if word in _ORDINALS else None


def _minutes(spoken: Words, place: int) -> tuple[str, int] | None:
    """`05` for "oh five"."""
    if spoken[place] in _ZEROS and place + 1 < len(spoken):
        unit = spoken[place + 1]
        value = UNITS.get(unit, int(unit) if len(unit) == 1 and unit in "0123456789" else None)
        if value is not None:
            return f"0{value}", place + 2
    return None


def _number(spoken: Words, place: int) -> tuple[str, int]:
    """The number that begins here, or the word itself. Behind a "point" stand single digits."""
    if spoken[place - 1 : place] == ("point",) and spoken[place] in UNITS:
        return str(UNITS[spoken[place]]), place + 1
    found = _cardinal(spoken, place)
    return (str(found[0]), found[1]) if found else (spoken[place], place + 1)


def _cardinal(spoken: Words, place: int) -> _At | None:
    total, below = 0, 10**15
    end: int | None = None
    while (group := _hundreds(spoken, _past_and(spoken, place) if total else place)) is not None:
        value, after = group
        scale = 1
        if after < len(spoken) and spoken[after] in _SCALES:
            scale, after = _SCALES[spoken[after]], after + 1
        if value * scale >= below:
            break
        total, below, end = total + value * scale, scale, after
        place = after
        if scale == 1:
            break
    return None if end is None else (total, end)


def _past_and(spoken: Words, place: int) -> int:
    return place + 1 if spoken[place : place + 1] == ("and",) else place


def _hundreds(spoken: Words, place: int) -> _At | None:
    head = _below_hundred(spoken, place)
    if head is None or spoken[head[1] : head[1] + 1] != ("hundred",) or not head[0]:
        return head
    value, after = head[0] * 100, head[1] + 1
    rest = _below_hundred(spoken, _past_and(spoken, after))
    if rest is not None and 0 < rest[0] < 100 and spoken[rest[1] : rest[1] + 1] != ("hundred",):  # noqa: PLR2004
        return value + rest[0], rest[1]
    return value, after


def _below_hundred(spoken: Words, place: int) -> _At | None:
    """A number word below a hundred; a numeral before a scale; "a" before one."""
    if place >= len(spoken):
        return None
    word = spoken[place]
    after = spoken[place + 1 : place + 2]
    scaled = bool(after) and (after[0] == "hundred" or after[0] in _SCALES)
    if word in TENS:
        unit = UNITS.get(after[0], 0) if after else 0
        return TENS[word] + unit, place + 2 if unit else place + 1
    if word in _BELOW_TWENTY:
        return _BELOW_TWENTY[word], place + 1
    if word == "hundred":
        return 1, place
    if scaled and word == "a":
        return 1, place + 1
    return (int(word), place + 1) if scaled and _NUMERAL.fullmatch(word) else None


def _with_points(folded: list[str]) -> Words:
    """`1.2` for "one point two"."""
    out: list[str] = []
    place = 0
    while place < len(folded):
        word = folded[place]
        if word == "point" and out and _DECIMAL.fullmatch(out[-1]) and "." not in out[-1]:
            end = place + 1
            while end < len(folded) and folded[end].isdecimal():
                end += 1
            if end > place + 1:
                out[-1] += "." + "".join(folded[place + 1 : end])
                place = end
                continue
        out.append(word)
        place += 1
    return tuple(out)
