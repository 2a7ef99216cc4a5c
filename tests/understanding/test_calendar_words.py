import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.understanding.calendar_words import coded, uncoded
from ivr.understanding.text import words


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("monday", "D0"),
        ("on Sundays in Sept", "on D6 in M9"),
        ("the 4th of May", "the 4th of M5"),
        ("may I come on the 4th", "may i come on the 4th"),
        ("in May you said", "in may you said"),
        ("new year's eve", "F1231"),
        ("christmas and christmas eve", "F1225 and F1224"),
        ("no day at all", "no day at all"),
    ],
)
def test_days_months_and_feasts_have_codes(text: str, codes: str) -> None:
    assert " ".join(coded(words(text))) == codes


def test_codes_are_told_by_their_usual_names() -> None:
    assert uncoded(("D2", "M2", "F1225", "at", "3")) == ("wednesday", "february", "christmas day", "at", "3")


WORDS = "monday sun may i christmas day eve new years the 5th boxing"


@given(st.lists(st.sampled_from(WORDS.split())).map(tuple))
def test_coding_twice_changes_nothing_more(line: tuple[str, ...]) -> None:
    once = coded(line)
    assert coded(once) == once
    assert len(once) <= len(line)


@given(st.text(max_size=60))
def test_no_word_of_an_utterance_is_taken_for_a_code(text: str) -> None:
    assert uncoded(words(text)) == words(text)
