"""What callers said and was not understood: redacted, in heaps, with the nearest meaning of the flow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ivr.core.call import HIDDEN
from ivr.core.flow.model import Flow
from ivr.review.records import Records, SlotRow, Unhandled
from ivr.understanding.classifier import Classifier, Embeddings, Label
from ivr.understanding.clusters import heaps
from ivr.understanding.redaction import redacted
from ivr.understanding.text import normalise, words

_PERSONAL = frozenset({"name", "email", "phone", "address", "spelling", "digits"})
"""Types of slots whose values tell who a caller is."""


@dataclass(frozen=True, slots=True)
class Heap:
    """Things said that mean much the same.

    said     each in other words, the most telling first, redacted
    times    how often any of them was said
    steps    where, the most frequent first
    calls    some of the calls
    nearest  the meaning of the flow that is nearest, `None` for a flow without examples
    score    how near; it would have been understood from `threshold` on
    """

    said: tuple[str, ...]
    times: int
    steps: tuple[str, ...]
    calls: tuple[str, ...]
    nearest: Label | None
    score: float
    threshold: float


async def heard(records: Records, flow: Flow, since_ms: int = 0, limit: int = 500) -> list[Unhandled]:
    """What was not understood in calls of `flow`, redacted; never what was said for a sensitive slot."""
    found: list[Unhandled] = []
    private: dict[str, tuple[str, ...]] = {}
    for one in await records.unhandled(flow.name, since_ms, limit):
        if HIDDEN in one.words or not words(one.words):
            continue
        if one.call_id not in private:
            call = await records.call(one.call_id)
            private[one.call_id] = _private(flow, call.slots if call else ())
        found.append(
            Unhandled(
                one.call_id,
                one.turn,
                one.began_ms,
                one.flow_name,
                one.step,
                redacted(one.words, private[one.call_id]),
            )
        )
    return found


def _private(flow: Flow, slots: Sequence[SlotRow]) -> tuple[str, ...]:
    def tells(name: str) -> bool:
        slot = flow.slots.get(name)
        return slot is not None and (slot.sensitive or slot.type in _PERSONAL)

    return tuple(slot.value for slot in slots if isinstance(slot.value, str) and tells(slot.name))


def heaped(
    said: Sequence[Unhandled], classifier: Classifier | None, embeddings: Embeddings
) -> tuple[Heap, ...]:
    """Put together what means the same; what was said most often comes first."""
    by_words: dict[str, list[Unhandled]] = {}
    for one in said:
        if plain := normalise(one.words):
            by_words.setdefault(plain, []).append(one)
    if not by_words:
        return ()
    sentences = list(by_words)
    vectors = embeddings.embed(sentences)
    made = []
    for rows in heaps(vectors):
        ones = [one for row in rows for one in by_words[sentences[row]]]
        guess = None
        if classifier is not None:
            first = sentences[rows[0]]
            guess = classifier.guess(words(first), vectors[rows[0]], classifier.labels)
        made.append(
            Heap(
                said=tuple(by_words[sentences[row]][0].words for row in rows),
                times=len(ones),
                steps=_by_count(one.step for one in ones),
                calls=tuple(dict.fromkeys(one.call_id for one in ones))[:5],
                nearest=guess.label if guess else None,
                score=round(guess.score, 2) if guess else 0.0,
                threshold=round(classifier.threshold, 2) if classifier else 0.0,
            )
        )
    return tuple(sorted(made, key=lambda heap: heap.times, reverse=True))


def _by_count(steps: Iterable[str]) -> tuple[str, ...]:
    return tuple(step for step, _ in Counter(steps).most_common())
