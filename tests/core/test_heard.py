"""The words that were heard."""

from hypothesis import given
from hypothesis import strategies as st

from ivr.core.heard import words_heard


@given(st.text(max_size=200), st.integers(0, 10_000), st.integers(0, 12_000))
def test_words_heard_are_a_beginning_of_the_text(text, duration, at):
    words, heard = text.split(), words_heard(text, duration, at).split()
    assert words[: len(heard)] == heard
    if 0 < duration <= at:
        assert heard == words


@given(
    st.text(max_size=200), st.integers(1, 10_000), st.lists(st.integers(0, 10_000), min_size=2, max_size=2)
)
def test_more_time_never_means_fewer_words(text, duration, times):
    early, late = sorted(times)
    assert len(words_heard(text, duration, early)) <= len(words_heard(text, duration, late))


def test_a_word_counts_from_its_end_on_and_takes_as_long_as_it_weighs():
    assert words_heard("one two", 800, 399) == "one"
    assert words_heard("one two", 800, 799, (7, 1)) == "one two"
    assert words_heard("one two", 800, 600, (7, 1)) == ""
    assert words_heard("one two", 800, 750, (7, 1)) == "one"


def test_nothing_is_heard_of_what_does_not_sound():
    assert words_heard("one two", 0, 500) == words_heard("one two", 800, 0) == ""
