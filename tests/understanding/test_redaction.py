"""What stays of words that people read to improve a flow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.understanding.redaction import MASK, redacted


@pytest.mark.parametrize(
    ("said", "stays"),
    [
        ("where is the car park", "where is the car park"),
        ("my number is 202-555-0143", "my number is ###"),
        ("it's 4 2 7 1", "it's ###"),
        ("four two seven one please", "### please"),
        ("double oh seven", "###"),
        ("in twenty five minutes", "in twenty five minutes"),
        ("write to jane.doe@example.org today", "write to ### today"),
        ("jane at example dot org", "###"),
        ("order AB12", "order ###"),
        ("half past 10:30", "half past ###"),
        ("", ""),
    ],
)
def test_digits_and_addresses_are_masked(said: str, stays: str) -> None:
    assert redacted(said) == stays


def test_what_the_caller_gave_is_masked_wherever_it_stands() -> None:
    assert redacted("this is Mary Jones, Mary!", ["mary jones"]) == "this is ###"


@given(st.text(max_size=300), st.text(max_size=30))
def test_no_digit_and_no_private_word_is_left(said: str, private: str) -> None:
    left = redacted(said, [private])
    assert not any(char.isdigit() for char in left)
    assert redacted(left, [private]) == left or MASK in left


@given(st.lists(st.sampled_from(["one", "two", "oh", "nine", "ninety"]), min_size=3, max_size=12))
def test_numbers_that_are_read_out_are_masked(numbers: list[str]) -> None:
    assert redacted(f"it is {' '.join(numbers)} thanks") == "it is ### thanks"
