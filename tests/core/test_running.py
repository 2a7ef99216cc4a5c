"""`hold` and `noop`: the caller is kept for a time, or until they are ready."""

import pytest

from ivr.core.commands import CancelWork, StartWork
from ivr.core.flow.load import check_text
from ivr.core.flow.mermaid import mermaid
from ivr.core.phrases import DEFAULTS
from ivr.rehearsal.coverage import Coverage
from ivr.rehearsal.runner import run
from ivr.rehearsal.script import load_cases
from tests.core.talk import AGENT, HEAD, Talk, flow_of, indent, intent, universal
from tests.rehearsal.line import read

STEPS = """
- hold:
    say: Please fetch your card.
    for: 60s
    again: [I am still here., Say when you are ready.]
    every: 15s
    until: [book, cancel]
    on_timeout: {say: Then without it.}
- noop:
- hangup: Goodbye.
"""
FLOW = flow_of(STEPS, AGENT)
HOLDING = ["Take your time.", "I'm still here."]


def test_the_caller_is_told_that_we_are_there_and_the_time_comes_to_an_end():
    talk = Talk(FLOW)
    assert talk.listen() == ["Please fetch your card."]
    said = []
    for _ in range(4):
        talk.pass_deadline()
        said += talk.listen()
    assert said[:3] == ["I am still here.", "Say when you are ready.", "Say when you are ready."]
    talk.hear_out()
    assert said[3:] == ["Then without it.", "Goodbye."]
    assert talk.state.outcome == "completed"
    assert talk.state.path == ("main/1", "main/1/timeout/1", "main/2", "main/3")
    assert talk.reports == []
    assert not [c for c in talk.commands if isinstance(c, StartWork | CancelWork)]


@pytest.mark.parametrize("key", [None, "1", "#"])
def test_who_is_ready_ends_it(key):
    talk = Talk(FLOW)
    talk.listen()
    if key:
        talk.keys(key)
    else:
        talk.says("I want to book", intent("book"))
    assert talk.listen() == ["Goodbye."]
    assert talk.state.path == ("main/1", "main/2", "main/3")
    assert talk.state.clocks == ()


def test_other_words_are_answered_and_a_person_can_be_asked_for():
    talk = Talk(FLOW)
    talk.listen()
    talk.says("one second")
    assert talk.listen() == ["I am still here."]
    talk.keys("0")
    assert talk.listen() == ["Putting you through."]
    talk = Talk(FLOW)
    talk.listen()
    talk.says("agent", universal("agent"))
    assert talk.listen() == ["Putting you through."]


def test_a_short_hold_is_only_a_time():
    talk = Talk(flow_of("- hold: 30s\n- hangup: Goodbye."))
    talk.says("hello")
    assert talk.listen() == HOLDING
    talk.keys("5")
    assert talk.listen() == HOLDING
    talk.pass_time(40_000)
    assert talk.take_said()[-1] == "Goodbye."
    assert " ".join(HOLDING) == DEFAULTS["holding"]


def test_a_hold_can_be_rehearsed():
    text = """
test_cases:
- test_case: one
  steps:
  - assert: {said: Please fetch your card.}
  - silence: 16s
    assert: {said: I am still here.}
  - caller: book
    assert: {understood: book, said: Goodbye.}
- test_case: two
  steps:
  - silence: 120s
    assert: {said: [Then without it., Goodbye.]}
"""
    cases, problems = load_cases(text, "t.yaml", FLOW)
    assert problems == ()
    coverage = Coverage(FLOW)
    for case in cases:
        result, state = run(FLOW, case, read, coverage.observe)
        assert result.failures == ()
        coverage.call(state.path)
    assert not [part for part in coverage.missing() if part.kind != "answer" and "agent" not in part.name]
    assert "hold 60 s" in mermaid(FLOW)
    assert "timeout" in mermaid(FLOW)


def told(steps: str) -> str:
    text = HEAD + "flows:\n  main:\n" + indent(steps)
    return "\n".join(str(problem) for problem in check_text(text, "h.yaml")[1])


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ("- hold: forever", "'forever' is not a time"),
        ("- hold: {say: Wait.}", "The key 'for' is missing here"),
        ("- hold: {for: 5s, until: redy}", "There is no intent 'redy'"),
        ("- hold: {for: 5s, on_timeout: {say: Hm.}}", "Nothing ends this hold but the time"),
        ("- hold: {for: 2h}", "'2h' is not a time"),
        ("- hold: {for: 5s, untill: book}", "There is no key 'untill' here. Did you mean 'until'?"),
        ("- hold: 10s\n- link: main", "goes round without ever waiting for the caller"),
        ("- noop: [a]", "'noop' must be text"),
    ],
)
def test_what_is_wrong_is_told(steps, message):
    assert message in told(steps)
