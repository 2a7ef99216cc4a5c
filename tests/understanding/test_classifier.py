"""Learning and choosing with bag-of-words vectors; on real ones: `tests/engines/test_reader.py`."""

import dataclasses
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.understanding.classifier import BEST_SCORE, Label, grams
from ivr.understanding.text import words
from tests.understanding.front_desk import FLOW, BagOfWords, classifier_of, flow_of, guess

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


def test_confidence_falls_with_the_score_and_with_a_rival() -> None:
    clear = guess(DESK, "more medicine")
    assert clear is not None
    lower = dataclasses.replace(clear, score=clear.score - 0.2)
    contested = dataclasses.replace(clear, margin=clear.margin - 0.2)
    assert DESK.confidence(clear) > max(DESK.confidence(lower), DESK.confidence(contested))


def test_the_middle_of_a_label_counts_beside_its_nearest_example() -> None:
    cancel = DESK.labels.index(Label("intent", "cancel"))
    summed = DESK.examples[np.flatnonzero(cancel == DESK.owners)].sum(axis=0)
    np.testing.assert_allclose(DESK.middles[cancel], summed / np.linalg.norm(summed), atol=1e-6)
    vector = BagOfWords().embed(["cancel my visit please"])[0]
    away = dataclasses.replace(DESK, middles=np.zeros_like(DESK.middles))
    said = words("cancel my visit please")
    assert away.likeness(said, vector).scores[cancel] < DESK.likeness(said, vector).scores[cancel]


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
    assert -2.0 <= guessed.score <= BEST_SCORE + 0.001
    assert 0 <= guessed.probability <= 1
    assert 0 <= DESK.confidence(guessed) <= 1


def test_understanding_a_call_does_not_load_scikit_learn() -> None:
    code = "import sys, ivr.understanding.pipeline, ivr.engines.reader; print('sklearn' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "False"
