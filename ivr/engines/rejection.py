"""Which decoded words count. Whisper was taught on subtitles and invents words where nobody speaks.

Measured (`bench/invented_words.py`): on silence, noise, tones and keys the decoder gives `no_speech`
0.60-0.99 and an average log probability of -0.8 or worse; on real speech `no_speech` reaches 0.6 for
single words and for digits, but then the words are likelier. So neither limit alone decides: doubt
about speech and doubt about the words add up.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

NO_SPEECH: Final = 0.8
"""From here on there was no speech, whatever the words."""

DOUBT: Final = 1.0
"""Limit of `no_speech + DOUBT_PER_LOGPROB * -average_logprob`, where `no_speech` is at least `SUSPECT`."""

DOUBT_PER_LOGPROB: Final = 0.5
SUSPECT: Final = 0.55

LOW_PROBABILITY: Final = -1.1
"""Average log probability of a token at which words are guesses."""

_LOOP: Final = 4
"""So many times the same few words are a decoder that loops, not a caller."""

_FASTEST_PER_S: Final = 4.5
"""Nobody says numbers faster than this; slower repeats of numbers are what was said ("0 0 0 0")."""

_LONGEST_UNIT: Final = 4
_SHORTEST_PASSAGE: Final = 5
_OVERLAP: Final = 4
_DRAWN_OUT: Final = re.compile(r"(\w)\1{5}")
_NOT_WORDS: Final = re.compile(r"[\W_]+")
_NUMBERS: Final = frozenset(
    (
        "zero",
        "oh",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "double",
        "triple",
    )
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the decoder says of an utterance of `seconds`; `average_logprob` is natural, per token."""

    text: str
    no_speech: float
    average_logprob: float
    seconds: float

    @property
    def confidence(self) -> float:
        """The geometric mean of the tokens' probabilities, 0..1."""
        return min(1.0, math.exp(min(0.0, self.average_logprob)))


def why_rejected(decoded: Decoded) -> str:
    """Why the words do not count (the reasons of `Transcript.why_empty`); "" when they do."""
    words = _words(decoded.text)
    doubt = decoded.no_speech - DOUBT_PER_LOGPROB * decoded.average_logprob
    if decoded.no_speech >= NO_SPEECH or (decoded.no_speech >= SUSPECT and doubt >= DOUBT):
        return "no_speech"
    if not words:
        return "punctuation"
    if _loops(words, decoded.seconds) or _DRAWN_OUT.search(decoded.text):
        return "repetition"
    if decoded.average_logprob <= LOW_PROBABILITY:
        return "low_probability"
    return ""


def without_second_helping(text: str) -> str:
    """The text without a passage that the decoder began again after its end.

    "Press one to go on. Press one to go" becomes "Press one to go on."; numbers are left alone,
    because people do repeat them.
    """
    pieces = text.split()
    words = [_NOT_WORDS.sub("", piece).casefold() for piece in pieces]
    for length in range(_SHORTEST_PASSAGE, len(words) - _OVERLAP + 1):
        again = words[length:]
        if again == words[: len(again)] and sum(map(_is_number, again)) * 2 < len(again):
            return " ".join(pieces[:length])
    return text


def _loops(words: list[str], seconds: float) -> bool:
    """Whether the whole is one unit of a few words, over and over."""
    for length in range(1, _LONGEST_UNIT + 1):
        times = len(words) / length
        if times >= _LOOP and all(word == words[n % length] for n, word in enumerate(words)):
            too_fast = len(words) > _FASTEST_PER_S * seconds
            return too_fast or not all(map(_is_number, words[:length]))
    return False


def _words(text: str) -> list[str]:
    return [word for piece in text.split() if (word := _NOT_WORDS.sub("", piece).casefold())]


def _is_number(word: str) -> bool:
    return word.isdigit() or word in _NUMBERS
