from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.engines.rejection import Decoded, why_rejected, without_second_helping


def decoded(text: str, no_speech: float = 0.05, average: float = -0.3, seconds: float = 2.0) -> Decoded:
    return Decoded(text, no_speech, average, seconds)


@pytest.mark.parametrize(
    "heard",
    [
        decoded("I'd like an appointment."),
        decoded("7, 5, 4, 3, 2, 3, 1, 9, 4, 8.", 0.56, -0.37, 5.4),  # a real recording
        decoded("Three.", 0.46, -0.95, 0.5),
        decoded("No no no."),
        decoded("0 0 0 0", seconds=2.0),
    ],
)
def test_real_words_count(heard: Decoded) -> None:
    assert why_rejected(heard) == ""


@pytest.mark.parametrize(
    ("heard", "why"),
    [
        (decoded("Thank you.", 0.92, -0.2), "no_speech"),
        (decoded("WEEEEEEE", 0.60, -0.86), "no_speech"),
        (decoded("I'm...", 0.65, -1.94), "no_speech"),
        (decoded("Oh, for them", 0.3, -1.5), "low_probability"),
        (decoded("WEEEEEEEEEEE"), "repetition"),
        (decoded("you you you you you"), "repetition"),
        (decoded("go on. Go on, go on, go on"), "repetition"),
        (decoded("6 6 6 6 6 6 6 6", seconds=1.0), "repetition"),
        (decoded(". . ."), "punctuation"),
        (decoded(""), "punctuation"),
    ],
)
def test_invented_words_do_not(heard: Decoded, why: str) -> None:
    assert why_rejected(heard) == why


def test_confidence_is_the_probability_of_a_token() -> None:
    assert decoded("yes", average=0.0).confidence == 1.0
    assert decoded("yes", average=-0.6931).confidence == pytest.approx(0.5, abs=0.001)


@given(st.floats(-20, 1))
def test_confidence_stays_within_its_bounds(average: float) -> None:
    assert 0 <= decoded("yes", average=average).confidence <= 1


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            "Press one to send this message or two to add another. Press one to send this",
            "Press one to send this message or two to add another.",
        ),
        ("Five five five one two five five five one two", "Five five five one two five five five one two"),
        ("We want what we want and that is that", "We want what we want and that is that"),
        ("Yes", "Yes"),
    ],
)
def test_a_passage_that_begins_again_is_cut(text: str, kept: str) -> None:
    assert without_second_helping(text) == kept


@given(st.lists(st.sampled_from(["a", "b", "c", "one", "2"]), max_size=20).map(" ".join))
def test_only_the_end_is_ever_cut(text: str) -> None:
    kept = without_second_helping(text)
    assert text.startswith(kept)
    assert without_second_helping(kept) == kept
