"""A small flow and an embedder without a model, for the tests of understanding."""

import dataclasses
import zlib
from collections.abc import Sequence

import numpy as np

from ivr.core.flow.model import Answer, Flow, Intent, Slot, Universal
from ivr.understanding.classifier import Classifier, Guess, Label, Vectors
from ivr.understanding.examples import examples_of
from ivr.understanding.pipeline import FlowModel
from ivr.understanding.text import words
from ivr.understanding.training import train

DIMENSIONS = 384


class BagOfWords:
    """Implements `Embeddings`: each word is a fixed direction, a sentence the sum of its words."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in words(text):
                vectors[row, zlib.crc32(word.encode()) % DIMENSIONS] += 1.0
        vectors[:, 0] += 1e-3  # a sentence without words has a direction too
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


INTENTS = {
    "book": ("book an appointment", "I want to make an appointment", "can I schedule a visit"),
    "cancel": ("cancel my appointment", "I need to cancel my visit", "please call off my booking"),
    "refill": ("refill my prescription", "I need more of my medicine", "order my pills again"),
}
ANSWERS = {
    "hours": ("what are your opening hours", "when are you open", "what time do you close"),
    "parking": ("where can I park", "is there parking nearby", "do you have a car park"),
}
SLOTS = {
    "ok": Slot("ok", "yes_no"),
    "code": Slot("code", "digits", minimum=4, maximum=4),
    "age": Slot("age", "integer", minimum=1, maximum=120),
    "day": Slot("day", "choice", choices={"monday": ("first day",), "tuesday": (), "thursday": ()}),
    "reason": Slot("reason", "text"),
    "bill": Slot("bill", "money", most="500"),
    "visit": Slot("visit", "date", least="today"),
    "hour": Slot("hour", "time", least="08:00", most="18:00"),
    "appointment": Slot("appointment", "date_time", least="today"),
    "telephone": Slot("telephone", "phone"),
    "mail": Slot("mail", "email"),
    "patient": Slot("patient", "name"),
    "letters": Slot("letters", "spelling"),
    "home": Slot("home", "address"),
}
UNIVERSALS = {
    "agent": Universal("agent", "flow", "person", ("speak to a nurse",)),
    "repeat": Universal("repeat", "repeat"),
    "goodbye": Universal("goodbye", "flow", "bye"),
}
FLOW = Flow(
    name="front desk",
    entry="main",
    flows={},
    intents={name: Intent(name, said) for name, said in INTENTS.items()},
    answers={name: Answer(name, said, f"About {name}.") for name, said in ANSWERS.items()},
    slots=SLOTS,
    universals=UNIVERSALS,
    digest="front-desk",
)


def trained(flow: Flow) -> FlowModel:
    return train(flow, BagOfWords().embed([sentence for _, sentence in examples_of(flow)]))


EVERY = frozenset({Label("intent", name) for name in INTENTS} | {Label("answer", name) for name in ANSWERS})


def classifier_of(flow: Flow) -> Classifier:
    classifier = trained(flow).classifier
    assert classifier is not None
    return classifier


def guess(classifier: Classifier, text: str, allowed: frozenset[Label] = EVERY) -> Guess | None:
    return classifier.guess(words(text), BagOfWords().embed([text])[0], allowed)


def flow_of(**intents: tuple[str, ...]) -> Flow:
    return dataclasses.replace(
        FLOW, intents={name: Intent(name, said) for name, said in intents.items()}, answers={}
    )
