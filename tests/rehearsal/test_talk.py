"""A call by moves: what the caller does, what is heard of it, and what the line answers."""

from __future__ import annotations

import pytest

from ivr.core.flow.problems import Spot
from ivr.rehearsal.runner import run
from ivr.rehearsal.script import Move, load_cases
from ivr.rehearsal.talk import AsHeard, Talk
from tests.core.talk import flow_of, value
from tests.rehearsal.line import LINE, read, result


def test_interrupting_and_silence() -> None:
    went = result(
        """
- interrupts: book
  assert: {said: Morning or afternoon?}
- silence: 2s
  assert: {said: []}
- silence: true
  assert: {said: "Sorry, I didn't hear you."}
- interrupts: {keys: 1, after: 300ms}
  assert: {said: Goodbye.}
"""
    )
    assert went.failures == ()


WHY = flow_of("- collect: reason\n- hangup: Goodbye.\n")


@pytest.mark.parametrize(
    ("heard", "passes"), [("My knee hurts.", True), ("My knee hertz.", False), ("", False)]
)
def test_words_are_read_as_they_were_heard(heard: str, *, passes: bool) -> None:
    move = "{caller: my knee hurts, assert: {slots: {reason: my knee hurts}}}"
    text = f"test_cases: [{{test_case: one, steps: [{move}]}}]\n"
    (case,), _ = load_cases(text, "t.yaml", WHY)
    went, _ = run(WHY, case, lambda words, _: value(words), heard={"my knee hurts": AsHeard(heard, 0.8)})
    assert went.passed is passes
    assert any(f"[heard: {heard or 'nothing'}]" in line for who, line in went.lines if who == "caller")


def test_what_was_said_is_that_of_the_last_move_and_the_lines_are_all_of_it() -> None:
    talk = Talk(LINE, read)
    assert talk.said == ["Hello there.", "Nice to hear you.", "What can I do?"]
    talk.make(Move("caller", Spot(), "book"))
    assert talk.said == ["Morning or afternoon?"]
    talk.make(Move("keys", Spot(), keys="2"))
    assert [who for who, _ in talk.lines] == ["agent"] * 3 + ["caller", "agent", "keys", "agent"]


def test_a_step_that_only_looks_moves_nothing() -> None:
    talk = Talk(LINE, read)
    talk.make(Move("caller", Spot(), "book"))
    before = talk.caller.now
    talk.make(Move("nothing", Spot()))
    assert talk.caller.now == before
    assert talk.understood is not None


@pytest.mark.parametrize(
    ("words", "over", "outcome"),
    [("book", False, "the call goes on"), ("cancel", True, "transferred to desk")],
)
def test_how_the_call_stands(words: str, *, over: bool, outcome: str) -> None:
    talk = Talk(LINE, read)
    talk.make(Move("caller", Spot(), words))
    assert (talk.over, talk.outcome) == (over, outcome)
    assert talk.transferred() == ("desk" if over else "")


def test_a_line_that_breaks_comes_back_to_the_question() -> None:
    talk = Talk(LINE, read)
    talk.drop()
    assert talk.said[-1] == "What can I do?"
    assert not talk.over


def test_a_call_that_is_not_over_is_hung_up_in_the_end() -> None:
    talk = Talk(LINE, read)
    talk.end()
    assert talk.caller.state.outcome == "hung up by caller"
    assert talk.outcome == "hung up by caller"
