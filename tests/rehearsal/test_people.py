"""Tests of lines that bring people in: what a transfer comes to, messages, callbacks, recording."""

from __future__ import annotations

import pytest

from ivr.core.commands import Expectation
from ivr.core.events import Meaning
from ivr.core.flow.load import load_flow
from ivr.rehearsal.coverage import Coverage
from ivr.rehearsal.runner import Result, run
from ivr.rehearsal.script import load_cases
from tests.core.talk import AGENT, HEAD, intent, universal, value

LINE = load_flow(
    HEAD
    + AGENT
    + """
flows:
  main:
    - recording: {ask: May we record?}
    - id: menu
      listen:
        ask: What can I do?
        intents:
          book:
            transfer:
              contact: desk
              say: Hold on.
              whisper: A caller.
              on_busy: {say: They are busy.}
              on_refused: {say: They refuse.}
              on_failed: {say: Nobody is there.}
          cancel: {callback: {number: number}}
    - voicemail: {say: Speak now., on_empty: {say: Nothing was said.}}
    - hangup: Goodbye.
""",
    "line.yaml",
)


def read(text: str, expectation: Expectation) -> Meaning:
    if text in expectation.intents:
        return intent(text)
    if text in ("yes", "no"):
        return value(text == "yes")
    if text == "agent":
        return universal("agent")
    return value(text) if expectation.kind == "digits" else Meaning("nothing")


def result(steps: str, head: str = "", coverage: Coverage | None = None) -> Result:
    text = f"test_cases:\n- test_case: one\n{head}  steps:\n" + "".join(
        f"  {line}\n" for line in steps.strip("\n").splitlines()
    )
    cases, problems = load_cases(text, "t.yaml", LINE)
    assert problems == ()
    went, state = run(LINE, cases[0], read, coverage.observe if coverage else None)
    if coverage:
        coverage.call(state.path)
    return went


BUSY = """
- caller: "yes"
  assert: {recording: true}
- caller: book
  assert: {transfer: desk, said: [Hold on., They are busy., Speak now.], ended: false}
- caller: please call me back this afternoon
  assert: {said: This is your message., voicemail: false}
- caller: "yes"
  assert: {voicemail: true, said: Goodbye., ended: completed}
"""


def test_a_busy_person_a_message_and_a_recording():
    assert result(BUSY, "  transfers: {desk: busy}\n").failures == ()


def test_a_transfer_that_succeeds_is_the_end():
    went = result(
        """
- silence: true
  assert: {recording: false}
- caller: book
  assert: {transfer: desk, ended: transferred, not_said: They are busy.}
"""
    )
    assert went.failures == ()


@pytest.mark.parametrize(
    ("outcomes", "words"),
    [
        ("refused", "They refuse."),
        ("no_answer", "Nobody is there."),
        ("failed", "Nobody is there."),
        ("[busy, completed]", "They are busy."),
    ],
)
def test_every_outcome_can_be_played(outcomes, words):
    steps = f"""
- caller: "no"
- caller: book
  assert: {{said: {words}}}
- silence: true
  assert: {{said: Nothing was said.}}
"""
    assert result(steps, f"  transfers: {{desk: {outcomes}}}\n").failures == ()


def test_one_after_another_and_the_last_stays():
    steps = """
- caller: "no"
- caller: book
  assert: {said: They are busy.}
- caller: my message is as follows, do call me
- caller: agent
  assert: {transfer: desk, ended: transferred}
"""
    assert result(steps, "  transfers: {desk: [busy, completed]}\n").failures == ()


def test_a_wish_to_be_called_back_is_counted():
    steps = """
- caller: "no"
- caller: cancel
  assert: {said: What is your number?, callback: false}
- caller: "4271"
  assert: {said: "We will call you at 4, 2, 7, 1."}
- caller: "yes"
  assert: {callback: 1}
"""
    assert result(steps).failures == ()


@pytest.mark.parametrize(
    ("check", "message"),
    [
        ("voicemail: true", "What was kept of 'voicemail' is not as expected"),
        ("callback: 2", "What was kept of 'callback' is not as expected"),
        ("recording: true", "Recording is not as expected"),
    ],
)
def test_what_is_not_so_is_told(check, message):
    went = result(f"- caller: 'no'\n  assert: {{{check}}}")
    assert [failure.message for failure in went.failures] == [message]


def test_the_branches_of_transfers_and_messages_are_covered():
    coverage = Coverage(LINE)
    result(BUSY, "  transfers: {desk: busy}\n", coverage)
    branches = {p.name.partition(": ")[2] for p in coverage.parts["branch"] & coverage._used}
    assert {"busy", "message", "yes"} <= branches
    assert not {"refused", "failed", "nothing said"} & branches
    result("- caller: 'no'\n- caller: book\n- silence: true", "  transfers: {desk: no_answer}\n", coverage)
    branches = {p.name.partition(": ")[2] for p in coverage.parts["branch"] & coverage._used}
    assert {"failed", "nothing said"} <= branches


def test_a_contact_that_is_not_there_is_told_with_its_place():
    text = "test_cases:\n- test_case: one\n  transfers: {dest: busy}\n  steps: [{silence: true}]\n"
    _, problems = load_cases(text, "t.yaml", LINE)
    assert [str(p) for p in problems] == ["t.yaml:3:15: The flow has no contact 'dest'. Did you mean 'desk'?"]
