"""What of the outside may become part of a call."""

from __future__ import annotations

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.acting import ended
from ivr.core.commands import HttpRequest
from ivr.core.errors import FlowError
from ivr.core.events import (
    AnswerPart,
    CallStarted,
    EngineFailed,
    Event,
    Heard,
    KeyPressed,
    Meaning,
    Typed,
    Understood,
    WorkEnded,
)
from ivr.core.expressions import evaluate
from ivr.core.journal import encode
from ivr.core.keepable import LARGEST, clean, fits, from_json, plain

TEXTS = st.text(max_size=20)
NUMBERS = st.integers(-(10**40), 10**40)
SLOTS = st.dictionaries(st.sampled_from("ab"), TEXTS | NUMBERS | st.booleans())
EVENTS = st.one_of(
    st.builds(Heard, st.just(1), TEXTS),
    st.builds(Typed, TEXTS),
    st.builds(AnswerPart, st.just(1), TEXTS),
    st.builds(EngineFailed, st.just("voice"), TEXTS),
    st.builds(CallStarted, st.just("CA1"), TEXTS, TEXTS, slots=SLOTS),
    st.builds(WorkEnded, st.just(1), st.just("done"), st.dictionaries(st.just("a"), TEXTS), TEXTS),
    st.builds(
        Understood,
        st.just(1),
        st.builds(
            Meaning,
            st.sampled_from(["value", "nothing", "correction"]),
            value=TEXTS | NUMBERS | st.booleans() | st.none(),
            rest=TEXTS,
            fills=SLOTS,
        ),
    ),
)


@given(EVENTS)
def test_what_has_been_cleaned_can_be_written_down_and_stays(event: Event) -> None:
    kept = clean(event)
    written = orjson.dumps(encode(kept))
    assert b"\\u0000" not in written
    assert clean(kept) == kept


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_text_that_can_be_kept_is_left_alone(text: str) -> None:
    assert plain(text) == text


def test_half_characters_and_nuls_are_no_text() -> None:
    assert (plain("a\0b"), plain("né \ud800!"), plain("\0")) == ("ab", "né ?!", "")
    pressed = KeyPressed("1")
    assert clean(pressed) is pressed


def test_a_value_that_is_too_large_means_that_it_is_out_of_range() -> None:
    event = clean(Understood(3, Meaning("value", value=10**30, confidence=0.9, fills={"n": 10**30, "m": 4})))
    assert event == Understood(
        3, Meaning("nothing", "out_of_range", confidence=0.9, decided_by="none", fills={"m": 4})
    )
    assert clean(CallStarted("CA1", slots={"n": 10**30, "m": 4})) == CallStarted("CA1", slots={"m": 4})


@pytest.mark.parametrize(
    ("value", "kept"),
    [(10**30, str(10**30)), (LARGEST, LARGEST), (-LARGEST, -LARGEST), (True, True), (1.5, 1.5), (None, None)],
)
def test_a_long_number_in_a_reply_is_the_text_that_stood_there(value: float, kept: object) -> None:
    order = HttpRequest("GET", "https://example.org", pick=(("n", "n"),))
    assert from_json(value) == kept
    assert ended(order, 200, json.dumps({"n": value})) == ("done", {"n": kept}, "")


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "Infinity", "9" * 5000])
def test_a_number_without_bounds_in_a_reply_is_refused(number: str) -> None:
    order = HttpRequest("GET", "https://example.org", pick=(("n", "n"),))
    outcome, values, reason = ended(order, 200, f'{{"n": {number}}}')
    assert (outcome, values) == ("reply", {})
    assert reason


def test_an_expression_gives_no_number_that_is_too_large() -> None:
    assert evaluate("a * a", {"a": 90_000_000}) == 90_000_000**2
    assert fits(90_000_000**2)
    with pytest.raises(FlowError, match="too large"):
        evaluate("a * a", {"a": 100_000_000})
    with pytest.raises(FlowError, match="too large"):
        evaluate("a * a", {"a": LARGEST})
