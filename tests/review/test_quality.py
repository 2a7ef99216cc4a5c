"""Scores: measured, judged by a model, agreed upon by people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ivr.core.errors import EngineError
from ivr.review.quality import Agreement, agreement, judged, measured, waiting_for_people
from ivr.review.records import Score, ScoredCall
from ivr.review.rubric import load_rubric
from tests.review.whole import row, turn, whole

RUBRIC = load_rubric("rubric: 1\nquestions:\n  understood: Was the caller understood?\n", "r.yaml")


class Model:
    name = "judge"

    def __init__(self, answer: dict[str, Any]) -> None:
        self._answer = answer
        self.asked = ("", "", {})  # type: tuple[str, str, Mapping[str, Any]]

    async def close(self) -> None: ...

    async def answer(self, system: str, text: str, schema: Mapping[str, Any]) -> dict[str, Any]:
        self.asked = (system, text, schema)
        return self._answer


def test_what_can_be_measured_is_linked_to_its_turns() -> None:
    call = whole(
        row(goal=False, cut_ins=1, dead_airs=1),
        turn(0, by="start", decided_by=""),
        turn(1, response_ms=900),
        turn(2, response_ms=2000),
        turn(3, decided_by="repair", response_ms=None),
        turn(4, response_ms=800),
    )
    found = {s.question: (s.score, s.turns) for s in measured(call, 5)}
    assert found == {
        "goal": (0.0, ()),
        "prompt_answers": (pytest.approx(2 / 3), (2,)),
        "understood_at_once": (0.75, (3,)),
        "no_cut_ins": (0.75, ()),
        "no_dead_air": (0.75, ()),
    }


def test_a_call_without_a_word_is_measured_too() -> None:
    assert {s.score for s in measured(whole(row(goal=False), turn(0, by="start")), 5)} == {0.0, 1.0}


async def test_a_model_scores_by_the_rubric_and_sees_what_was_heard() -> None:
    model = Model({"understood": {"score": 1, "reason": "No.\n No!", "turns": [2, 7]}})
    call = whole(row(), turn(1, words="a pizza"), turn(2, words="•••", said_heard="Sor", cut=True))
    [score] = await judged(call, RUBRIC, model, 9)
    assert (score.scorer, score.score, score.reason, score.turns) == ("model:judge", 0.25, "No. No!", (2,))
    assert score.rubric == RUBRIC.digest
    system, text, schema = model.asked
    assert "Was the caller understood?" in system
    assert "[turn 2] agent: Sor (interrupted)" in text
    assert schema["required"] == ["understood"]


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"understood": 3},
        {"understood": {"score": "4"}},
        {"understood": {"score": 5}},
        {"understood": {"score": True}},
    ],
)
async def test_what_is_no_score_is_no_score(answer: dict[str, Any]) -> None:
    with pytest.raises(EngineError, match="understood"):
        await judged(whole(row(), turn(1)), RUBRIC, Model(answer), 9)


def scores(scorer: str, kind: str, *marks: float) -> list[tuple[str, Score]]:
    return [(f"CA{n}", Score(scorer, "understood", kind, mark)) for n, mark in enumerate(marks)]


def test_agreement_beyond_chance() -> None:
    found = agreement(scores("ann", "person", 1, 1, 0, 0) + scores("model:m", "model", 1, 0.75, 0.25, 0.5))
    assert found == [Agreement("understood", ("ann", "model:m"), 4, 0.75, 0.5)]


def test_agreement_that_chance_alone_would_give_has_no_kappa() -> None:
    [one] = agreement(scores("ann", "person", 1, 1) + scores("bob", "person", 1, 1))
    assert (one.same, one.kappa) == (1.0, None)
    assert agreement(scores("ann", "person", 1) + scores("measured", "measured", 1)) == []


def test_calls_wait_for_people_once_a_model_has_scored_them() -> None:
    def scored(call: str, kind: str, question: str = "understood") -> ScoredCall:
        return ScoredCall(call, 0, "line", Score(f"{kind}:x", question, kind, 1.0))

    found = [scored("c", "model"), scored("b", "model"), scored("b", "person"), scored("a", "measured")]
    found.insert(1, scored("c", "model", "natural"))
    assert [one.call_id for one in waiting_for_people(found)] == ["c"]
