"""Test files: what they say, and what each mistake in them is told."""

from __future__ import annotations

import pytest

from ivr.core.flow.problems import Problem
from ivr.rehearsal.script import Case, flow_named, load_cases
from tests.core.talk import AGENT, flow_of

FLOW = flow_of(
    """
- id: menu
  listen: {ask: Yes?, intents: {book: {collect: part}, cancel: {transfer: desk}}}
- hangup:
""",
    AGENT,
)


def load(text: str) -> tuple[tuple[Case, ...], tuple[Problem, ...]]:
    return load_cases(text, "t.yaml", FLOW)


def case(steps: str) -> str:
    return "test_cases:\n  - test_case: one\n    steps:\n" + "".join(
        f"      {line}\n" for line in steps.strip().splitlines()
    )


def told(text: str) -> str:
    cases, problems = load(text)
    assert cases == ()
    return "\n".join(str(problem) for problem in problems)


def test_moves() -> None:
    cases, problems = load(
        case(
            """
- assert: {said: Yes?, step: menu}
- caller: book it
- keys: 12
- keys: "0 1 #"
- silence: true
- silence: 1.5s
- interrupts: wait
- interrupts: {keys: "1", after: 300ms}
"""
        )
    )
    assert problems == ()
    moves = cases[0].moves
    assert [(m.does, m.words, m.keys, m.ms) for m in moves] == [
        ("nothing", "", "", 0),
        ("caller", "book it", "", 0),
        ("keys", "", "12", 0),
        ("keys", "", "01#", 0),
        ("silence", "", "", 0),
        ("silence", "", "", 1500),
        ("interrupts", "wait", "", 1000),
        ("interrupts", "", "1", 300),
    ]
    assert [(c.subject, c.want) for c in moves[0].checks] == [("said", "Yes?"), ("step", "menu")]


def test_all_that_can_be_asserted() -> None:
    cases, problems = load(
        case(
            """
- caller: x
  assert:
    said: [a, b]
    not_said: c
    slots: {part: morning, reason: null}
    step: main
    transfer: desk
    ended: true
    understood: agent
- assert: {ended: no_input, said: []}
"""
        )
    )
    assert problems == ()
    assert [(c.subject, c.name, c.want) for c in cases[0].moves[0].checks] == [
        ("said", "", "a"),
        ("said", "", "b"),
        ("not_said", "", "c"),
        ("slot", "part", "morning"),
        ("slot", "reason", None),
        ("step", "", "main"),
        ("transfer", "", "desk"),
        ("ended", "", "yes"),
        ("understood", "", "agent"),
    ]
    assert [c.subject for c in cases[0].moves[1].checks] == ["silent", "ended"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "t.yaml:1:1: The file is empty. A test file begins with 'test_cases:'."),
        ("- a", "A test file is a mapping: names and values. It begins with 'test_cases:'."),
        ("test_cases: []", "t.yaml:1:1: There is no test case here. Begin with '- test_case: name'."),
        ("test_case: [a]", "There is no key 'test_case' here. Did you mean 'test_cases'?"),
        (case("- caler: x"), "t.yaml:4:9: There is no key 'caler' here. Did you mean 'caller'?"),
        (case("- {}"), "This step does nothing. The moves are 'caller', 'interrupts', 'keys', 'silence'."),
        (case("- caller: x\n  keys: 1"), "t.yaml:5:9: 'caller' and 'keys' stand in one step."),
        (case("- keys: 12a"), "t.yaml:4:15: '12a' are no keys. Keys are 0-9, * and #, in quotes."),
        (case("- keys: true"), "'True' are no keys"),
        (case("- silence: false"), "'silence: false' says nothing."),
        (case("- silence: 10ms"), "10 ms is not between 0.1 s and 600 s."),
        (case("- interrupts: {after: 1s}"), "An interruption is words, or keys."),
        (case("- interrupts: {caller: x, keys: 1}"), "An interruption is words, or keys."),
        (case("- assert: {}"), "Nothing is asserted here. Give it 'said', 'slots' or 'step'."),
        (case("- assert: {sayd: x}"), "There is no key 'sayd' here. Did you mean 'said'?"),
        (
            case("- assert: {slots: {prt: x}}"),
            "t.yaml:4:26: The flow has no slot 'prt'. Did you mean 'part'?",
        ),
        (case("- assert: {slots: {part: evening}}"), "'evening' is not a choice of 'part'."),
        (case("- assert: {step: menue}"), "t.yaml:4:24: The flow has no step 'menue'. Did you mean 'menu'?"),
        (case("- assert: {transfer: dsk}"), "The flow has no contact 'dsk'. Did you mean 'desk'?"),
        (case("- assert: {understood: bok}"), "The flow has no intent, answer or universal 'bok'."),
        (case("- assert: {ended: compleated}"), "'ended' cannot be 'compleated'. Did you mean 'completed'?"),
        ("test_cases: [{test_case: a, steps: []}]", "This test has no steps."),
        ("test_cases: [{test_case: a}]", "The key 'steps' is missing here."),
        (
            case("- caller: x") + "  - test_case: one\n    steps: [{caller: y}]\n",
            "t.yaml:5:16: Two tests have the name 'one': see line 2.",
        ),
        ("test_cases: [{test_case: a, slots: {number: 1}, steps: [{caller: y}]}]", "is a digits slot"),
        ("test_cases: &a [*a]", "'&a' is an anchor, and a test file has none."),
    ],
)
def test_mistakes(text: str, message: str) -> None:
    assert message in told(text)


def test_all_mistakes_are_told_at_once() -> None:
    lines = told(case("- caler: x\n- keys: x\n- assert: {step: nowhere}")).splitlines()
    assert [line.split(" ")[0] for line in lines] == ["t.yaml:4:9:", "t.yaml:5:15:", "t.yaml:6:24:"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("flow: a.yaml\ntest_cases: []", ("a.yaml", 1)),
        ("# tests\nflow: 'a b.yaml'  # this one\n", ("a b.yaml", 2)),
        ("test_cases:\n  - flow: no\n", ("", 1)),
    ],
)
def test_a_test_file_may_name_its_flow(text: str, named: tuple[str, int]) -> None:
    assert flow_named(text) == named


def test_confidence_needs_words() -> None:
    assert "Nothing is said of which to be sure" in told(case('- keys: "1"\n  confidence: 0.4'))
