"""The answer cache over bag-of-words vectors; on real ones: `bench/answer_cache.py`."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.understanding.answer_cache import ACCEPTED, BEST, Hit, closest, look_up
from ivr.understanding.classifier import Classifier, Label, Likeness
from ivr.understanding.text import words
from tests.understanding.front_desk import FLOW, BagOfWords, trained

TRAINED = trained(FLOW).classifier
assert TRAINED is not None
DESK: Classifier = TRAINED


def likeness(text: str, classifier: Classifier = DESK) -> Likeness:
    return classifier.likeness(words(text), BagOfWords().embed([text])[0])


def hit(text: str, language: str = "en-US") -> Hit | None:
    return look_up(DESK, words(text), likeness(text), language)


def test_an_examples_very_words_are_a_certain_hit() -> None:
    assert hit("Where can I park?") == Hit(Label("answer", "parking"), words("where can i park"), BEST)
    assert Hit(Label("answer", "parking"), (), BEST).confidence == 1.0


def test_a_question_that_is_nearly_the_same() -> None:
    found = hit("what are your opening hours please")
    assert found is not None
    assert found.label == Label("answer", "hours")
    assert ACCEPTED <= found.score < BEST
    assert 0.9 <= found.confidence < 1.0


@pytest.mark.parametrize(
    "text",
    [
        "what are your opening hours on Monday",  # a day the entry does not name
        "what are not your opening hours",
        "what are your closing hours",
        "where can I park 2 cars",
        "purple elephants dance quietly",
        "",
    ],
)
def test_what_no_entry_stands_for(text: str) -> None:
    assert hit(text) is None


def test_the_classifier_has_to_agree() -> None:
    near = likeness("what are your opening hours please")
    against = np.zeros_like(near.meaning)
    against[DESK.labels.index(Label("answer", "parking"))] = 20.0
    other = dataclasses.replace(near, meaning=against, wording=against)
    assert look_up(DESK, words("what are your opening hours please"), other, "en") is None


def test_a_miss_tells_how_near_it_was() -> None:
    said = "what are your opening hours please"
    near = likeness(said)
    rival = near.cosines.copy()
    rival[DESK.owners == DESK.labels.index(Label("answer", "parking"))] = near.cosines.max() - 0.01
    missed = closest(DESK, words(said), dataclasses.replace(near, cosines=rival), "en")
    assert missed is not None
    assert (missed.label.name, missed.accepted) == ("hours", False)
    assert 0 < missed.score < ACCEPTED
    assert closest(DESK, words("what are not your opening hours"), near, "en") is None


def test_a_language_without_a_guard_takes_very_words_only() -> None:
    assert hit("where can I park", "xx") is not None
    assert hit("what are your opening hours please", "xx") is None


def test_a_near_rival_keeps_an_entry_from_answering() -> None:
    said = "what are your opening hours please"
    near = likeness(said)
    rival = near.cosines.copy()
    rival[DESK.owners == DESK.labels.index(Label("answer", "parking"))] = near.cosines.max() - 0.01
    assert look_up(DESK, words(said), dataclasses.replace(near, cosines=rival), "en") is None


@given(st.text(max_size=200))
def test_whatever_is_said_the_score_keeps_its_bounds(text: str) -> None:
    found = hit(text)
    assert found is None or (ACCEPTED <= found.score <= BEST and 0.9 <= found.confidence <= 1.0)
