import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.understanding.folding import fold
from ivr.understanding.text import vocabulary, words


@pytest.mark.parametrize(
    ("said", "folded"),
    [
        ("twenty twenty seven", "20 27"),
        ("nineteen eighty five", "19 85"),
        ("two thousand and five", "2005"),
        ("ten thousand five hundred dollars", "10500 dollars"),
        ("five hundred million two hundred thousand and one", "500200001"),
        ("twenty five hundred", "2500"),
        ("hundred and five", "105"),
        ("a thousand", "1000"),
        ("2 thousand", "2000"),
        ("the twenty third at three oh five", "the 23th at 3 05"),
        ("the 3rd of May", "the 3th of may"),
        ("one point two million", "1.2 million"),
        ("point", "point"),
        ("3pm, 50p, 10k", "3 pm 50 p 10 k"),
        ("one two three", "1 2 3"),
        ("thousand", "thousand"),
        ("forty twenty", "40 20"),
    ],
)
def test_numbers_become_numerals(said: str, folded: str) -> None:
    assert fold(words(said)) == tuple(folded.split())


def test_ordinals_may_stay() -> None:
    assert fold(("first", "two"), ordinals=False) == ("first", "2")


NUMBERS = sorted(
    vocabulary("a one two ten twenty hundred thousand million and oh zero point first third 3 7th x")
)


@given(st.lists(st.sampled_from(NUMBERS), max_size=30).map(tuple))
def test_every_run_of_number_words_ends_and_is_not_longer(said: tuple[str, ...]) -> None:
    assert len(fold(said)) <= len(said)
