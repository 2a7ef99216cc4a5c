"""Payment card numbers in what people say and key, also where nobody asked for one.

    "it's 4929 1234 5678 1234"  ->  "it's •••"

Thirteen to nineteen digits that pass the check sum of cards (Luhn), as numerals or as words, English and
Spanish. One number in ten of that length passes by chance, a long reference for instance: it is masked too,
since a record that lacks a reference does less harm than one that holds a card.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

HIDDEN: Final = "•••"
"""Stands for what must not be shown."""

SHORTEST: Final = 13
LONGEST: Final = 19
_USUAL: Final = ((16, "23456"), (15, "3"))
"""Lengths and first digits of nearly all cards: looked for in longer runs, where a code may stand behind."""
FEW: Final = 4
"""Fewer digits in a row tell nothing of a number that was said in parts."""

_TOKEN: Final = re.compile(r"[0-9]+|[^\W\d_]+")
_GAP: Final = re.compile(r"[\s\-\u2010-\u2015.,;:/·…]{0,6}")
_FILLERS: Final = frozenset(
    [
        "uh",
        "um",
        "er",
        "erm",
        "hm",
        "mm",
        "and",
        "then",
        "y",
        "e",
        "eh",
        "em",
        "dash",
        "hyphen",
        "guion",
        "space",
    ]
)
_TIMES: Final = {"double": 2, "triple": 3, "treble": 3, "doble": 2}
_UNITS: Final = {
    word: str(number)
    for words in (
        "zero one two three four five six seven eight nine",
        "cero uno dos tres cuatro cinco seis siete ocho nueve",
    )
    for number, word in enumerate(words.split())
} | {"oh": "0", "o": "0", "nought": "0", "naught": "0", "nil": "0", "un": "1", "una": "1"}
_TEENS: Final = {
    word: str(number)
    for first, words in (
        (10, "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"),
        (10, "diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve"),
        (
            20,
            "veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete",
        ),
        (28, "veintiocho veintinueve"),
    )
    for number, word in enumerate(words.split(), first)
} | {"dieciseis": "16", "veintidos": "22", "veintitres": "23", "veintiseis": "26", "veintiún": "21"}
_TENS: Final = {
    word: str(number)
    for first, words in (
        (2, "twenty thirty forty fifty sixty seventy eighty ninety"),
        (3, "treinta cuarenta cincuenta sesenta setenta ochenta noventa"),
    )
    for number, word in enumerate(words.split(), first)
}
_HUNDRED: Final = "hundred"
_WORDS: Final = frozenset([*_UNITS, *_TEENS, *_TENS, *_TIMES, _HUNDRED])
_DIGIT: Final = re.compile(r"[0-9]")
_MOST: Final = 3
"""Digits that a word brings at most."""


@dataclass(frozen=True, slots=True)
class Run:
    """Digits in a row, and where they stand in the text."""

    digits: str
    begin: int
    end: int


def without(text: str) -> str:
    """The text with each card number masked."""
    if not _may_hold(text):
        return text
    return _masked(text, (run for run in _runs(text) if is_card(run.digits)))


def without_digits(text: str) -> str:
    """The text with all its digits masked that may be a part of a number: for one that was said in parts."""
    return _masked(text, (run for run in _runs(text) if len(run.digits) >= FEW))


def holds(text: str) -> bool:
    """Whether there is a card number in it."""
    return _may_hold(text) and any(is_card(run.digits) for run in _runs(text))


def digits(text: str) -> str:
    """All digits of a text, said or written, in order."""
    return "".join(run.digits for run in _runs(text))


def is_card(run: str) -> bool:
    """Whether digits in a row are, or hold, a card number."""
    if len(run) < SHORTEST:
        return False
    if len(run) <= LONGEST and _luhn(run):
        return True
    return any(
        run[at] in first and _luhn(run[at : at + length])
        for length, first in _USUAL
        for at in range(len(run) - length + 1)
    )


def _luhn(number: str) -> bool:
    """The check sum of cards. A row of the same digit is none."""
    if len(set(number)) == 1:
        return False
    total = 0
    for place, char in enumerate(reversed(number)):
        value = int(char) * (1 + place % 2)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 -- the sum of its two digits
    return total % 10 == 0


def _masked(text: str, runs: Iterator[Run]) -> str:
    out, at = [], 0
    for run in runs:
        out += [text[at : run.begin], HIDDEN]
        at = run.end
    return "".join([*out, text[at:]]) if at else text


def _runs(text: str) -> Iterator[Run]:
    """Rows of numerals and number words with nothing but gaps and fillers between them."""
    row: list[re.Match[str]] = []
    end = 0
    for match in _TOKEN.finditer(text):
        word = match[0].casefold()
        if not _GAP.fullmatch(text, end, match.start()):
            yield from _run(row)
            row = []
        end = match.end()
        if _is_number(word):
            row.append(match)
        elif word not in _FILLERS:
            yield from _run(row)
            row = []
    yield from _run(row)


def _may_hold(text: str) -> bool:
    """Whether there are enough digits and number words at all: nearly every text is done with here."""
    if len(text) < SHORTEST:
        return False
    words = text.casefold().replace(",", " ").replace("-", " ").replace(".", " ").split()
    return len(_DIGIT.findall(text)) + _MOST * sum(map(_WORDS.__contains__, words)) >= SHORTEST


def _is_number(word: str) -> bool:
    return word in _WORDS or word.isdecimal()


def _run(row: Sequence[re.Match[str]]) -> Iterator[Run]:
    if row:
        spelt = _spelt([match[0].casefold() for match in row])
        if spelt:
            yield Run(spelt, row[0].start(), row[-1].end())


def _spelt(words: Sequence[str]) -> str:
    """The digits that words in a row come to."""
    out: list[str] = []
    times, tens = 1, ""
    for word in words:
        unit = _UNITS.get(word, "")
        if tens:
            out.append(tens + (unit if unit and unit != "0" else "0"))
            tens = ""
            if unit and unit != "0":
                continue
        if word in _TIMES:
            times = _TIMES[word]
        elif word in _TENS:
            tens = _TENS[word]
        elif word == _HUNDRED:
            out.append("00")
        else:
            out.append((unit or _TEENS.get(word) or word) * times)
            times = 1
    return "".join([*out, tens + "0" if tens else ""])
