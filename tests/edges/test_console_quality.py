"""People score calls, and how far they agree with a model is told."""

from dataclasses import replace

import pytest

from ivr.review.records import Score, ScoredCall
from tests.edges.console_rig import ROW, RUBRIC, USERS, row
from tests.review.test_story import TURN

MARKS = {"understood": 4, "natural": 1}


def by_model(call_id, question="understood", score=1.0, **more):
    made = Score("model:small", question, "model", score, rubric=RUBRIC.digest, **more)
    return ScoredCall(call_id, ROW.began_ms, "Test line", made)


async def test_a_person_scores_a_call_and_it_is_noted(open_console):
    rig = await open_console(users=USERS)
    rig.records.add(turns=(replace(TURN, number=1),))
    await rig.login("anna")
    _, asked = await rig.get("/api/rubric")
    assert asked == {"questions": dict(RUBRIC.questions), "full": 4, "scorer": "person:anna"}
    body = {"marks": MARKS, "reason": "asked  twice\nfor the day", "turns": [1]}
    status, _ = await rig.post("/api/calls/CA1/score", body)
    assert status == 200
    kept = {one.score.question: one.score for one in rig.records.scored}
    assert kept["understood"].score == 1.0
    natural = kept["natural"]
    assert natural == Score(
        "person:anna",
        "natural",
        "person",
        0.25,
        "asked twice for the day",
        (1,),
        RUBRIC.digest,
        1_795_600_000_000,
    )
    note = rig.records.notes[-1]
    assert (note.who, note.did, note.call_id) == ("anna", "scored", "CA1")
    assert note.detail == "understood 4, natural 1", "what was written about the caller is not in the audit"


async def test_a_viewer_may_not_score(open_console):
    rig = await open_console(users=USERS)
    rig.records.add()
    await rig.login("vera")
    assert (await rig.post("/api/calls/CA1/score", {"marks": MARKS}))[0] == 403
    assert not rig.records.scored
    assert not rig.records.notes


async def test_scoring_needs_the_token_of_the_page(open_console):
    rig = await open_console()
    rig.records.add()
    rig.csrf = "guessed"
    assert (await rig.post("/api/calls/CA1/score", {"marks": MARKS}))[0] == 403


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "at least one"),
        ({"marks": {"understood": 5}}, "from 0 to 4"),
        ({"marks": {"understood": True}}, "from 0 to 4"),
        ({"marks": {"understood": 1.5}}, "from 0 to 4"),
        ({"marks": {"kindness": 1}}, "no question 'kindness'"),
        ({"marks": MARKS, "turns": ["1"]}, "whole numbers"),
        ({"marks": MARKS, "turns": [7]}, "not in this call"),
        ({"marks": MARKS, "reason": 3}, "a text"),
    ],
)
async def test_marks_that_are_none_are_refused(open_console, body, told):
    rig = await open_console()
    rig.records.add()
    status, text = await rig.post("/api/calls/CA1/score", body)
    assert status == 400
    assert told in text
    assert not rig.records.scored


async def test_a_call_that_runs_or_is_gone_cannot_be_scored(open_console):
    rig = await open_console()
    rig.records.add(row("CA2", outcome=""))
    assert (await rig.post("/api/calls/CA2/score", {"marks": MARKS}))[0] == 409
    assert (await rig.post("/api/calls/CA9/score", {"marks": MARKS}))[0] == 404
    assert (await rig.post("/api/calls/C/score", {"marks": MARKS}))[0] == 404, "an id that is cut short"


async def test_agreement_waiting_calls_and_low_scores_are_told(open_console):
    rig = await open_console()
    for call_id in ("CA1", "CA2"):
        rig.records.add(row(call_id))
    rig.records.scored = [
        by_model("CA2"),
        by_model("CA1", score=0.25, reason="It asked twice.", turns=(3,)),
    ]
    _, told = await rig.get("/api/quality")
    assert [one["call_id"] for one in told["waiting"]] == ["CA2", "CA1"]
    assert [(one["call_id"], one["turns"], one["reason"]) for one in told["low"]] == [
        ("CA1", [3], "It asked twice.")
    ]
    assert told["agreement"] == []
    await rig.post("/api/calls/CA1/score", {"marks": {"understood": 1}})
    _, told = await rig.get("/api/quality")
    assert [one["call_id"] for one in told["waiting"]] == ["CA2"]
    (agreed,) = told["agreement"]
    assert (agreed["question"], agreed["calls"], agreed["same"]) == ("understood", 1, 1.0)
    assert agreed["between"] == ["model:small", "person:local"]


async def test_scores_by_another_rubric_are_not_compared(open_console):
    rig = await open_console()
    rig.records.add()
    other = by_model("CA1")
    rig.records.scored = [replace(other, score=replace(other.score, rubric="an earlier one"))]
    await rig.post("/api/calls/CA1/score", {"marks": {"understood": 4}})
    assert (await rig.get("/api/quality"))[1]["agreement"] == []
