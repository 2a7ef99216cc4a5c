"""Sentences in heaps."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ivr.understanding.clusters import heaps
from tests.understanding.front_desk import BagOfWords


def test_what_is_alike_is_in_one_heap_the_largest_first() -> None:
    said = [
        "park my car",
        "purple elephants",
        "where park my car",
        "can I park my car",
        "elephants purple now",
    ]
    found = heaps(BagOfWords().embed(said))
    assert [set(heap) for heap in found] == [{0, 2, 3}, {1, 4}]
    assert found[0][0] == 0  # nearest to all the others


def test_nothing_makes_no_heap() -> None:
    assert heaps(np.zeros((0, 3), np.float32)) == []


@given(st.lists(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4).map(" ".join), max_size=20))
def test_every_sentence_is_in_one_heap(said: list[str]) -> None:
    found = heaps(BagOfWords().embed(said)) if said else []
    assert sorted(row for heap in found for row in heap) == list(range(len(said)))
    assert [len(heap) for heap in found] == sorted((len(heap) for heap in found), reverse=True)
