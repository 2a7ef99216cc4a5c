from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.speaking.numbers import day_of, groups_of


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("4271", ("4271",)),
        ("42711", ("427", "11")),
        ("4271110", ("427", "1110")),
        ("42711100", ("4271", "1100")),
        ("123456789012", ("123", "456", "789", "012")),
        ("4111111111111111", ("4111", "1111", "1111", "1111")),
        ("212-555-0123", ("212", "555", "0123")),
        ("no digits", ()),
        ("", ()),
    ],
)
def test_digits_in_groups_that_can_be_heard(text: str, groups: tuple[str, ...]) -> None:
    assert groups_of(text) == groups


@given(st.text("0123456789 -x", max_size=60))
def test_groups_hold_every_digit_in_order(text: str) -> None:
    groups = groups_of(text)
    assert "".join(groups) == "".join(char for char in text if char.isdecimal())
    assert all(1 <= len(group) <= 4 for group in groups)


@given(st.integers(5, 40))
def test_no_digit_of_a_long_number_stands_alone(length: int) -> None:
    assert min(len(group) for group in groups_of("7" * length)) > 1


def test_three_numbers_are_a_day_or_none() -> None:
    assert day_of("2028", "02", "29") == date(2028, 2, 29)
    assert day_of("2026", "2", "29") is day_of("0", "1", "1") is day_of("2026", "13", "1") is None
