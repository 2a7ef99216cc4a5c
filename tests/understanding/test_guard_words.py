"""The guard's lists of words are written as the guard reads them."""

import pytest

from ivr.understanding.guard_words import GUARD_WORDS
from ivr.understanding.text import words


def test_a_moment_is_told_by_the_first_of_its_names() -> None:
    moments = GUARD_WORDS["en"].moments
    assert moments["mon"] == moments["mondays"] == moments["monday"] == "monday"
    assert moments["fall"] == "autumn"


def test_opposites_stand_on_two_sides_of_one_pair() -> None:
    poles = GUARD_WORDS["en"].poles
    ((opened, up),) = poles["open"]
    ((closed, down),) = poles["shut"]
    assert opened == closed
    assert up is not down


@pytest.mark.parametrize("language", GUARD_WORDS)
def test_every_word_is_one_that_an_utterance_can_have(language: str) -> None:
    lists = GUARD_WORDS[language]
    for word in {*lists.denials, *lists.numbers, *lists.moments, *lists.moments.values(), *lists.poles}:
        assert words(word) == (word,)


@pytest.mark.parametrize("language", GUARD_WORDS)
def test_no_word_is_its_own_opposite(language: str) -> None:
    for word, poles in GUARD_WORDS[language].poles.items():
        pairs = [pair for pair, _ in poles]
        assert len(pairs) == len(set(pairs)), word
