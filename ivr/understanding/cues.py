"""Values by the words around them, as an author's examples show: "my order number is {order_number}".

What stands in the place of the value is read by the grammar of the slot, and by nothing else. So a cue
tells which number of several is meant, and where a text begins; it never makes a value of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ivr.core.events import Meaning
from ivr.core.flow.model import Slot
from ivr.understanding.found import CARRIERS
from ivr.understanding.text import Words, find, vocabulary, words

MOST_VALUE: Final = 24
"""Words of a value that is followed by others; one at the end of the utterance may be longer."""

_PLACE: Final = re.compile(r"\{[^{}]*\}")
_ENDS: Final = CARRIERS - vocabulary("a i one oh you me it in so")
"""Words that no value ends with."""
_WHOLE: Final = ("text", "address", "email")
"""Types whose values may end with any word."""

ReadValue = Callable[[str], Meaning | None]
"""What words mean as the value of a slot."""


@dataclass(frozen=True, slots=True)
class Cue:
    """The words in front of a value and behind it, in plain form."""

    before: Words
    after: Words


@dataclass(frozen=True, slots=True)
class Cued:
    """A value that was found by its cue. The words from `start` to `end` are the cue's and the value's."""

    meaning: Meaning
    start: int
    end: int


def cues_of(slot: Slot) -> tuple[Cue, ...]:
    """The cues that a slot's examples show, those of more words first."""
    cues = []
    for example in slot.examples:
        before, _, after = _PLACE.sub("\0", example).partition("\0")
        cues.append(Cue(words(before), words(after)))
    return tuple(sorted(dict.fromkeys(cues), key=lambda cue: -len(cue.before) - len(cue.after)))


def all_cues(slots: Mapping[str, Slot]) -> dict[str, tuple[Cue, ...]]:
    """The cues of every slot that has examples."""
    return {name: cues_of(slot) for name, slot in slots.items() if slot.examples}


def cued(text: str, slot: Slot, cues: tuple[Cue, ...], read: ReadValue) -> Cued | None:
    """The value that stands with one of the slot's cues in `text`, or None.

    Two places with different values are none: the caller said the cue twice, and the grammar of the whole
    utterance knows better which counts.
    """
    spoken = words(text)
    for cue in cues:
        found = [_longest(text, spoken, slot, cue, place, read) for place in _places(spoken, cue)]
        values = [one for one in found if one is not None]
        if values and all(one.meaning.value == values[0].meaning.value for one in values):
            return values[0]
    return None


def _places(spoken: Words, cue: Cue) -> Iterator[int]:
    """Where a cue begins; the beginning of the utterance where nothing stands before the value."""
    return iter(find(spoken, cue.before)) if cue.before else iter((0,))


def _longest(  # noqa: PLR0913 -- an utterance, and what is looked for in it
    text: str, spoken: Words, slot: Slot, cue: Cue, place: int, read: ReadValue
) -> Cued | None:
    """The longest value behind the beginning of a cue that leaves no word over."""
    start = place + len(cue.before)
    for end in _ends(spoken, cue, start):
        value = spoken[start:end]
        if not value or (slot.type not in _WHOLE and value[-1] in _ENDS):
            continue
        meaning = read(_as_spoken(text, spoken, start, end))
        if meaning and meaning.kind == "value" and not _strange(meaning):
            return Cued(meaning, place, end + len(cue.after))
    return None


def _ends(spoken: Words, cue: Cue, start: int) -> Iterator[int]:
    """Where the value may end: before the words behind it, or anywhere, the whole rest first."""
    if cue.after:
        behind = [at for at in find(spoken, cue.after) if start < at <= start + MOST_VALUE]
        return iter(behind) if cue.before else iter(reversed(behind))
    shorter = range(min(len(spoken) - 1, start + MOST_VALUE), start, -1)
    return iter((len(spoken), *shorter))


def _strange(meaning: Meaning) -> bool:
    return any(word not in CARRIERS for word in meaning.rest.split())


def _as_spoken(text: str, spoken: Words, start: int, end: int) -> str:
    """The part of the text that holds these words, as it was written; else the words in plain form."""
    pieces = text.split()
    counts = [len(words(piece)) for piece in pieces]
    if sum(counts) != len(spoken):
        return " ".join(spoken[start:end])
    kept, at = [], 0
    for piece, count in zip(pieces, counts, strict=True):
        if start <= at and at + count <= end and count:
            kept.append(piece)
        at += count
    return " ".join(kept).strip(" ,;:")
