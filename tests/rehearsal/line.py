"""Lines to rehearse on, and how a test of them went."""

from __future__ import annotations

from ivr.core.commands import Expectation
from ivr.core.events import Meaning
from ivr.core.flow.load import load_flow
from ivr.rehearsal.runner import Result, run
from ivr.rehearsal.script import load_cases
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
