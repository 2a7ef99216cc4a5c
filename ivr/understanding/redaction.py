"""What callers said, without what tells who they are: for lists that people read to improve a flow."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from ivr.understanding.numbers import TEENS, TENS, UNITS
from ivr.understanding.text import MAX_CHARS, words

MASK: Final = "###"
_EMAIL: Final = re.compile(
    r"\S{1,64}@\S{1,255}|\S+(?:\s+(?:dot|underscore|dash)\s+\S+){0,4}\s+at\s+\S+(?:\s+\S+){0,2}\s+dot\s+\w+",
    re.IGNORECASE,
)
_DIGITS: Final = re.compile(r"\w*\d[\d\w.,:/+()-]*(?:[\s-]+\d[\d\w.,:/+()-]*)*")
_OTHERS: Final = ("oh", "zero", "double", "triple", "hundred", "thousand")
_NUMBER_WORDS: Final = frozenset((*UNITS, *TEENS, *TENS, *_OTHERS))
_FEWEST: Final = 3
"""Number words in a row that are a number of somebody's; two are "twenty five minutes"."""


def redacted(text: str, private: Iterable[str] = ()) -> str:
    """`text` with a mask for digits, numbers read out, e-mail addresses and what `private` holds.

    private  values that the caller gave: names, addresses; each of their words is masked
    """
    text = _DIGITS.sub(MASK, _EMAIL.sub(MASK, unicodedata.normalize("NFKC", text[:MAX_CHARS])))
    hidden = {word for value in private for word in words(value)}
    out: list[str] = []
    run: list[str] = []
    for word in text.split():
        plain = " ".join(words(word))
        if plain in _NUMBER_WORDS:
            run.append(word)
            continue
        out += [MASK] if len(run) >= _FEWEST else run
        run = []
        out.append(MASK if plain and plain in hidden else word)
    out += [MASK] if len(run) >= _FEWEST else run
    return re.sub(rf"{MASK}(?:\s+{MASK})+", MASK, " ".join(out))
