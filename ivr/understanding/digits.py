"""Strings of digits as people say them: "four two seven one", "double oh seven", "twelve twelve".

A spoken string can be read in more than one way ("forty two" is 42, seldom 40 2). The usual reading
comes first; another one is taken only when the usual one has the wrong number of digits for the slot
and the other has a right one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ivr.core.events import Meaning
from ivr.core.flow.model import Slot
from ivr.understanding.numbers import TEENS, TENS, UNITS, cardinal
from ivr.understanding.text import Words, asks, vocabulary, words

_ZEROS: Final = frozenset(["oh", "o", "zero", "nought", "naught", "nil", "ou", "owe", "null"])
_SOUNDS_LIKE: Final = {"to": "2", "too": "2", "for": "4", "fore": "4", "won": "1", "ate": "8", "niner": "9"}
"""What a recogniser writes for a digit in the middle of digits."""
_TIMES: Final = {"double": 2, "dubble": 2, "triple": 3, "treble": 3, "tripple": 3, "quadruple": 4}
_NUMERALS: Final = re.compile(r"[0-9]+(?:[.:/][0-9]+)*")
_CORRECTIONS: Final = frozenset(["no", "sorry", "actually", "wait", "correction", "rather", "mean"])
_CARRIERS: Final = vocabulary(
    """
    my the a number is it its that thats this would be will account phone telephone mobile cell card code
    pin reference order zip postal post date birth of member membership id policy patient i have got think
    believe say said and then dash hyphen space comma stroke slash dot um uh er erm hm hmm ah mm like yes
    yeah yep ok okay sure so well sorry again please thanks thank you digits digit area sir maam are ends
    starts with in here goes hash pound star just all right im am now last final first hi hello let me see
    done finished end security booking confirmation case ticket invoice customer try social medical record
    prescription tracking passcode postcode zipcode
    """
)
"""Words around digits that cast no doubt on them. Number words in it are digits first."""
_REREAD: Final = 0.8
_DOUBTED: Final = 0.6
_GUESSED: Final = 0.7

_SCALES: Final = {"hundred": 2, "thousand": 3}
_COUNTED: Final = frozenset(["digit", "digits", "numbers"])
"""In "the last four digits are…" the four is no digit."""

_Piece = tuple[str, str, str]
"""A piece of a digit string: (kind, digits, word). Kinds: numerals, unit, teen, ten, a scale, and."""


def digits(text: str, slot: Slot) -> Meaning | None:
    """The digit string in `text`; `too_few` or `too_many` when the slot wants another number of them.

    None when there are no digits, or when other words say that this is no answer.
    """
    spoken = words(text)
    parts = [part for part in _corrected(spoken) if any(_piece(word) for word in part)]
    if not parts:
        return None
    doubt = 0.0 if len(parts) == 1 else 1.0 - _GUESSED
    pieces, strange, guessed = _pieces(parts[-1])
    readings = list(_readings(pieces))
    if not readings or (strange and (not _wants_many(slot) or asks(text) or len(strange) > len(pieces))):
        return None
    fitting = [reading for reading in readings if not _misfit(reading, slot)]
    if not fitting:
        if strange:
            return None
        reason = _misfit(readings[0], slot)
        return Meaning("nothing", name=reason, confidence=1.0 - doubt, decided_by="grammar")
    confidence = 1.0 if fitting[0] == readings[0] else _REREAD
    confidence = min(confidence, _DOUBTED if strange else 1.0, _GUESSED if guessed else 1.0) - doubt
    return Meaning("value", "", fitting[0], max(confidence, 0.0), "grammar", " ".join(strange))


def every_reading(text: str) -> tuple[tuple[str, ...], Words]:
    """All digit strings that `text` may mean, the usual one first, and the words that are no part of them.

    Of two tries ("4 2 7, no sorry, 4 2 8") the last counts.
    """
    parts = [part for part in _corrected(words(text)) if any(_piece(word) for word in part)]
    if not parts:
        return (), ()
    pieces, strange, _ = _pieces(parts[-1])
    return tuple(_readings(pieces)), tuple(strange)


def _wants_many(slot: Slot) -> bool:
    """Tell whether the slot wants so many digits that finding them among other words proves something."""
    return slot.minimum is not None and slot.minimum > 1


def _misfit(reading: str, slot: Slot) -> str:
    if slot.minimum is not None and len(reading) < slot.minimum:
        return "too_few"
    if slot.maximum is not None and len(reading) > slot.maximum:
        return "too_many"
    return ""


def _corrected(spoken: Words) -> list[Words]:
    """`spoken` cut at words of correction: "4 2 7, no sorry, 4 2 8" gives both tries."""
    parts: list[Words] = []
    start = 0
    for i, word in enumerate(spoken):
        if word in _CORRECTIONS:
            parts.append(spoken[start:i])
            start = i + 1
    return [*parts, spoken[start:]]


def _piece(word: str) -> _Piece | None:
    """What a word contributes to a string of digits, or None."""
    if _NUMERALS.fullmatch(word):
        return "numerals", re.sub(r"[.:/]", "", word), word
    if word.startswith("-") and _NUMERALS.fullmatch(word[1:]):
        return "numerals", word[1:], word
    if word in _ZEROS:
        return "unit", "0", word
    for kind, table in (("unit", UNITS), ("teen", TEENS), ("ten", TENS)):
        if word in table:
            return kind, str(table[word]), word
    return (word, "", word) if word in _SCALES else None


def _pieces(spoken: Words) -> tuple[list[_Piece], list[str], bool]:
    """The pieces in order, the words that have no place among digits, and whether any piece was guessed.

    A sound-alike ("4 to 7") is taken for a digit only among digits.
    """
    pieces: list[_Piece] = []
    strange: list[str] = []
    guessed = False
    times = 1
    for i, word in enumerate(spoken):
        piece = None if _is_count(spoken, i) else _piece(word)
        if piece is None and word in _SOUNDS_LIKE and _among_digits(spoken, i):
            piece, guessed = ("unit", _SOUNDS_LIKE[word], word), True
        if piece is not None:
            kind, value, _ = piece
            pieces.append((kind, value[:1] * (times - 1) + value, word))
            times = 1
        elif word in _TIMES:
            times = _TIMES[word]
        elif word == "and":
            pieces.append(("and", "", word))
        elif not (word in _CARRIERS or word in _SOUNDS_LIKE or _is_count(spoken, i)):
            strange.append(word)
    return pieces, strange, guessed


def _is_count(spoken: Words, i: int) -> bool:
    return spoken[i] not in _COUNTED and (
        not _COUNTED.isdisjoint(spoken[i + 1 : i + 2]) or spoken[i - 1 : i] in {("last",), ("final",)}
    )


def _among_digits(spoken: Words, i: int) -> bool:
    before = i > 0 and _piece(spoken[i - 1]) is not None
    after = i + 1 < len(spoken) and _piece(spoken[i + 1]) is not None
    return before and (after or i + 1 == len(spoken))


def _readings(pieces: list[_Piece]) -> Iterator[str]:
    """The digit strings that `pieces` may mean, the usual one first, without repeats."""
    ways = ((True, False), (True, True), (False, False))
    readings = [_as_one_number(pieces), *(_read(pieces, joined=j, summed=s) for j, s in ways)]
    readings.extend(reading[: len(reading) // 2] for reading in readings[1:] if _said_twice(reading))
    yield from dict.fromkeys(filter(None, readings))


def _said_twice(reading: str) -> bool:
    half, odd = divmod(len(reading), 2)
    return not odd and half > 1 and reading[:half] == reading[half:]


def _as_one_number(pieces: list[_Piece]) -> str:
    """1234 for "one thousand two hundred thirty four", when all of it is one such number; else ""."""
    if not any(kind in _SCALES for kind, _, _ in pieces):
        return ""
    number = cardinal(tuple(word for _, _, word in pieces))
    return "" if number is None or number < 0 else str(number)


def _read(pieces: list[_Piece], *, joined: bool, summed: bool) -> str:
    """One reading, number after number.

    joined  "forty two" is 42, not 402
    summed  "one hundred twenty" is 120, not 10020; with an "and" it always is
    """
    out = ""
    i = 0
    while i < len(pieces):
        group, i = _group(pieces, i, joined=joined)
        while group and i < len(pieces) and pieces[i][0] in _SCALES:
            zeros = _SCALES[pieces[i][0]]
            linked = i + 1 < len(pieces) and pieces[i + 1][0] == "and"
            rest, after = _group(pieces, i + 1 + linked, joined=joined)
            if rest and len(rest) <= zeros and (linked or summed):
                group, i = group + rest.zfill(zeros), after
            else:
                group, i = group + "0" * zeros, i + 1
        out += group
        i += not group
    return out


def _group(pieces: list[_Piece], i: int, *, joined: bool) -> tuple[str, int]:
    """The digits of the number below a hundred that begins at `i`, and where it ends."""
    if i >= len(pieces) or not pieces[i][1]:
        return "", i
    kind, value, _ = pieces[i]
    after, unit, _ = pieces[i + 1] if i + 1 < len(pieces) else ("", "", "")
    if joined and kind == "ten" and after == "unit" and len(unit) == 1 and unit != "0":
        return value[:-1] + unit, i + 2
    return value, i + 1
