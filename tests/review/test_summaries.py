"""Summaries by a model, or without one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ivr.core.errors import EngineError
from ivr.review.records import LineRow
from ivr.review.summaries import EXTRACT, extract, summarise, transcript
from tests.review.whole import row, turn, whole


class Model:
    name = "tiny"

    def __init__(self, answer: dict[str, Any]) -> None:
        self._answer = answer

    async def close(self) -> None: ...

    async def answer(self, system: str, text: str, schema: Mapping[str, Any]) -> dict[str, Any]:
        return self._answer


def test_an_extract_says_that_it_is_one() -> None:
    call = whole(
        row(goal=False, outcome="hung up by caller", reprompts=2),
        turn(1, name="book_a_table"),
        turn(2, meaning="answer", name="hours"),
    )
    made = extract(call, 7)
    assert made.summary == (
        "The caller wanted book a table; asked about hours; was not understood or silent 2 times. "
        "After 60 s: hung up by caller."
    )
    assert (made.intent, made.made_by, made.made_ms) == ("book a table", EXTRACT, 7)
    assert "ring back" in made.follow_up


def test_who_said_nothing_said_nothing() -> None:
    assert (
        "said nothing that was understood"
        in extract(whole(row(), turn(0, by="start", meaning="")), 7).summary
    )


async def test_a_model_is_not_asked_about_a_call_without_words() -> None:
    made = await summarise(whole(row(), turn(0, by="start", words="")), Model({}), 7)
    assert made.made_by == EXTRACT


async def test_a_models_texts_are_taken_on_one_line_each() -> None:
    model = Model({"summary": "A\n table.", "intent": "book", "follow_up": ""})
    made = await summarise(whole(row(), turn(1)), model, 7)
    assert (made.summary, made.intent, made.follow_up, made.made_by) == ("A table.", "book", "", "tiny")


@pytest.mark.parametrize("answer", [{}, {"summary": "", "intent": "", "follow_up": ""}, {"summary": 1}])
async def test_a_model_that_leaves_something_out_is_asked_again_later(answer: dict[str, Any]) -> None:
    with pytest.raises(EngineError, match="left out"):
        await summarise(whole(row(), turn(1)), Model(answer), 7)


def test_of_a_long_transcript_the_beginning_and_the_end_are_shown() -> None:
    lines = tuple(LineRow(n, "caller", f"line {n} " * 20, n, cut=False) for n in range(500))
    text = transcript(whole(row(), lines=lines))
    assert len(text) < 13_000
    assert "line 0" in text
    assert "line 499" in text
    assert "[…]" in text
