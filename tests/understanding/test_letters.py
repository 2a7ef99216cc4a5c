import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.understanding.letters import Entry, entries
from ivr.understanding.text import MAX_WORDS


def read(text: str) -> list[str]:
    return [entry.text or entry.word for entry in entries(text)]


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("a bee see", ["A", "B", "C"]),
        ("S-M-I-T-H", ["S", "M", "I", "T", "H"]),
        ("double t, triple a", ["TT", "AAA"]),
        ("double u", ["W"]),
        ("double u as in uncle", ["UU"]),
        ("x-ray yankee zed", ["X", "Y", "Z"]),
        ("capital b lowercase c", ["B", "C"]),
        ("twenty one seven", ["21", "7"]),
        ("dash 4 2 apostrophe", ["-", "4", "2", "'"]),
        ("D as in boy, P like tango, double m for mother", ["B", "T", "MM"]),
        ("Smith", ["Smith"]),
        ("double", ["double"]),
        ("", []),
    ],
)
def test_what_is_spelled(text: str, letters: list[str]) -> None:
    assert read(text) == letters


def test_a_letter_named_twice_is_one_letter() -> None:
    assert read("t tango") == ["T"]
    assert read("t tom tango") == ["T", "tom", "T"]


def test_a_letter_that_is_a_word_as_well_is_not_sure() -> None:
    assert entries("u are") == [Entry("U"), Entry("R", sure=False)]


def test_a_lone_word_of_the_radio_alphabet_may_be_a_name() -> None:
    assert entries("Charlie") == [Entry("C", "Charlie")]
    assert entries("charlie oscar") == [Entry("C"), Entry("O")]


@given(st.lists(st.sampled_from(string.ascii_uppercase + string.digits), max_size=20))
def test_letters_and_digits_come_back(letters: list[str]) -> None:
    said = " ".join(f"{char} as in {char.lower()}nnn" if char.isalpha() else char for char in letters)
    assert read(said) == letters


@given(
    st.text(max_size=300)
    | st.lists(st.sampled_from(["double", "a", "as", "in", "boy", "x-ray", "7", "-", "like", "t"])).map(
        " ".join
    )
)
def test_any_text_is_read(text: str) -> None:
    found = entries(text)
    assert len(found) <= MAX_WORDS
    assert all(entry.text or entry.word for entry in found)
