import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.flow.model import Slot
from ivr.understanding.spelling import spoken_spelling

CODE = Slot("code", "spelling", minimum=3, maximum=5)
ANY = Slot("code", "spelling")


@pytest.mark.parametrize(("text", "reason"), [("a b", "too_few"), ("a b c", ""), ("a b c d e f", "too_many")])
def test_spellings_have_limits(text: str, reason: str) -> None:
    found = spoken_spelling(text, CODE)
    assert found is not None
    assert found.reason == reason


@pytest.mark.parametrize(
    ("text", "value", "confidence"),
    [
        ("it's S M I T H, thank you", "SMITH", 1.0),
        ("Smith, S M I T H", "SMITH", 1.0),
        ("Mike, M I K E", "MIKE", 1.0),
        ("seven oh four", "704", 1.0),
        ("the code is AB12", "AB12", 0.75),
        ("mine is x y z 4", "XYZ4", 0.85),
        ("AB12C", "AB12C", 0.75),
    ],
)
def test_how_sure_a_spelling_is(text: str, value: str, confidence: float) -> None:
    found = spoken_spelling(text, ANY)
    assert found is not None
    assert (found.value, found.confidence) == (value, confidence)


@pytest.mark.parametrize(
    "text", ["", "I don't know", "are you there", "what do you mean by that", "42 AND AB"]
)
def test_what_is_no_spelling(text: str) -> None:
    assert spoken_spelling(text, ANY) is None


@given(st.text(string.ascii_uppercase + string.digits, min_size=2, max_size=12))
def test_what_is_spelled_comes_back(code: str) -> None:
    said = ", ".join(f"{c} as in {c.lower()}nnn" if c.isalpha() else c for c in code)
    found = spoken_spelling(said, ANY)
    assert found is not None
    assert found.value == code
