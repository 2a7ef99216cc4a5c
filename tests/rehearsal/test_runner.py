"""Tests pass when everything is as they say, and tell what is not."""

from __future__ import annotations

import pytest

from ivr.core.commands import Expectation
from ivr.core.events import Meaning
from ivr.core.flow.load import load_flow
from ivr.rehearsal.runner import Result, run
from ivr.rehearsal.script import load_cases
from ivr.rehearsal.talk import AsHeard
from tests.core.talk import AGENT, flow_of, intent, universal, value


def read(text: str, expectation: Expectation) -> Meaning:
    if text in expectation.intents:
        return intent(text)
    if text == "agent":
        return universal("agent")
    if expectation.kind == "choice" and text in ("morning", "afternoon"):
        return value(text)
    return Meaning("nothing")


LINE = flow_of(
    """
- say: Hello there. Nice to hear you.
- id: menu
  listen:
    ask: What can I do?
    intents: {book: {collect: part}, cancel: {transfer: desk}}
    keys: {"1": book}
- set_slots: {reason: "= part + part"}
- hangup: Goodbye.
""",
    AGENT,
)


def result(steps: str, head: str = "") -> Result:
    text = f"test_cases:\n- test_case: one\n{head}  steps:\n" + "".join(
        f"  {line}\n" for line in steps.strip("\n").splitlines()
    )
    cases, problems = load_cases(text, "t.yaml", LINE)
    assert problems == ()
    return run(LINE, cases[0], read)[0]


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


@pytest.mark.parametrize(
    ("steps", "spot", "message"),
    [
        ("- assert: {said: Good day}", (4, 20), "The line does not say: Good day. It says: Hello there."),
        ("- assert: {said: [What can I do?, Hello there.]}", (4, 37), "says this too early: Hello there."),
        ("- assert: {not_said: Nice to}", (4, 24), "The line says what it should not: Nice to"),
        ("- assert: {said: []}", (4, 20), "The line should say nothing, and says: Hello there."),
        ("- assert: {step: main/1}", (4, 20), "The step that waits is not as expected"),
        ("- assert: {transfer: desk}", (4, 24), "The transfer is not as expected"),
        ("- assert: {ended: true}", (4, 21), "The end of the call is not as expected"),
        ("- caller: agent\n  assert: {ended: completed}", (5, 21), "The end of the call is not as expected"),
        ("- caller: agent\n  assert: {step: menu}", (5, 20), "The step is not as expected"),
        ("- caller: book\n  assert: {slots: {part: morning}}", (5, 22), "The slot 'part' is not as expected"),
        ("- caller: book\n  assert: {understood: cancel}", (5, 26), "What was understood is not as"),
        ("- keys: 1\n  assert: {understood: book}", (5, 26), "What was understood is not as expected"),
        ("- caller: cancel\n- caller: book", (5, 5), "over before this: transferred to desk"),
    ],
)
def test_what_is_not_so_is_told_with_its_place(steps: str, spot: tuple[int, int], message: str) -> None:
    went = result(steps)
    assert not went.passed
    (failure,) = went.failures
    assert message in failure.message
    assert (failure.spot.line, failure.spot.column) == spot


def test_the_nearest_words_are_set_against_those_expected() -> None:
    (failure,) = result("- assert: {said: What may I do?}").failures
    assert (failure.want, failure.got) == ("What may I do?", "What can I do?")


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


def test_a_call_that_goes_on_is_hung_up() -> None:
    (case,), _ = load_cases("test_cases: [{test_case: a, steps: [{caller: book}]}]", "t.yaml", LINE)
    assert run(LINE, case, read)[1].outcome == "hung up by caller"


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


DOUBT = load_flow(
    """
ivr: 1
intents: {order: [I want a pizza, one pizza please]}
slots:
  size: {type: choice, choices: [small, large], ask: Which?}
  day: {type: date, ask: When?, confirm: {when: when_unsure, ask: 'Is {day} right?'}}
flows:
  main:
    - listen: {ask: What?, intents: {order: [{collect: size}, {collect: day}]}}
    - hangup: Bye.
""",
    "doubt.yaml",
)


def doubting(steps: str) -> Result:
    def read(text: str, expectation: Expectation) -> Meaning:
        if text == "order large":
            return Meaning("intent", "order", fills={"size": "large"}, sure={"size": 0.9})
        if text == "no, small":
            return Meaning("correction", "size", "small", 0.9)
        return Meaning("value", value="2030-01-31") if expectation.kind == "date" else Meaning("nothing")

    cases, problems = load_cases(f"test_cases:\n- test_case: one\n  steps:{steps}", "t.yaml", DOUBT)
    assert problems == ()
    return run(DOUBT, cases[0], read)[0]


def test_confidence_fills_and_corrections_can_be_asserted() -> None:
    went = doubting(
        """
  - caller: order large
    assert: {understood: order, fills: {size: large}, confidence: {size: 0.9}, said: [large., When?]}
  - caller: no, small
    assert: {understood: correction, slots: {size: small}, confidence: {size: 0.9}}
  - caller: the last of January
    confidence: 0.4
    assert: {confidence: {day: 0.4}, said: Is January 31st}
"""
    )
    assert went.failures == ()


@pytest.mark.parametrize(
    ("asserted", "message"),
    [
        ("fills: {size: small}", "What was said for 'size' with it"),
        ("confidence: {size: 0.5}", "The confidence in 'size'"),
    ],
)
def test_what_was_asserted_wrongly_is_told(asserted: str, message: str) -> None:
    went = doubting(f"\n  - caller: order large\n    assert: {{{asserted}}}\n")
    assert message in went.failures[0].message


def test_confidence_needs_words() -> None:
    text = 'test_cases:\n- test_case: one\n  steps:\n  - keys: "1"\n    confidence: 0.4\n'
    _, problems = load_cases(text, "t.yaml", DOUBT)
    assert "Nothing is said of which to be sure" in problems[0].message
