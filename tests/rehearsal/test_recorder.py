"""A conversation that was written down passes as a test."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.errors import FlowError
from ivr.core.flow import yaml_source
from ivr.core.flow.problems import Report, Spot
from ivr.rehearsal.recorder import Recorder, added, new_file, scalar
from ivr.rehearsal.runner import run
from ivr.rehearsal.script import Move, load_cases
from ivr.rehearsal.talk import Talk
from tests.rehearsal.line import LINE, read

MOVES = st.one_of(
    st.sampled_from(["book", "cancel", "morning", "nonsense", "yes", "- [x]: 'y' #z", "007", "null"]).map(
        lambda words: Move("caller", Spot(), words)
    ),
    st.text("0129#*", min_size=1, max_size=4).map(lambda keys: Move("keys", Spot(), keys=keys)),
    st.sampled_from([0, 1500]).map(lambda ms: Move("silence", Spot(), ms=ms)),
    st.just(Move("interrupts", Spot(), "cancel", ms=400)),
    st.just(Move("interrupts", Spot(), keys="1", ms=400)),
)


def recorded(moves: list[Move], name: str = "a call") -> str:
    talk, recorder = Talk(LINE, read), Recorder()
    recorder.greeting(talk.said)
    for move in moves:
        if talk.over:
            break
        talk.make(move)
        recorder.move(move, talk.said)
    ending = talk.caller.state.ending
    return recorder.case(name, dict(talk.caller.state.dialogue.slots), ending.reason if ending else "no")


@given(st.lists(MOVES, max_size=6))
def test_a_recorded_call_passes(moves: list[Move]) -> None:
    cases, problems = load_cases(new_file(recorded(moves)), "t.yaml", LINE)
    assert problems == ()
    result, _ = run(LINE, cases[0], read)
    assert result.failures == ()


@given(st.text())
def test_any_text_can_be_written(text: str) -> None:
    line = " ".join(text.split())
    clean = "".join(c for c in line if c.isprintable() and c not in "\u2028\u2029\ufeff\ufffe\uffff")
    root = yaml_source.parse(f"a: {scalar(clean)}", Report("t"))
    assert root is not None
    assert root.data() == {"a": clean}


def test_a_case_is_added_behind_the_others() -> None:
    first = new_file(recorded([Move("caller", Spot(), "book")], "one"), "my line.yaml")
    both = added(first, recorded([Move("keys", Spot(), keys="1")], "two"), "t.yaml")
    cases, problems = load_cases(both, "t.yaml", LINE)
    assert problems == ()
    assert [case.name for case in cases] == ["one", "two"]
    assert both.startswith(first.rstrip("\n"))


@pytest.mark.parametrize(
    "text",
    ["", "flow: a.yaml", "test_cases: []", "test_cases: [{test_case: a}]", "test_cases:\n- a\nflow: b"],
)
def test_a_file_that_cannot_be_added_to_is_left_alone(text: str) -> None:
    with pytest.raises(FlowError, match=r"t\.yaml is there already"):
        added(text, recorded([]), "t.yaml")
