"""Intents and answers that are easily taken for one another: told before a caller finds out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from ivr.understanding.classifier import Label, Vectors

NEAR: Final = 0.75
"""Cosine of two examples of different labels from which a caller's words may fall between them."""
RELATED: Final = 0.4
"""Cosine under which a nearest example is no neighbour."""
MIXED: Final = 0.3
"""Share of a label's examples whose nearest neighbour is the other label's from which they are mixed up."""


@dataclass(frozen=True, slots=True)
class Confusable:
    """Two labels whose examples are near to each other.

    examples  the nearest two, one of each, as the author wrote them
    cosine    of these two
    mixed     share of the examples of both whose nearest example of another sentence is the other's, 0..1
    """

    labels: tuple[Label, Label]
    examples: tuple[str, str]
    cosine: float
    mixed: float


def confusable(
    examples: Sequence[tuple[Label, str]],
    vectors: Vectors,
    near: float = NEAR,
    mixed: float = MIXED,
    rivals: Callable[[Label, Label], bool] = lambda _one, _other: True,
) -> tuple[Confusable, ...]:
    """The pairs of labels that are easily mixed up, the worst first.

    examples  as `ivr.understanding.examples.examples_of` gives them; `vectors` [examples, dimensions]: theirs
    rivals    whether a caller's words may ever have to be told apart between two labels
    """
    labels = tuple(dict.fromkeys(label for label, _ in examples))
    if len(labels) < 2:  # noqa: PLR2004 -- it takes two
        return ()
    index = {label: number for number, label in enumerate(labels)}
    owners = np.array([index[label] for label, _ in examples], dtype=np.intp)
    cosines = np.array(vectors @ vectors.T, dtype=np.float32)
    np.fill_diagonal(cosines, -1.0)
    nearest = np.where(cosines.max(axis=1) >= RELATED, owners[cosines.argmax(axis=1)], -1)
    found: list[Confusable] = []
    for first, second in combinations(range(len(labels)), 2):
        if not rivals(labels[first], labels[second]):
            continue
        one, other = np.flatnonzero(owners == first), np.flatnonzero(owners == second)
        between = cosines[np.ix_(one, other)]
        row, column = np.unravel_index(int(between.argmax()), between.shape)
        astray = int((nearest[one] == second).sum()) + int((nearest[other] == first).sum())
        share = astray / (len(one) + len(other))
        if float(between[row, column]) >= near or share >= mixed:
            pair = (examples[int(one[row])][1], examples[int(other[column])][1])
            cosine = round(float(between[row, column]), 3)
            found.append(Confusable((labels[first], labels[second]), pair, cosine, round(share, 3)))
    return tuple(sorted(found, key=lambda pair: (pair.mixed, pair.cosine), reverse=True))
