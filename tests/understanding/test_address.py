import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.understanding.address import spoken_address


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("my home address is forty two Elm Street, please", "42 Elm Street"),
        ("um, it's 12 Main St. Springfield.", "12 Main St. Springfield"),
        (
            "send it to twelve oh five Oak Avenue, apartment three, Austin",
            "1205 Oak Avenue, apartment 3, Austin",
        ),
        ("I live at one Fifth Avenue", "1 Fifth Avenue"),
        ("The Old Mill House", "The Old Mill House"),
    ],
)
def test_the_address_without_what_people_say_around_it(text: str, line: str) -> None:
    found = spoken_address(text)
    assert found is not None
    assert found.value == line


def test_an_address_without_a_number_is_less_sure() -> None:
    numbered, plain = spoken_address("42 Elm Street"), spoken_address("The Old Mill House")
    assert numbered is not None
    assert plain is not None
    assert plain.confidence < numbered.confidence


@pytest.mark.parametrize(
    "text",
    [
        "",
        "my address is",
        "um, we live at",
        "forty two",
        "Elm Street",
        "I don't know",
        "where is it?",
        "get me an agent",
    ],
)
def test_what_is_no_address(text: str) -> None:
    assert spoken_address(text) is None


@given(st.text(max_size=200))
def test_an_address_is_one_line_of_printable_characters(text: str) -> None:
    found = spoken_address(text)
    if found is not None:
        assert found.value.isprintable()
        assert found.value == " ".join(found.value.split())
