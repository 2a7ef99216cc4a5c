from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.flow.problems import Spot
from ivr.core.flow.yaml_words import explain


@pytest.mark.parametrize(
    ("complaint", "message"),
    [
        ("mapping values are not allowed here", "A ':' is not expected here"),
        ("expected <block end>, but found '<scalar>'", "Text goes on after a closing quote"),
        ("expected <block end>, but found '-'", "This line does not line up with those before it"),
        ("expected ',' or ']', but got ':'", "A ',' or a closing ']' is missing before this"),
        ("something that no parser says", "This is not valid YAML"),
    ],
)
def test_complaints_in_plain_words(complaint: str, message: str) -> None:
    told, hint = explain(complaint, "a: b", Spot(1, 1))
    assert told == message
    assert hint.endswith(".")


def test_a_character_that_begins_no_text_is_shown() -> None:
    complaint = "found character that cannot start any token"
    assert explain(complaint, "a: 1\nb: @x", Spot(2, 4)) == (
        "A text cannot begin with '@'",
        "Put the whole text in quotes.",
    )
    assert explain(complaint, "a:\n\tb: 1", Spot(2, 1))[0] == "A tab stands where YAML wants spaces"
    assert explain(complaint, "", Spot(9, 9))[0] == "A text cannot begin with ' '"


@given(st.text(max_size=60), st.text(max_size=60), st.integers(1, 9), st.integers(1, 99))
def test_any_complaint_about_any_place_is_explained(
    complaint: str, text: str, line: int, column: int
) -> None:
    message, _ = explain(complaint, text, Spot(line, column))
    assert message
