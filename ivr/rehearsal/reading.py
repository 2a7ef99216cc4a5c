"""Words to meaning for a rehearsal: the same understanding as a live call, at once and remembered."""

from __future__ import annotations

from typing import Final

import numpy as np

from ivr.core.commands import Expectation
from ivr.core.events import Meaning
from ivr.core.flow.model import Flow
from ivr.understanding.classifier import Embeddings, Guess, Vectors
from ivr.understanding.examples import examples_of
from ivr.understanding.pipeline import FlowModel, best_guess, by_classifier, by_rules, in_all_languages
from ivr.understanding.text import normalise, words

_MAX_CHARS: Final = 600


class TextReader:
    """Finds what words mean. Implements `ivr.core.text_caller.Read`.

    embeddings  the embedder that the model was trained with; None leaves the classifier out, so that
                only grammars and the author's very words count
    """

    def __init__(self, model: FlowModel, embeddings: Embeddings | None) -> None:
        self.model = model
        self._embeddings = embeddings
        self._vectors: dict[str, Vectors] = {}

    def __call__(self, text: str, expectation: Expectation) -> Meaning:
        reading = by_rules(self.model, text, expectation)
        if reading.settled:
            return reading.meaning
        vector = self._vector(text, expectation)
        if vector is None:
            return reading.meaning
        return by_classifier(self.model, text, expectation, vector, reading.meaning)

    def guess(self, text: str, expectation: Expectation) -> Guess | None:
        """The likeliest meaning that the step allows, however unlikely it is."""
        vector = self._vector(text, expectation)
        return None if vector is None else best_guess(self.model, text, expectation, vector)

    def _vector(self, text: str, expectation: Expectation) -> Vectors | None:
        if self._embeddings is None:
            return self._none(text, expectation)
        plain = normalise(text[:_MAX_CHARS])
        if plain not in self._vectors:
            self._vectors[plain] = self._embeddings.embed([plain])[0]
        return self._vectors[plain]

    def _none(self, text: str, expectation: Expectation) -> Vectors | None:
        """A vector that says nothing, for an author's very words, which need none; None for other words."""
        classifier = self.model.hearing(expectation).classifier
        owner = classifier.phrases.get(words(text)) if classifier else None
        if classifier is None or owner is None:
            return None
        label = classifier.labels[owner]
        if label.kind == "intent" and label.name not in expectation.intents:
            return None
        return np.zeros(classifier.examples.shape[1], dtype=np.float32)


def exact_model(flow: Flow) -> FlowModel:
    """A model without an embedder, good for grammars and the author's very words."""
    from ivr.understanding.training import train  # noqa: PLC0415 - slow to import

    def one(flow: Flow) -> FlowModel:
        # Every example stands alone: nothing is like anything else.
        return train(flow, np.eye(len(examples_of(flow)), dtype=np.float32))

    return in_all_languages(flow, one)
