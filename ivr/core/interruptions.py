"""What is no turn of the caller: noises, our own words come back, and "uh-huh" while we speak.

A prompt is stopped quickly, and by whatever sounds like speech. Only what was said tells whether that was
right; when it was not, the prompt goes on from where it stopped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from ivr.core.endpointing import trails_off, word_list
from ivr.core.events import Heard

SHORTEST_SPEECH_MS: Final = 250
"""A shorter sound without words was no speech: nothing is said about it."""

GREETING_MS: Final = 1_000
"""Speech stops the call's first prompt no earlier than this after it began: people say hello into it."""

FEW_WORDS: Final = 2
"""So few words that mean nothing, over a prompt, are no reason to lose it."""

_BACKCHANNELS: Final = word_list(
    """
    uh-huh uhhuh mhm mmhm mm-hmm mmhmm mm-hm mm hmm hm uh huh um ah oh aha yeah yep yes yup ok okay right
    sure alright fine good great cool i see got it understood thanks thank you
    """
)
"""What a listener says to show that they listen. English."""
_HELLOS: Final = frozenset(["hello", "hi", "hey", "good", "morning", "afternoon", "evening", "there"])
_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_MOST_SIGNS: Final = 4
_ECHO: Final = 0.75
"""Share of an utterance's words that must be ours, in our order, for it to be our echo."""
_FEWEST_ECHOED: Final = 2


def words(text: str) -> list[str]:
    """The words of a text in small letters, without punctuation."""
    return _WORD.findall(text.casefold())


def is_backchannel(text: str, *, greeting: bool = False) -> bool:
    """Whether words only show that the caller listens. `greeting`: while the call's first words are said."""
    said = words(text)
    known = _BACKCHANNELS | _HELLOS if greeting else _BACKCHANNELS
    return 0 < len(said) <= _MOST_SIGNS and all(word in known for word in said)


def is_echo(text: str, ours: str) -> bool:
    """Whether what was heard is a part of what we were saying ourselves."""
    said, spoken = words(text), words(ours)
    if len(said) < _FEWEST_ECHOED:
        return False
    return _in_order(said, spoken) >= max(_FEWEST_ECHOED, _ECHO * len(said))


def kind_of(text: str, ours: str) -> str:
    """What of a text the call goes by besides its meaning: `echo`, `backchannel`, `trailing`, or nothing."""
    if is_echo(text, ours):
        return "echo"
    if is_backchannel(text):
        return "backchannel"
    return "trailing" if trails_off(text) else ""


def masked_kind(text: str, ours: str) -> str:
    """The same for words that will not be kept, so that the call can be run again without them."""
    return kind_of(text, ours) or ("few" if are_few(text) else "words")


def wordless(heard: Heard, speech_ms: int) -> bool:
    """Whether a sound without words was a noise, to which nothing needs to be said."""
    return not heard.text and (speech_ms < SHORTEST_SPEECH_MS or heard.why == "punctuation")


def are_few(text: str, kind: str = "") -> bool:
    """Whether there are so few words that, if they mean nothing, it is better to go on with the prompt."""
    return kind == "few" or (kind != "words" and 0 < len(words(text)) <= FEW_WORDS)


def _in_order(said: list[str], spoken: Iterable[str]) -> int:
    """How many of the words occur in our sentence in the same order (longest common subsequence)."""
    row = [0] * (len(said) + 1)
    for ours in spoken:
        before = row[:]
        for n, word in enumerate(said, 1):
            row[n] = before[n - 1] + 1 if word == ours else max(before[n], row[n - 1])
    return row[-1]
