"""Intents and answers that are easily taken for one another: told before a caller finds out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from ivr.understanding.classifier import Classifier, Label

NEAR: Final = 0.75
"""Cosine of two examples of different labels from which a caller's words may fall between them."""
RELATED: Final = 0.4
"""Cosine under which a nearest example is no neighbour."""
MIXED: Final = 0.3
"""Share of a label's examples whose nearest neighbour is the other label's from which they are mixed up."""


@dataclass(frozen=True, slots=True)
class Confusable:
    """Two labels whose examples are near to each other.

    examples  the nearest two, one of each, in plain form
    cosine    of these two
    mixed     share of the examples of both whose nearest example of another sentence is the other's, 0..1
    """

    labels: tuple[Label, Label]
    examples: tuple[str, str]
    cosine: float
    mixed: float


def confusable(classifier: Classifier, near: float = NEAR, mixed: float = MIXED) -> tuple[Confusable, ...]:
    """The pairs of labels that are easily mixed up, the worst first."""
    cosines = np.asarray(classifier.examples @ classifier.examples.T, dtype=np.float32)
    np.fill_diagonal(cosines, -1.0)
    nearest = np.where(cosines.max(axis=1) >= RELATED, classifier.owners[cosines.argmax(axis=1)], -1)
    found: list[Confusable] = []
    for first, second in combinations(range(len(classifier.labels)), 2):
        one, other = np.flatnonzero(classifier.owners == first), np.flatnonzero(classifier.owners == second)
        between = cosines[np.ix_(one, other)]
        row, column = np.unravel_index(int(between.argmax()), between.shape)
        astray = int((nearest[one] == second).sum()) + int((nearest[other] == first).sum())
        share = astray / (len(one) + len(other))
        if float(between[row, column]) >= near or share >= mixed:
            found.append(
                Confusable(
                    (classifier.labels[first], classifier.labels[second]),
                    (
                        " ".join(classifier.spoken[int(one[row])]),
                        " ".join(classifier.spoken[int(other[column])]),
                    ),
                    round(float(between[row, column]), 3),
                    round(share, 3),
                )
            )
    return tuple(sorted(found, key=lambda pair: (pair.mixed, pair.cosine), reverse=True))
