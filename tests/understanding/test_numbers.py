import pytest
from hypothesis import given
from hypothesis import strategies as st
from text_to_num import text2num  # type: ignore[import-untyped]  # it ships no types

from ivr.core.flow.model import Slot
from ivr.understanding.numbers import TEENS, TENS, UNITS, cardinal, integer

ANY = Slot("n", "integer")
GUESTS = Slot("n", "integer", minimum=1, maximum=12)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("three", 3),
        ("3", 3),
        ("four people", 4),
        ("a couple of us", 2),
        ("half a dozen", 6),
        ("a dozen", 12),
        ("for", 4),
        ("to", 2),
        ("the third", 3),
        ("twenty first", 21),
        ("2nd", 2),
        ("the second one", 2),
        ("2, no sorry, 3", 3),
        ("about five", 5),
        ("there will be six of us", 6),
        ("one hundred and five", 105),
        ("a hundred and five", 105),
        ("a hundred", 100),
        ("twelve hundred", 1200),
        ("1,234", 1234),
        ("minus two", -2),
        ("-2", -2),
        ("just me", 1),
        ("none", 0),
        ("I'd like a table for two please", 2),
        ("I'm forty-two years old", 42),
    ],
)
def test_ways(text: str, value: int) -> None:
    meaning = integer(text, ANY)
    assert meaning is not None
    assert (meaning.kind, meaning.value) == ("value", value)
    assert 0.6 <= meaning.confidence <= 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "2 or 3",
        "maybe three or four",
        "two two",
        "3.5",
        "10:30",
        "two and a half",
        "what about 3?",
        "I live at 12 main street near the big old church",
        "that one",
        "\u0663",
    ],
)
def test_no_number(text: str) -> None:
    assert integer(text, ANY) is None


@pytest.mark.parametrize(
    "text", ["0", "thirteen", "minus two", "a hundred", "99999999999999999999", "9" * 1500]
)
def test_out_of_range(text: str) -> None:
    meaning = integer(text, GUESTS)
    assert meaning is not None
    assert (meaning.kind, meaning.name) == ("nothing", "out_of_range")


def test_the_ends_of_the_range_are_in() -> None:
    for text, value in (("one", 1), ("twelve", 12)):
        meaning = integer(text, GUESTS)
        assert meaning is not None
        assert meaning.value == value


def test_no_number_grows_beyond_what_json_keeps() -> None:
    meaning = integer("9" * 25, ANY)
    assert meaning is not None
    assert meaning.name == "out_of_range"


def test_doubt_lowers_confidence() -> None:
    sure, hedged = integer("five", ANY), integer("about five", ANY)
    assert sure is not None
    assert hedged is not None
    assert hedged.confidence < sure.confidence == 1.0


@given(
    st.lists(st.sampled_from([*UNITS, *TEENS, *TENS, "hundred", "thousand", "and"]), min_size=1, max_size=6)
)
def test_cardinals_agree_with_text2num(said: list[str]) -> None:
    try:
        expected = text2num(" ".join(said), "en")
    except ValueError:
        expected = None
    assert cardinal(tuple(said)) == expected
