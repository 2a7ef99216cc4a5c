"""Which words of a text a caller has heard, by how far its sound was played."""

from __future__ import annotations


def words_heard(text: str, duration_ms: int, position_ms: int, weights: tuple[int, ...] = ()) -> str:
    """The words of `text` that ended before `position_ms`.

    A word takes time in proportion to its weight, or to its length where there are no weights.
    """
    if duration_ms <= 0 or position_ms <= 0:
        return ""
    words = text.split()
    weights = weights_of(words, weights)
    budget = sum(weights) * position_ms / duration_ms
    heard: list[str] = []
    for word, weight in zip(words, weights, strict=True):
        budget -= weight
        if budget < -weight * 0.05:
            break
        heard.append(word)
    return " ".join(heard)


def weights_of(words: list[str], weights: tuple[int, ...]) -> tuple[int, ...]:
    """How long each word takes to say: as it is known, else as long as it is written."""
    return weights or tuple(len(word) + 1 for word in words)
