"""The answer cache: whether a canonical answer was written for just this question.

An answer's examples, all of them words of the owner's own, are its entries; nothing that a caller says
ever becomes one. Nearness alone does not do: at a limit that lets few wrong answers through it answers one
question in ten. So an entry has to be the first among the nearest that passes the guard
(`ivr.understanding.guard`), the classifier has to choose the same label among all labels of the flow, and

    0.5 cosine + (cosine - nearest example of another label) + (probability - next label's)

has to reach 1.5. The probabilities are sharpened as the flow's own examples ask for, which makes one limit do
for five examples and for twenty. Measured in `bench/answer_cache.py`.

Pure numpy over the classifier's examples: no copy of them, and 10,000 take about a millisecond.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ivr.understanding.classifier import Classifier, Label, Likeness, sharpened
from ivr.understanding.guard import facts, guards
from ivr.understanding.text import Words

NEAREST: Final = 8
"""Entries that may still answer; what comes after the eighth is not what the caller asked."""
ACCEPTED: Final = 1.5
"""Least score of an answer."""
COSINE_WEIGHT: Final = 0.5
RIVAL: Final = 0.35
"""A rival is supposed to be at least so near: a flow of three answers has few examples that disagree."""
BEST: Final = COSINE_WEIGHT + (1.0 - RIVAL) + 1.0
_LEAST_CONFIDENCE: Final = 0.9


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that answers.

    entry     the example, in plain form
    score     what is held against `ACCEPTED`; `BEST` for the example's very words
    accepted  whether it answers
    """

    label: Label
    entry: Words
    score: float

    @property
    def accepted(self) -> bool:
        """Whether the entry stands for what was said surely enough."""
        return self.score >= ACCEPTED

    @property
    def confidence(self) -> float:
        """0.9 for the least score that is accepted, 1 for an example's very words."""
        reach = (self.score - ACCEPTED) / (BEST - ACCEPTED)
        return round(_LEAST_CONFIDENCE + (1 - _LEAST_CONFIDENCE) * min(max(reach, 0.0), 1.0), 3)


def look_up(classifier: Classifier, spoken: Words, near: Likeness, language: str) -> Hit | None:
    """The entry, of any label, that stands for what was said. None when none surely does.

    Whether the label may answer here is for the caller of this function to say.
    """
    hit = closest(classifier, spoken, near, language)
    return hit if hit is not None and hit.accepted else None


def closest(classifier: Classifier, spoken: Words, near: Likeness, language: str) -> Hit | None:
    """The entry that comes nearest to standing for what was said, accepted or not.

    None when the guard lets none pass.
    """
    owner = classifier.phrases.get(spoken)
    if owner is not None:
        return Hit(classifier.labels[owner], spoken, BEST)
    if not guards(language):
        return None
    entry = _first_that_passes(classifier, spoken, near, language)
    if entry is None:
        return None
    owner = int(classifier.owners[entry])
    score = _score(classifier, near, entry, owner)
    return Hit(classifier.labels[owner], classifier.spoken[entry], score)


def _first_that_passes(classifier: Classifier, spoken: Words, near: Likeness, language: str) -> int | None:
    cosines = near.cosines
    nearest = np.argpartition(-cosines, min(NEAREST, len(cosines)) - 1)[:NEAREST]
    said = facts(spoken, language)
    for entry in nearest[np.argsort(-cosines[nearest], kind="stable")].tolist():
        if said.agree(facts(classifier.spoken[entry], language)):
            return int(entry)
    return None


def _score(classifier: Classifier, near: Likeness, entry: int, owner: int) -> float:
    """What the module's docstring says. A classifier that chooses another label keeps it from `ACCEPTED`."""
    probabilities = sharpened(near.probabilities, classifier.sharpness)
    cosine = float(near.cosines[entry])
    others = near.cosines[classifier.owners != owner]
    rival = max(float(others.max()) if others.size else RIVAL, RIVAL)
    next_best = float(np.delete(probabilities, owner).max(initial=0.0))
    return COSINE_WEIGHT * cosine + (cosine - rival) + (float(probabilities[owner]) - next_best)
