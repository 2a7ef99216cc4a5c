"""Sentences that mean much the same, put together."""

from __future__ import annotations

from typing import Final

import numpy as np

from ivr.understanding.classifier import Vectors

ALIKE: Final = 0.6
"""Cosine from which two sentences stand in one heap: the same wish in other words reaches it."""


def heaps(vectors: Vectors, alike: float = ALIKE) -> list[list[int]]:
    """Rows by heap, the largest first; in each the most telling one first: nearest to all the others.

    The row with the most neighbours takes them all, then the next of what is left. Every row is in one heap.
    """
    near = np.asarray(vectors @ vectors.T, dtype=np.float32)
    left = np.ones(len(vectors), dtype=bool)
    found: list[list[int]] = []
    while left.any():
        close = (near >= alike) & left[None, :] & left[:, None]
        counts = close.sum(axis=1)
        lead = int(counts.argmax())
        own = np.flatnonzero(close[lead]) if counts[lead] else np.flatnonzero(left)[:1]
        order = own[np.argsort(-near[np.ix_(own, own)].sum(axis=1), kind="stable")]
        found.append(order.tolist())
        left[own] = False
    return sorted(found, key=len, reverse=True)
