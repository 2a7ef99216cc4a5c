"""Which calls another server can go on with."""

from dataclasses import replace

import pytest

from ivr.core.away import lost, transferring
from ivr.core.call import advance
from ivr.core.call_state import CallState
from ivr.core.dialogue_state import Dialogue, Draft
from ivr.core.journal import decode, encode, replay
from ivr.core.resuming import may_go_on
from tests.core.talk import AGENT, Talk, flow_of, value

FLOW = flow_of("- collect: age\n- transfer: {contact: desk, on_busy: {say: Busy.}}\n- hangup: Bye.", AGENT)
AWAY = CallState("CA1", away=transferring("desk", 0, warm=False))


def test_a_call_that_is_handed_over_goes_on():
    assert may_go_on(FLOW, AWAY)
    assert may_go_on(FLOW, replace(AWAY, dialogue=Dialogue(slots={"age": 7})))


@pytest.mark.parametrize(
    "state",
    [
        replace(AWAY, away=None),
        replace(AWAY, away=lost(0)),
        replace(AWAY, outcome="completed"),
        replace(AWAY, dialogue=Dialogue(slots={"pin": "4271"})),
        replace(AWAY, dialogue=Dialogue(draft=Draft(1, "desk", 2000))),
    ],
    ids=["with us", "cut off", "over", "knows a secret", "has a message"],
)
def test_others_do_not(state):
    assert not may_go_on(FLOW, state)


def test_the_journal_gives_back_a_call_that_goes_on():
    talk = Talk(FLOW)
    talk.transfers = {"desk": ["busy"]}
    talk.listen()
    talk.says("I am forty", value(40))
    talk.hear_out()
    rows = [(at_ms, decode(encode(event))) for at_ms, event in talk.events]
    away = [n for n in range(1, len(rows)) if may_go_on(FLOW, replay(FLOW, rows[:n])[0])]
    assert away, "the caller was with somebody else for a while"
    state, _ = replay(FLOW, rows[: away[-1]])
    for at_ms, event in rows[away[-1] :]:
        state, _ = advance(FLOW, state, event, at_ms)
    assert state == talk.state
    assert any(line.text == "Busy." for line in state.transcript)
