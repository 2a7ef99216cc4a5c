"""Tests pass when everything is as they say, and tell what is not."""

from __future__ import annotations

from ivr.rehearsal.runner import run
from ivr.rehearsal.script import load_cases
from tests.core.talk import flow_of
from tests.rehearsal.line import LINE, read, result


def test_a_whole_call() -> None:
    went = result(
        """
- assert: {said: [Hello there., what can i do?], not_said: Goodbye, step: menu, ended: false}
- caller: book
  assert: {understood: book, said: Morning or afternoon?, slots: {part: null}, step: main}
- keys: 2
  assert: {slots: {part: afternoon, reason: afternoonafternoon}, said: Goodbye., ended: completed}
"""
    )
    assert went.failures == ()
    assert went.passed
    assert went.lines[-3:] == (("agent", "Morning or afternoon?"), ("keys", "2"), ("agent", "Goodbye."))


def test_a_test_ends_with_the_first_step_that_fails() -> None:
    went = result("- caller: book\n  assert: {said: x, step: menu}\n- caller: morning")
    assert [failure.spot.line for failure in went.failures] == [5, 5]
    assert went.lines[-1] == ("agent", "Morning or afternoon?")


def test_a_flow_that_does_wrong_fails_the_test() -> None:
    loops = flow_of("- id: a\n  if: 1 == 1\n  then: {link: main}\n- hangup:")
    (case,), _ = load_cases("test_cases: [{test_case: a, steps: [{silence: true}]}]", "t.yaml", loops)
    went, state = run(loops, case, read)
    assert "over before this" in went.failures[0].message
    assert state.outcome == "failed"


def test_slots_may_be_given() -> None:
    assert result("- caller: book\n  assert: {ended: completed}", "  slots: {part: morning}\n").passed


def test_a_call_that_goes_on_is_hung_up() -> None:
    (case,), _ = load_cases("test_cases: [{test_case: a, steps: [{caller: book}]}]", "t.yaml", LINE)
    assert run(LINE, case, read)[1].outcome == "hung up by caller"
