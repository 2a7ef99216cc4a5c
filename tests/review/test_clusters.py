"""Words that meant nothing, in groups."""

from hypothesis import given
from hypothesis import strategies as st

from ivr.review.clusters import clusters, neighbours
from ivr.review.records import Unhandled


def heard(*words: str) -> list[Unhandled]:
    return [Unhandled(f"CA{n}", 1, 0, "Line", "menu", text) for n, text in enumerate(words)]


def test_the_commonest_phrase_speaks_for_its_group():
    (group,) = clusters(heard("my bill is wrong", "is my bill wrong", "is my bill wrong"), {})
    assert (group.words, group.times, group.phrases) == (
        "is my bill wrong",
        3,
        ("is my bill wrong", "my bill is wrong"),
    )


def test_a_group_is_brought_to_what_shares_its_words():
    (group,) = clusters(heard("parking spaces"), {"hours": ["when are you open"], "park": ["parking space"]})
    assert group.near == "park"


def test_answers_that_sound_alike_are_neighbours():
    near = neighbours({"a": ["where do I park"], "b": ["where can I park"], "c": ["when do you open"]})
    assert near == {"a": ["b"], "b": ["a"], "c": []}


@given(st.lists(st.text(max_size=20), max_size=30))
def test_nothing_is_lost_and_nothing_counted_twice(words):
    groups = clusters(heard(*words), {"book": ["book it"]})
    assert sum(group.times for group in groups) == len(words)
    assert sorted(call for group in groups for call in group.calls) == sorted(
        f"CA{n}" for n in range(len(words))
    )
