"""Intents and canonical answers, told apart by a few examples of each.

The label is chosen by 0.7 of a logistic regression on sentence embeddings and 0.3 of one on tf-idf of
words and word pairs: the embedding knows what is meant, the words keep it right when a recogniser has
mangled the sentence. Whether the label is taken at all is decided by a score,

    0.5 cosine to its nearest example + 0.5 cosine to the middle of its examples + 0.75 probability
        + mean cosine to all examples of the flow, less what that is for the examples themselves

against a threshold found by cross-validation (`training`). The nearest example alone is fooled by strange
words that happen to be near one odd example; the last summand is for lines that are about one thing.
Here is only what a call needs, in plain numpy; learning is in `ivr.understanding.training`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from ivr.core.events import Candidate
from ivr.understanding.text import Words

Vectors = NDArray[np.float32]

EMBEDDING_WEIGHT: Final = 0.7
"""The share of the embedding's regression in a label's probability; the rest is that of the words.

More loses sentences with word errors, less loses clean ones (`bench/understanding.py`).
"""
NEAREST_WEIGHT: Final = 0.5
MIDDLE_WEIGHT: Final = 0.5
PROBABILITY_WEIGHT: Final = 0.75
TOPIC_WEIGHT: Final = 1.0
"""The weights of the score, chosen on draws that no reported figure is measured on."""
BEST_SCORE: Final = NEAREST_WEIGHT + MIDDLE_WEIGHT + PROBABILITY_WEIGHT
BY_SCORE: Final = 6.2
BY_MARGIN: Final = 7.7
BY_ITSELF: Final = -1.0
MOST_SURE: Final = 0.99
"""What confidence is made of: a logistic regression on the score above the threshold and on the margin.

Learnt on draws that no reported figure is measured on, with one turn in five out of scope, so that of a
hundred guesses of confidence 0.8 about eighty are right; more than the last is never claimed
(`bench/confidence.py`).
"""
MOST_CANDIDATES: Final = 5


class Embeddings(Protocol):
    """Turns sentences into vectors whose cosine says how alike they mean."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Float32 [len(texts), dimensions], each row of unit length. Raises `EngineError`."""
        ...


@dataclass(frozen=True, slots=True, order=True)
class Label:
    """What a caller may mean: an intent or a canonical answer of the flow."""

    kind: Literal["intent", "answer"]
    name: str


@dataclass(frozen=True, slots=True)
class Linear:
    """A trained regression: `weights` [labels, features], `bias` [labels]."""

    weights: Vectors
    bias: Vectors


@dataclass(frozen=True, slots=True)
class WordModel:
    """Tf-idf over words and word pairs: `columns` gram -> feature, `idf` [features]."""

    columns: Mapping[Words, int]
    idf: Vectors

    def features(self, spoken: Words) -> tuple[NDArray[np.intp], Vectors]:
        """The features that `spoken` has, and their values, together of unit length."""
        counts = Counter(self.columns[gram] for gram in grams(spoken) if gram in self.columns)
        places = np.fromiter(counts, dtype=np.intp, count=len(counts))
        values = 1.0 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))
        values *= self.idf[places]
        length = float(np.linalg.norm(values))
        return places, (values / length if length else values).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How near one utterance is to what was learnt.

    cosines           to each example, [examples]
    meaning, wording  scores of the labels by the two regressions, [labels] each
    scores            what is held against the threshold, [labels]
    """

    cosines: Vectors
    meaning: Vectors
    wording: Vectors
    scores: Vectors

    @property
    def probabilities(self) -> Vectors:
        """Of the labels among all of the flow, [labels]; too unsure of themselves (see `sharpened`)."""
        return mixture(self.meaning, self.wording)


@dataclass(frozen=True, slots=True)
class Guess:
    """The likeliest label among those allowed.

    score        what is held against the threshold; `BEST_SCORE` for an example's very words
    probability  among all labels of the flow, 0..1
    margin       its probability less the next one's, among the allowed, 0..1
    exact        the words are an example's very words
    nearest      its nearest example, in plain form
    """

    label: Label
    score: float
    probability: float
    margin: float
    exact: bool
    nearest: Words


@dataclass(frozen=True, slots=True)
class Classifier:
    """What training leaves. Examples are ordered by label.

    labels     label of each row of the regressions
    examples   vectors of the examples, [examples, dimensions], unit length
    owners     the label (index) of each example, [examples]
    middles    the middle of each label's examples, [labels, dimensions], unit length
    topic      the mean of all examples, [dimensions]
    spoken     each example in plain form
    phrases    every example in plain form -> its label (index); an example of two labels is in none
    threshold  least score at which a guess is taken
    sharpness  how much surer the probabilities ought to be: the power that makes them true (`training`)
    """

    labels: tuple[Label, ...]
    examples: Vectors
    owners: NDArray[np.intp]
    middles: Vectors
    topic: Vectors
    spoken: tuple[Words, ...]
    phrases: Mapping[Words, int]
    meaning: Linear
    wording: Linear
    word_model: WordModel
    threshold: float
    sharpness: float

    def exactly(self, spoken: Words, allowed: Collection[Label]) -> Label | None:
        """The allowed label that has `spoken` among its examples, word for word."""
        index = self.phrases.get(spoken)
        return self.labels[index] if index is not None and self.labels[index] in allowed else None

    def likeness(self, spoken: Words, vector: Vectors) -> Likeness:
        """How near an utterance, by its words and their vector, is to every example and label."""
        places, values = self.word_model.features(spoken)
        cosines = self.examples @ vector
        meaning = self.meaning.weights @ vector + self.meaning.bias
        wording = self.wording.weights[:, places] @ values + self.wording.bias
        nearest = np.full(len(self.labels), -1.0, dtype=np.float32)
        np.maximum.at(nearest, self.owners, cosines)
        scores = (
            NEAREST_WEIGHT * nearest
            + MIDDLE_WEIGHT * (self.middles @ vector)
            + PROBABILITY_WEIGHT * mixture(meaning, wording)
            + TOPIC_WEIGHT * float(self.topic @ (vector - self.topic))
        )
        return Likeness(cosines, meaning, wording, scores.astype(np.float32))

    def guess(
        self, spoken: Words, vector: Vectors, allowed: Collection[Label], near: Likeness | None = None
    ) -> Guess | None:
        """The likeliest of the allowed labels for words and their vector, however unlikely it is.

        near  the likeness of these words, if it is known already
        """
        open_to = np.array([i for i, label in enumerate(self.labels) if label in allowed], dtype=np.intp)
        if not open_to.size:
            return None
        if (exact := self.exactly(spoken, allowed)) is not None:
            return Guess(exact, BEST_SCORE, 1.0, 1.0, exact=True, nearest=spoken)
        near = near or self.likeness(spoken, vector)
        among_open = mixture(near.meaning[open_to], near.wording[open_to])
        best = int(open_to[int(among_open.argmax())])
        first, *others = sorted(among_open.tolist(), reverse=True)
        own = np.flatnonzero(self.owners == best)
        nearest = self.spoken[int(own[int(near.cosines[own].argmax())])]
        margin = first - others[0] if others else first
        probability = float(near.probabilities[best])
        score = float(near.scores[best])
        return Guess(self.labels[best], score, probability, margin, exact=False, nearest=nearest)

    def candidates(self, near: Likeness, allowed: Collection[Label]) -> tuple[Candidate, ...]:
        """The allowed labels that are likeliest, at most `MOST_CANDIDATES`, likeliest first."""
        open_to = np.array([i for i, label in enumerate(self.labels) if label in allowed], dtype=np.intp)
        probabilities = mixture(near.meaning[open_to], near.wording[open_to]) if open_to.size else open_to
        likeliest = np.argsort(-probabilities, kind="stable")[:MOST_CANDIDATES].tolist()
        found = []
        for place in likeliest:
            rival = float(np.delete(probabilities, place).max(initial=0.0))
            sure = self._sure(float(near.scores[open_to[place]]), float(probabilities[place]) - rival)
            found.append(Candidate(self.labels[int(open_to[place])].name, sure))
        return tuple(sorted(found, key=lambda one: -one.score))

    def confidence(self, guess: Guess) -> float:
        """How likely a guess is to be right, 0..1; 1 for an example's very words."""
        return 1.0 if guess.exact else self._sure(guess.score, guess.margin)

    def _sure(self, score: float, margin: float) -> float:
        evidence = BY_SCORE * (score - self.threshold) + BY_MARGIN * margin + BY_ITSELF
        return round(min(float(1.0 / (1.0 + np.exp(-evidence))), MOST_SURE), 3)


def middles(examples: Vectors, owners: NDArray[np.intp], labels: int) -> tuple[Vectors, Vectors]:
    """The middle of each label's examples [labels, dimensions], and of all [dimensions].

    A label without an example has a middle that nothing is near to.
    """
    sums = np.zeros((labels, examples.shape[1]), dtype=np.float32)
    np.add.at(sums, owners, examples)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    found = np.divide(sums, lengths, out=np.zeros_like(sums), where=lengths > 0)
    return found, np.asarray(examples.mean(axis=0), dtype=np.float32)


def grams(spoken: Words) -> list[Words]:
    """Words and pairs of neighbouring words."""
    return [(word,) for word in spoken] + list(pairwise(spoken))


def mixture(meaning: Vectors, wording: Vectors) -> Vectors:
    """Probabilities of labels from the two regressions' scores, [..., labels] each."""
    mixed = EMBEDDING_WEIGHT * _softmax(meaning) + (1 - EMBEDDING_WEIGHT) * _softmax(wording)
    return mixed.astype(np.float32)


def sharpened(probabilities: Vectors, sharpness: float) -> Vectors:
    """Probabilities raised to a power and made to sum to 1 again, [..., labels]."""
    return _softmax(sharpness * np.log(probabilities + np.float32(1e-9)))


def _softmax(scores: Vectors) -> Vectors:
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float32)
