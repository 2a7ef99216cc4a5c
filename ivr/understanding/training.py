"""Learning a flow's intents and answers from its examples.

Used when a flow is loaded, and imported only then: scikit-learn takes a second to import.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array  # type: ignore[import-untyped]  # it ships no types
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]  # it ships no types
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

from ivr.core.errors import Bug
from ivr.core.flow.model import Flow
from ivr.understanding.classifier import (
    Classifier,
    Label,
    Linear,
    Vectors,
    WordModel,
    grams,
    middles,
    sharpened,
)
from ivr.understanding.examples import examples_of, flow_model, unshared
from ivr.understanding.pipeline import FlowModel
from ivr.understanding.text import Words, words

_INVERSE_REGULARISATION: Final = 10.0
_FOLDS: Final = 5
_FALSE_REJECTS: Final = 0.05
"""The share of the author's own examples that may fall under the threshold."""
_USUAL_THRESHOLD: Final = 0.53
_USUAL_WEIGHT: Final = 10
"""The usual threshold counts as much as so many examples, so that a few odd ones do not decide."""
_USUAL_SHARPNESS: Final = 3.0
_SHARPNESS_WEIGHT: Final = 60
_SHARPNESSES: Final = tuple(float(power) for power in np.arange(1.0, 5.01, 0.1))
_MANY: Final = 2_000
"""Examples beyond which a fifth of them is enough to learn thresholds from."""
_LOWEST: Final = 0.4
_HIGHEST: Final = 1.0

_Owners = NDArray[np.intp]


def train(flow: Flow, vectors: Vectors) -> FlowModel:
    """Make a flow ready to be understood. `vectors`: of the sentences of `examples_of(flow)`, in order."""
    return flow_model(flow, train_classifier(examples_of(flow), vectors))


def train_classifier(examples: Sequence[tuple[Label, str]], vectors: Vectors) -> Classifier | None:
    """Learn from sentences with their labels and vectors [len(examples), dimensions]; None without any."""
    if len(examples) != len(vectors):
        raise Bug(
            f"There are {len(examples)} examples and {len(vectors)} vectors. Embed `examples_of(flow)`."
        )
    if not examples:
        return None
    labels = tuple(dict.fromkeys(label for label, _ in examples))
    index = {label: i for i, label in enumerate(labels)}
    owners = np.array([index[label] for label, _ in examples], dtype=np.intp)
    spoken = tuple(words(sentence) for _, sentence in examples)
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    with threadpool_limits(1):  # threads take ten times as long over matrices as small as these
        whole = _fit(labels, spoken, vectors, owners)
        held_out = _held_out(whole)
    return replace(whole, threshold=_threshold(held_out), sharpness=_sharpness(held_out))


def _fit(
    labels: tuple[Label, ...], spoken: tuple[Words, ...], vectors: Vectors, owners: _Owners
) -> Classifier:
    """A classifier with the usual threshold and sharpness."""
    word_model = _word_model(spoken)
    rows = [word_model.features(said) for said in spoken]
    ends = np.cumsum([0, *(len(places) for places, _ in rows)])
    features = csr_array(
        (
            np.concatenate([values for _, values in rows]),
            np.concatenate([places for places, _ in rows]),
            ends,
        ),
        shape=(len(rows), len(word_model.idf)),
    )
    of_labels, of_all = middles(vectors, owners, len(labels))
    return Classifier(
        labels=labels,
        examples=vectors,
        owners=owners,
        middles=of_labels,
        topic=of_all,
        spoken=spoken,
        phrases=unshared(spoken, owners.tolist()),
        meaning=_regression(vectors, owners, len(labels)),
        wording=_regression(features, owners, len(labels)),
        word_model=word_model,
        threshold=_USUAL_THRESHOLD,
        sharpness=_USUAL_SHARPNESS,
    )


def _word_model(spoken: Sequence[Words]) -> WordModel:
    documents = Counter(gram for said in spoken for gram in set(grams(said)))
    columns = {gram: i for i, gram in enumerate(sorted(documents))}
    seen_in = np.array([documents[gram] for gram in columns], dtype=np.float32)
    return WordModel(columns, (np.log((1 + len(spoken)) / (1 + seen_in)) + 1).astype(np.float32))


def _regression(features: Vectors | csr_array, owners: _Owners, labels: int) -> Linear:
    """A logistic regression over `labels` labels; one that is not among `owners` is made unlikely."""
    present = np.unique(owners)
    weights = np.zeros((labels, features.shape[1]), dtype=np.float32)
    bias = np.full(labels, -30.0, dtype=np.float32)
    bias[present] = 0.0
    if len(present) > 1:
        model = LogisticRegression(C=_INVERSE_REGULARISATION, max_iter=300).fit(features, owners)
        both = len(present) == 2  # noqa: PLR2004 - scikit-learn keeps one row for two labels
        coefficients, intercepts = model.coef_, model.intercept_
        weights[present] = np.vstack([-coefficients / 2, coefficients / 2]) if both else coefficients
        bias[present] = np.concatenate([-intercepts / 2, intercepts / 2]) if both else intercepts
    return Linear(weights, bias)


@dataclass(frozen=True, slots=True)
class _HeldOut:
    """What was made of an example that was not learnt from: its label, and its label's score."""

    owner: int
    probabilities: Vectors
    score: float


def _threshold(held_out: Sequence[_HeldOut]) -> float:
    """The score below which one in twenty of the author's own examples falls, when it is not learnt from.

    Few examples say little, so the usual threshold is weighed in.
    """
    if not held_out:
        return _USUAL_THRESHOLD
    scores = [one.score for one in held_out]
    quantile = float(np.quantile(scores, _FALSE_REJECTS))
    weighed = (quantile * len(scores) + _USUAL_THRESHOLD * _USUAL_WEIGHT) / (len(scores) + _USUAL_WEIGHT)
    return float(np.clip(weighed, _LOWEST, _HIGHEST))


def _sharpness(held_out: Sequence[_HeldOut]) -> float:
    """The power that makes probabilities fit how often they are right.

    Learnt from a handful of examples they are right far more often than they say, the more so the fewer the
    examples; with it, one limit does for flows of five and of fifty. The usual one is weighed in.
    """
    if not held_out:
        return _USUAL_SHARPNESS
    probabilities = np.stack([one.probabilities for one in held_out])
    own = (np.arange(len(held_out)), [one.owner for one in held_out])

    def surprise(power: float) -> float:
        return -float(np.log(sharpened(probabilities, power)[own] + 1e-9).mean())

    best = min(_SHARPNESSES, key=surprise)
    count = len(held_out)
    return (best * count + _USUAL_SHARPNESS * _SHARPNESS_WEIGHT) / (count + _SHARPNESS_WEIGHT)


def _folds(owners: _Owners) -> NDArray[np.intp]:
    """The fold of each example: a label's first in 0, its second in 1, and so on; -1 for an only one."""
    folds = np.full(len(owners), -1, dtype=np.intp)
    for label in np.unique(owners):
        own = np.flatnonzero(owners == label)
        if len(own) > 1:
            folds[own] = np.arange(len(own)) % _FOLDS
    return folds


def _held_out(whole: Classifier) -> list[_HeldOut]:
    """Each example as it looks when it is not learnt from; a label's only one says nothing.

    Examples are held out in turn, a label's spread over the folds. Of very many a part is enough.
    """
    spoken, vectors, owners = whole.spoken, whole.examples, whole.owners
    folds = _folds(owners)
    found: list[_HeldOut] = []
    for fold in range(_FOLDS if len(spoken) <= _MANY else 1):
        out, kept = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        if not out.size or not kept.size:
            continue
        part = _fit(whole.labels, tuple(spoken[i] for i in kept.tolist()), vectors[kept], owners[kept])
        for i in out.tolist():
            near = part.likeness(spoken[i], vectors[i])
            owner = int(owners[i])
            found.append(_HeldOut(owner, near.probabilities, float(near.scores[owner])))
    return found
