from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.speaking.english import ENGLISH
from ivr.core.speaking.rules import Language, starts_word

TINY = Language(
    noise=re.compile(r"[0-9]"),
    token=re.compile(r"\s+|(?P<word>[A-Za-z]+)"),
    special=frozenset({"St", "approx."}),
    leading=frozenset({"room"}),
    rules=(),
)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("hello there", True),
        ("at 5", False),
        ("St John", False),
        ("it is approx. 5", False),
        ("approx", True),
    ],
)
def test_a_text_without_anything_special_is_plain(text: str, *, plain: bool) -> None:
    assert TINY.is_plain(text) is plain


@pytest.mark.parametrize(
    ("text", "skipped"),
    [
        ("hello there 5", "hello there "),
        ("hello St John", "hello "),
        ("it is approx. five", "it is "),
        ("room 5", ""),
        ("room service 5", "room service "),
        ("5", ""),
    ],
)
def test_what_needs_no_rule_is_skipped_up_to_what_may(text: str, skipped: str) -> None:
    assert text[: TINY.skip(text, 0, len(text))] == skipped


def test_nothing_is_skipped_past_the_end_that_is_given() -> None:
    assert TINY.skip("hello there", 0, 5) == 5
    assert TINY.skip("hello", 5, 5) == 5


@given(st.text(max_size=60), st.integers(0, 60))
def test_skipping_goes_forward_and_stays_inside(text: str, start: int) -> None:
    at = min(start, len(text))
    assert at <= ENGLISH.skip(text, at, len(text)) <= len(text)


@pytest.mark.parametrize(("at", "starts"), [(0, True), (1, False), (3, False), (4, True), (9, True)])
def test_a_word_starts_where_no_letter_or_digit_is_before(at: int, *, starts: bool) -> None:
    assert starts_word("año 2026-11", at) is starts
