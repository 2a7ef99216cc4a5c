"""What a language's way of reading aloud is made of."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_BESIDE = re.compile(r"[.,]?\s*[\d\u2013\u2014-]")
_WORDS = re.compile(r"[^\W\d_]+\.?")

Say = Callable[["re.Match[str]", str], "str | None"]
"""The words for a match in a region (`US`, `GB`, "" for none); `None`: the rule is not meant here."""


def starts_word(text: str, at: int) -> bool:
    """Whether no letter or digit stands before `at`."""
    return at == 0 or not text[at - 1].isalnum()


@dataclass(frozen=True, slots=True)
class Rule:
    """A way to say what `pattern` matches."""

    pattern: re.Pattern[str]
    say: Say


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """How a language is read aloud.

    noise    what is found in no text in which only the words of `special` could need a rule
    token    the next that needs no rule: a gap, or a word (group `word`) if it is not in `special`
    special  words that rules are for, and with their stop those that have one (`approx.`)
    leading  words that rules are for before a digit or a dash
    """

    noise: re.Pattern[str]
    token: re.Pattern[str]
    special: frozenset[str]
    leading: frozenset[str]
    rules: tuple[Rule, ...]

    def is_plain(self, text: str) -> bool:
        """Whether a text is said just as it is written."""
        return not self.noise.search(text) and self.special.isdisjoint(_WORDS.findall(text))

    def skip(self, text: str, at: int, end: int) -> int:
        """How far the text from `at` on needs no rule."""
        while at < end and (found := self.token.match(text, at, end)):
            word = found["word"]
            if word and self._stops(word, text, found.end()):
                return at
            at = found.end()
        return at

    def _stops(self, word: str, text: str, end: int) -> bool:
        first = word.partition("-")[0]
        if first in self.special or f"{word}." in self.special:
            return True
        return first in self.leading and (first != word or bool(_BESIDE.match(text, end)))
