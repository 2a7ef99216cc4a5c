"""Why turns were understood as they were, on the terminal."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from ivr.review.records import TurnRow
from ivr.turns_shown import print_candidates
from tests.review.whole import turn


def shown(*turns: TurnRow) -> str:
    text = StringIO()
    print_candidates(Console(file=text, width=80), turns)
    return text.getvalue()


def test_the_nearest_meanings_and_how_near_the_cache_came() -> None:
    near = tuple({"name": name, "score": 0.9 - 0.1 * i} for i, name in enumerate(["a[b]", "b", "c", "d"]))
    text = shown(turn(1), turn(2, candidates=near, cache_score=1.314), turn(3, candidates=near[:1]))
    lines = [line.split() for line in text.splitlines()]
    assert ["2", "a[b]", "0.90,", "b", "0.80,", "c", "0.70", "1.31"] in lines
    assert ["3", "a[b]", "0.90"] in lines
    assert not [line for line in lines if line[:1] == ["1"]]
    assert "answers from 1.5" in text


def test_a_call_that_needed_no_classifier_shows_nothing() -> None:
    assert not shown(turn(1))
