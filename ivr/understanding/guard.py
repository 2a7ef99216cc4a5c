"""Whether two sentences that mean nearly the same may have the same answer.

Embeddings put "can I bring my dog" beside "can't I bring my dog", "open on Monday" beside "open on Friday"
and "switch it on" beside "switch it off". An answer that was written for one of them must not be given to
the other. So beside the nearness of two sentences stand four plain facts of each: whether an odd number of
words denies it, which numbers it names, which days, months and parts of the day, and which of a pair of
opposites. It lets nothing through that differs in one of them.

What it can't see: other names ("to Boston", "to Denver") and roles swapped ("from A to B", "from B to A").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from ivr.understanding.folding import fold
from ivr.understanding.guard_words import GUARD_WORDS, GuardWords
from ivr.understanding.text import Words, bare

_NUMERAL: Final = re.compile(r"[0-9]")


@dataclass(frozen=True, slots=True)
class Facts:
    """What must be the same in two sentences for one answer to do for both.

    denied     whether an odd number of its words deny
    numbers    every number, in numerals, in the order of their digits: ("4271", "5th")
    moments    days, months and parts of the day, each by its first name
    poles      the sides of opposites that it names: {(7, "open")} for pair 7
    """

    denied: bool
    numbers: Words
    moments: frozenset[str]
    poles: frozenset[tuple[int, bool]]

    def agree(self, other: Facts) -> bool:
        """Whether neither says what the other denies, counts otherwise, or means another day."""
        either = self.poles | other.poles
        return (
            self.denied == other.denied
            and self.numbers == other.numbers
            and self.moments == other.moments
            and not any((pair, not side) in either for pair, side in self.poles ^ other.poles)
        )


def guards(language: str) -> bool:
    """Whether the words of a language (`en`, `en-US`) are known well enough to guard it."""
    return _code(language) in GUARD_WORDS


def facts(spoken: Words, language: str) -> Facts:
    """The facts of an utterance. In a language that `guards` does not know, those of its numerals only."""
    code = _code(language)
    known = GUARD_WORDS.get(code, GuardWords())
    plain = fold(bare(spoken)) if code == "en" else spoken
    return Facts(
        denied=sum(word in known.denials for word in plain) % 2 == 1,
        numbers=tuple(sorted(word for word in plain if _NUMERAL.search(word) or word in known.numbers)),
        moments=frozenset(known.moments[word] for word in plain if word in known.moments),
        poles=frozenset(pole for word in plain for pole in known.poles.get(word, ())),
    )


def _code(language: str) -> str:
    return language.partition("-")[0].lower()
