"""The classifier's guess when no model can be had."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.core.commands import Expectation
from ivr.core.events import Meaning
from ivr.understanding.classifier import Guess, Label
from ivr.understanding.models.stand_in import CLEAR, LOWER_BY, by_lower_bar
from ivr.understanding.pipeline import NOTHING
from tests.understanding.front_desk import FLOW, trained

DESK = trained(FLOW)
assert DESK.classifier is not None
STEP = Expectation("intents", intents=("book",))
WORDS = "an appointment would be good"
GUESS = Guess(
    Label("intent", "book"),
    score=DESK.classifier.threshold - 0.1,
    probability=0.1,
    margin=CLEAR,
    exact=False,
    nearest=("book", "an", "appointment"),
)


def test_a_near_and_clear_guess_is_taken() -> None:
    assert DESK.classifier is not None
    sure = DESK.classifier.confidence(GUESS)
    assert 0.2 < sure < 0.8
    assert by_lower_bar(DESK, WORDS, STEP, GUESS) == Meaning("intent", "book", None, sure, "classifier")


@pytest.mark.parametrize(
    "guess",
    [
        None,
        replace(GUESS, score=GUESS.score - LOWER_BY),
        replace(GUESS, margin=CLEAR - 0.01),
        replace(GUESS, label=Label("intent", "cancel")),
    ],
)
def test_a_far_unclear_or_forbidden_guess_is_not(guess: Guess | None) -> None:
    assert by_lower_bar(DESK, WORDS, STEP, guess) == NOTHING


def test_a_guess_never_breaks_into_a_question_for_a_value() -> None:
    assert by_lower_bar(DESK, WORDS, Expectation("digits", slot="code"), GUESS) == NOTHING


def test_a_word_that_is_near_to_everything_says_nothing() -> None:
    assert by_lower_bar(DESK, "okay", STEP, GUESS) == NOTHING
