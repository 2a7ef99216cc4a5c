"""Whole numbers as people say them: cardinals, ordinals, "a couple", "half a dozen".

`text2num` reads the cardinals; what it does not know is handled here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from text_to_num import text2num  # type: ignore[import-untyped]  # it ships no types

from ivr.core.events import Meaning
from ivr.core.flow.model import Slot
from ivr.core.keepable import fits
from ivr.understanding.text import Words, asks, bare, vocabulary, words

UNITS: Final = {
    word: value
    for value, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    )
}
TEENS: Final = {
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
}
TENS: Final = {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fourty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_SCALES: Final = frozenset(["hundred", "thousand", "million", "billion"])
_CARDINALS: Final = frozenset([*UNITS, *TEENS, *TENS, *_SCALES])
_ODD_ORDINALS: Final = {
    "first": "one",
    "second": "two",
    "third": "three",
    "fifth": "five",
    "eighth": "eight",
    "ninth": "nine",
    "twelfth": "twelve",
}
_NUMERAL_ORDINAL: Final = re.compile(r"(\d{1,18})(?:st|nd|rd|th)")
_NUMERAL: Final = re.compile(r"-?[0-9]+")

_SAYINGS: Final = {
    ("half", "a", "dozen"): 6,
    ("a", "half", "dozen"): 6,
    ("two", "dozen"): 24,
    ("a", "dozen"): 12,
    ("one", "dozen"): 12,
    ("dozen",): 12,
    ("a", "couple"): 2,
    ("couple",): 2,
    ("a", "pair"): 2,
    ("a", "hundred"): 100,
    ("a", "thousand"): 1000,
    ("a", "million"): 1000000,
    ("both",): 2,
    ("once",): 1,
    ("twice",): 2,
    ("single",): 1,
    ("none",): 0,
    ("nil",): 0,
    ("nought",): 0,
    ("naught",): 0,
    ("nobody",): 0,
    ("just", "me"): 1,
    ("only", "me"): 1,
    ("by", "myself"): 1,
    ("just", "myself"): 1,
}
_LONGEST_SAYING: Final = max(map(len, _SAYINGS))
_SOUNDS_LIKE: Final = {"to": 2, "too": 2, "for": 4, "fore": 4, "won": 1, "ate": 8}
"""Whole utterances that a recogniser writes for a number."""

_BREAKS: Final = frozenset(["point", "half", "halves", "quarter", "quarters", "percent", "or", "between"])
"""Words that make it no single whole number."""
_HEDGES: Final = vocabulary(
    """
    about around roughly maybe probably approximately almost nearly
    """
)
_CORRECTIONS: Final = frozenset(["no", "sorry", "actually", "wait", "mean", "correction", "rather"])
_CARRIERS: Final = vocabulary(
    """
    a an the i we it its is are there theres will be would of us have got had my me im am id ill well say
    said lets make that thats this so and for with in on at to just only number yes yeah ok okay sure please
    thanks thank you like want need times think all total exactly altogether people persons person were take
    one do right oh um uh er erm hm mm ones now age old years year been party group table room tickets
    ticket guests adults kids children
    """
)
"""Words that may stand around a number without casting doubt on it."""
_LONGEST_NUMBER: Final = 12
"""Words of a number."""
_MOST_DIGITS: Final = 30
_DOUBT_PER_WORD: Final = 0.1
_LEAST: Final = 0.7


@dataclass(frozen=True, slots=True)
class _Found:
    """A number in an utterance: its value and the words it spans."""

    value: int
    start: int
    end: int


def cardinal(spoken: Words) -> int | None:
    """The number that all of `spoken` names, or None. Ordinals count: "twenty first" is 21."""
    if len(spoken) == 1 and _NUMERAL.fullmatch(spoken[0]):
        return int(spoken[0][:_MOST_DIGITS])
    if len(spoken) == 1 and (numeral := _NUMERAL_ORDINAL.fullmatch(spoken[0])):
        return int(numeral[1])
    last = _without_ordinal(spoken[-1]) if spoken else None
    if last is None:
        return None
    try:
        return int(text2num(" ".join([*spoken[:-1], last]), "en"))
    except (ValueError, OverflowError):
        return None


def integer(text: str, slot: Slot) -> Meaning | None:
    """The whole number in `text`; `out_of_range` when the slot does not allow it; None if there is none.

    More than one number, a fraction or a question is no answer.
    """
    spoken = words(text)
    if not spoken or asks(text) or any(_fraction(word) for word in spoken):
        return None
    found = _find_numbers(spoken)
    doubt = 0.0
    if len(found) > 1 and not _CORRECTIONS.isdisjoint(spoken[found[-2].end : found[-1].start]):
        spoken, doubt = spoken[found[-1].start :], 0.2
        found = [_Found(found[-1].value, 0, found[-1].end - found[-1].start)]
    if not found and len(only := bare(spoken)) == 1 and only[0] in _SOUNDS_LIKE:
        return _in_range(_SOUNDS_LIKE[only[0]], slot, _LEAST)
    if len(found) != 1:
        return None
    after = spoken[found[0].end :]
    around = spoken[: found[0].start] + (after[2:] if after[:2] == ("or", "so") else after)
    if not _BREAKS.isdisjoint(around):
        return None
    strange = [word for word in around if word not in _CARRIERS | _HEDGES]
    hedged = any(word in _HEDGES for word in around)
    confidence = 1.0 - doubt - _DOUBT_PER_WORD * (len(strange) + hedged)
    if confidence < _LEAST - 1e-9:
        return None
    return replace(_in_range(found[0].value, slot, confidence), rest=" ".join(around))


def _in_range(value: int, slot: Slot, confidence: float) -> Meaning:
    low = slot.minimum is None or value >= slot.minimum
    high = slot.maximum is None or value <= slot.maximum
    if low and high and fits(value):
        return Meaning("value", value=value, confidence=confidence, decided_by="grammar")
    refused = value if fits(value) else None
    return Meaning("nothing", name="out_of_range", value=refused, confidence=confidence, decided_by="grammar")


def _fraction(word: str) -> bool:
    return not word.isalnum() and _NUMERAL.fullmatch(word) is None


def _find_numbers(spoken: Words) -> list[_Found]:
    """Every number in `spoken`, in order. A run of number words that is no number gives two, so: none."""
    found: list[_Found] = []
    place = 0
    while place < len(spoken):
        number = _saying_at(spoken, place) or _run_at(spoken, place)
        if number is not None:
            if not _is_pronoun(spoken, number, found):
                found.append(number)
            place = number.end
        else:
            place += 1
    return found


def _saying_at(spoken: Words, place: int) -> _Found | None:
    for size in range(_LONGEST_SAYING, 0, -1):
        value = _SAYINGS.get(spoken[place : place + size])
        follows = spoken[place + size : place + size + 1]
        goes_on = bool(follows) and follows[0] in _CARDINALS | {"and"} and spoken[place + size - 1] in _SCALES
        if value is not None and not goes_on:
            return _Found(value, place, place + size)
    return None


def _run_at(spoken: Words, place: int) -> _Found | None:
    """The longest number that begins at `place`."""
    sign = 1
    start = place
    if spoken[place] in {"minus", "negative"} and place + 1 < len(spoken):
        sign, place = -1, place + 1
    if spoken[place] == "a" and spoken[place + 1 : place + 2] and spoken[place + 1] in _SCALES:
        place += 1
    end = place
    longest = min(len(spoken), place + _LONGEST_NUMBER)
    while end < longest and (_numeric(spoken[end]) or (spoken[end] == "and" and end > place)):
        end += 1
    for stop in range(end, place, -1):
        value = cardinal(spoken[place:stop])
        if value is not None:
            return _Found(sign * value, start, stop)
    return None


def _numeric(word: str) -> bool:
    return (
        word in _CARDINALS
        or _NUMERAL.fullmatch(word) is not None
        or _NUMERAL_ORDINAL.fullmatch(word) is not None
        or _without_ordinal(word) not in {None, word}
    )


def _without_ordinal(word: str) -> str | None:
    """`twentieth` -> `twenty`, `sixth` -> `six`; the word itself if it is no ordinal; None if unknown."""
    if word in _ODD_ORDINALS:
        return _ODD_ORDINALS[word]
    if word.endswith("ieth") and word[:-4] + "y" in TENS:
        return word[:-4] + "y"
    if word.endswith("th") and word[:-2] in _CARDINALS:
        return word[:-2]
    return word if word in _CARDINALS or _NUMERAL.fullmatch(word) else None


def _is_pronoun(spoken: Words, number: _Found, before: list[_Found]) -> bool:
    """Tell whether this "one" is a pronoun: "the second one", "that one"."""
    if spoken[number.start : number.end] != ("one",) or number.start == 0:
        return False
    follows_number = bool(before) and before[-1].end == number.start
    return follows_number or spoken[number.start - 1] in {"this", "that", "which"}
