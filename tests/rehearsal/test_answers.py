"""Answers of a model in a rehearsal: the test says what the model says."""

from __future__ import annotations

import pytest

from ivr.core.commands import Expectation
from ivr.core.events import Meaning
from ivr.core.flow.load import load_flow
from ivr.core.flow.problems import Spot
from ivr.rehearsal.past_call import read as past_of
from ivr.rehearsal.runner import Result, run
from ivr.rehearsal.script import Move, load_cases
from ivr.rehearsal.talk import Talk

LINE = load_flow(
    """
ivr: 1
intents: {fees: [what does it cost, the price please]}
knowledge: {prices: prices.md}
flows:
  main:
    - listen:
        ask: How can I help?
        intents:
          fees:
            - id: price
              answer: {knowledge: prices, on_unknown: Nobody has written that down.}
    - listen: {ask: Anything else?, intents: {fees: {say: Again.}}}
    - hangup: Goodbye.
""",
    "line.yaml",
)


def read(text: str, expectation: Expectation) -> Meaning:
    return Meaning("intent", "fees", decided_by="classifier")


def result(replies: str, said: str) -> Result:
    cases, problems = load_cases(
        f"""
test_cases:
  - test_case: one
    replies: {replies}
    steps:
      - caller: what does it cost
        assert: {{said: {said}}}
""",
        "t.yaml",
        LINE,
    )
    assert problems == ()
    return run(LINE, cases[0], read)[0]


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (
            "{answer: It costs ten dollars. Children pay five.}",
            "[It costs ten dollars., Children pay five., Anything else?]",
        ),
        ("unknown", "[Nobody has written that down., Anything else?]"),
        ("failed", "[I'm sorry, Anything else?]"),
    ],
)
def test_the_model_says_what_the_test_says(reply: str, said: str) -> None:
    assert result(f"{{price: {reply}}}", said).passed


def test_an_answer_that_is_not_written_down_fails_the_test() -> None:
    (failure, *_) = result("{}", "[]").failures
    assert "The test has no answer of a model to 'what does it cost'" in failure.message
    assert "'price: {answer: ...}'" in failure.message


def test_a_past_call_is_told_the_same_answer_again() -> None:
    text = "test_cases: [{test_case: a, replies: {price: {answer: Ten. Or nine.}}, steps: [{silence: true}]}]"
    cases, _ = load_cases(text, "t.yaml", LINE)
    talk = Talk(LINE, read, cases[0])
    talk.make(Move("caller", Spot(), "what does it cost"))
    talk.end()
    past = past_of(LINE, talk.caller.events)
    assert [work.ended.values["said"] for work in past.works] == ["Ten. Or nine."]
