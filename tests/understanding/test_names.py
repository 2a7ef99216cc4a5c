import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.understanding.names import spoken_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("my name is maria garcia", "Maria Garcia"),
        ("it's Bob speaking", "Bob"),
        ("Doctor Ludwig van Beethoven, please", "Ludwig van Beethoven"),
        ("O'NEIL", "O'Neil"),
        ("jean-luc picard", "Jean-Luc Picard"),
        ("first name Ada, last name Lovelace", "Ada Lovelace"),
        ("Bond, James Bond", "James Bond"),
        ("Tom. Tom Baker", "Tom Baker"),
        ("Katherine with a K", "Katherine"),
        ("catherine with a K", "Katherine"),
        ("Sarah without an h", "Sarah"),
        ("Lee, double e", "Lee"),
    ],
)
def test_names_without_what_people_say_around_them(text: str, name: str) -> None:
    found = spoken_name(text)
    assert found is not None
    assert found.value == name


def test_a_spelled_name_is_surer() -> None:
    plain, spelled = spoken_name("John Smythe"), spoken_name("John Smith, S M Y T H E")
    assert plain is not None
    assert spelled is not None
    assert plain.value == spelled.value == "John Smythe"
    assert plain.confidence < spelled.confidence


def test_a_long_name_is_less_sure() -> None:
    short, long = spoken_name("Ana Lima"), spoken_name("Ana Maria Lima Costa")
    assert short is not None
    assert long is not None
    assert long.confidence < short.confidence


@pytest.mark.parametrize(
    "text",
    [
        "",
        "What do you need my name for?",
        "I don't know",
        "tomorrow",
        "42",
        "\u00b2",
        "one two three four five six seven",
    ],
)
def test_what_is_no_name(text: str) -> None:
    assert spoken_name(text) is None


@given(st.text(max_size=200))
def test_a_name_begins_with_a_letter_and_is_not_long(text: str) -> None:
    found = spoken_name(text)
    if found is not None:
        assert found.value.strip()
        assert len(found.value.split()) <= 7
        assert not any(char.isdecimal() for char in found.value)
