"""Finding passages with bag-of-words vectors; on real ones: `bench/retrieval.py`."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.understanding.markdown import Piece, pieces
from ivr.understanding.retrieval import FOUND, Shelf, Source, parts, shelved, stems
from ivr.understanding.text import words
from tests.understanding.front_desk import BagOfWords

TEXT = """
# Parking
Visitors park behind the house. The first two hours are free.
# Fees
A visit costs ninety dollars. Bills are due within thirty days.
# Vaccination
We vaccinate against flu from October.
"""


def shelf_of(text: str) -> Shelf:
    sources = [Source(piece, f"a.md#{piece.heading}") for piece in pieces(text)]
    said, owners = parts(sources)
    return shelved(sources, owners, BagOfWords().embed(said))


SHELF = shelf_of(TEXT)


def places(question: str, shelf: Shelf = SHELF, limit: int = 4) -> list[str]:
    return [p.source for p in shelf.find(question, BagOfWords().embed([question])[0], limit)]


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("where do visitors park", "a.md#Parking"),
        ("what does a visit cost in dollars", "a.md#Fees"),
        ("do you vaccinate against flu", "a.md#Vaccination"),
    ],
)
def test_the_passage_that_answers_comes_first(question: str, place: str) -> None:
    assert places(question)[0] == place


def test_nothing_is_found_for_what_stands_nowhere() -> None:
    assert places("purple elephants dance quietly") == []
    assert places("") == []
    assert places("you and I") == []


def test_a_question_without_telling_words_is_left_to_its_meaning() -> None:
    assert SHELF.scores("are you there", np.zeros(384, np.float32)).max() == 0.0


def test_an_empty_shelf_has_nothing() -> None:
    assert places("where do visitors park", shelf_of("")) == []


def test_no_more_passages_than_wanted_and_best_first() -> None:
    many = shelf_of("\n".join(f"# Part {i}\nVisitors park behind house {i}." for i in range(10)))
    found = many.find("where do visitors park", BagOfWords().embed(["where do visitors park"])[0], 3)
    assert len(found) == 3
    assert [p.score for p in found] == sorted((p.score for p in found), reverse=True)
    assert all(FOUND <= p.score <= 1.0 for p in found)


def test_rare_words_count_more_than_common_ones() -> None:
    shelf = shelf_of(
        "\n".join([f"# P{i}\nthe house has number{i}" for i in range(8)] + ["# X\nthe house zebra"])
    )
    nothing = np.zeros(384, np.float32)
    scores = shelf.scores("house zebra", nothing)
    assert int(scores.argmax()) == len(scores) - 1
    assert scores[-1] > 2 * scores[0]


def test_stems() -> None:
    assert stems(words("Could you tell me about the appointments?")) == ["tell", "appoin"]


@given(st.text(max_size=200))
def test_scores_stay_between_0_and_1(question: str) -> None:
    scores = SHELF.scores(question, np.abs(BagOfWords().embed([question])[0]))
    assert scores.shape == (3,)
    assert float(scores.min()) >= 0.0
    assert float(scores.max()) <= 1.0 + 1e-5


def test_each_sentence_of_a_passage_is_found_by_itself() -> None:
    texts, owners = parts([Source(Piece("One. Two."), "x"), Source(Piece("Three."), "y")])
    assert texts == ["One. Two.", "One.", "Two.", "Three."]
    assert owners == [0, 0, 0, 1]
