"""Learning and choosing with bag-of-words vectors; on real ones: `tests/engines/test_reader.py`."""

import dataclasses
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.core.errors import Bug
from ivr.core.flow.model import Answer, Flow, Intent
from ivr.understanding.classifier import Classifier, Guess, Label, grams
from ivr.understanding.examples import examples_of
from ivr.understanding.text import words
from ivr.understanding.training import train, train_classifier
from tests.understanding.front_desk import ANSWERS, FLOW, INTENTS, BagOfWords, trained

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


DESK = classifier_of(FLOW)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("I would like to book an appointment tomorrow", Label("intent", "book")),
        ("cancel my visit please", Label("intent", "cancel")),
        ("more medicine", Label("intent", "refill")),
        ("when do you open", Label("answer", "hours")),
        ("is there a car park", Label("answer", "parking")),
    ],
)
def test_the_nearest_label(text: str, label: Label) -> None:
    guessed = guess(DESK, text)
    assert guessed is not None
    assert guessed.label == label
    assert guessed.score >= DESK.threshold


def test_only_allowed_labels_are_chosen() -> None:
    allowed = frozenset({Label("intent", "book"), Label("answer", "hours")})
    guessed = guess(DESK, "cancel my visit please", allowed)
    assert guessed is not None
    assert guessed.label in allowed
    freely = guess(DESK, "cancel my visit please")
    assert freely is not None
    assert guessed.score < freely.score
    assert guess(DESK, "cancel my visit please", frozenset()) is None
    assert guess(DESK, "cancel my visit please", frozenset({Label("intent", "unknown")})) is None


def test_strange_words_score_under_the_threshold() -> None:
    guessed = guess(DESK, "purple elephants dance quietly")
    assert guessed is not None
    assert guessed.score < DESK.threshold
    assert DESK.confidence(guessed) < 0.5


def test_an_examples_very_words_are_certain() -> None:
    guessed = guess(DESK, "Book an appointment!")
    assert guessed is not None
    assert guessed.exact
    assert DESK.confidence(guessed) == 1.0
    assert DESK.exactly(words("book an appointment"), frozenset({Label("intent", "cancel")})) is None


def test_an_example_of_two_labels_is_exact_for_neither() -> None:
    classifier = classifier_of(flow_of(a=("hello there", "good morning"), b=("hello there", "other words")))
    assert classifier.exactly(words("hello there"), frozenset(classifier.labels)) is None
    assert classifier.exactly(words("other words"), frozenset(classifier.labels)) == Label("intent", "b")


def test_probability_is_among_all_labels_and_margin_among_the_allowed() -> None:
    two = frozenset({Label("intent", "book"), Label("intent", "cancel")})
    among_two, among_all = guess(DESK, "visit", two), guess(DESK, "visit")
    assert among_two is not None
    assert among_all is not None
    assert among_two.label == Label("intent", "cancel") or among_two.probability <= among_all.probability
    assert 0 <= among_two.margin <= 1


@pytest.mark.parametrize(
    "intents",
    [
        {"only": ("one example",)},
        {"only": ("one example", "another one", "and a third")},
        {"a": ("first words",), "b": ("other things",)},
        {"a": ("first words", "more first"), "b": ("other things",), "c": ()},
    ],
)
def test_few_labels_and_few_examples(intents: dict[str, tuple[str, ...]]) -> None:
    classifier = classifier_of(flow_of(**intents))
    first = next(iter(intents))
    guessed = guess(classifier, f"well {intents[first][0]}", frozenset(classifier.labels))
    assert guessed is not None
    assert guessed.label == Label("intent", first)
    assert 0.4 <= classifier.threshold <= 0.85


def test_two_labels_agree_with_scikit_learn() -> None:
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]  # noqa: PLC0415 - only here

    flow = flow_of(a=("red apple", "green apple", "ripe apple"), b=("fast car", "blue car", "old car"))
    classifier = classifier_of(flow)
    model = LogisticRegression(C=10.0, max_iter=300).fit(classifier.examples, classifier.owners)
    vector = BagOfWords().embed(["fast apple car"])
    scores = classifier.meaning.weights @ vector[0] + classifier.meaning.bias
    ours = np.exp(scores) / np.exp(scores).sum()
    np.testing.assert_allclose(ours, model.predict_proba(vector)[0], atol=1e-5)


def test_no_example_no_classifier() -> None:
    empty = dataclasses.replace(FLOW, intents={}, answers={})
    assert examples_of(empty) == ()
    assert train(empty, np.zeros((0, 384), np.float32)).classifier is None
    assert trained(flow_of(a=("...", ""))).classifier is None


def test_examples_are_kept_once_per_label() -> None:
    flow = dataclasses.replace(
        FLOW,
        intents={"a": Intent("a", ("Hello there", "hello, there!", "..."))},
        answers={"a": Answer("a", ("hello there",), "Hello.")},
    )
    assert examples_of(flow) == ((Label("intent", "a"), "Hello there"), (Label("answer", "a"), "hello there"))


def test_vectors_of_other_examples_are_refused() -> None:
    with pytest.raises(Bug, match="15 examples and 3 vectors"):
        train(FLOW, np.zeros((3, 384), np.float32))


def test_the_same_examples_teach_the_same() -> None:
    examples = examples_of(FLOW)
    vectors = BagOfWords().embed([sentence for _, sentence in examples])
    first, second = train_classifier(examples, vectors), train_classifier(examples, vectors)
    assert first is not None
    assert second is not None
    assert first.threshold == second.threshold
    np.testing.assert_array_equal(first.meaning.weights, second.meaning.weights)


def test_word_features_have_unit_length() -> None:
    places, values = DESK.word_model.features(words("cancel my my appointment zebra"))
    assert len(set(places.tolist())) == len(places) == len(values) > 0
    assert np.linalg.norm(values) == pytest.approx(1.0)
    assert DESK.word_model.features(words("zebra"))[1].size == 0
    assert grams(("a", "b")) == [("a",), ("b",), ("a", "b")]


@settings(max_examples=50)
@given(st.text(max_size=100))
def test_any_text_gives_a_guess_with_figures_in_range(text: str) -> None:
    guessed = guess(DESK, text)
    assert guessed is not None
    assert -1.001 <= guessed.cosine <= 1.001
    assert 0 <= guessed.probability <= 1
    assert 0 <= DESK.confidence(guessed) <= 1


def test_understanding_a_call_does_not_load_scikit_learn() -> None:
    code = "import sys, ivr.understanding.pipeline, ivr.engines.reader; print('sklearn' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "False"
