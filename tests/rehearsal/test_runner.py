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
    assert "the loop is a -> a/then/1" in went.failures[0].message
    assert state.outcome == "failed"


def test_slots_may_be_given() -> None:
    assert result("- caller: book\n  assert: {ended: completed}", "  slots: {part: morning}\n").passed


def test_a_call_that_goes_on_is_hung_up() -> None:
    (case,), _ = load_cases("test_cases: [{test_case: a, steps: [{caller: book}]}]", "t.yaml", LINE)
    assert run(LINE, case, read)[1].outcome == "hung up by caller"


def test_a_flow_that_asks_for_the_time_of_a_test_without_one_says_what_to_add() -> None:
    asks = flow_of(
        "- if: open(shop)\n  then: {say: Open.}\n- listen: {intents: {book: {say: Booked.}}}",
        'timezone: UTC\nhours: {shop: {monday: "9:00-17:00"}}\n',
    )
    given = "test_cases:\n- test_case: a\n{}  steps: [{{caller: book, assert: {{said: Booked.}}}}]\n"
    (case,), _ = load_cases(given.format(""), "t.yaml", asks)
    (failure,) = run(asks, case, read)[0].failures
    assert failure.spot.line == 2
    assert failure.message.endswith('open(shop) needs a time: add now: "2030-01-07 10:00" to this test case')
    (case,), problems = load_cases(given.format('  now: "2030-01-07 10:00"\n'), "t.yaml", asks)
    assert problems == ()
    assert run(asks, case, read)[0].passed
