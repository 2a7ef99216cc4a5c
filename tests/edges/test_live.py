"""What those who watch a call see of it, and what they must not."""

import pytest

from ivr.core.call import HIDDEN, CallState, advance
from ivr.core.events import CallStarted, Event, SpeakingBegan
from ivr.edges.live import LiveCalls
from tests.core.talk import flow_of

READ_BACK = """
- set_slots: {pin: "4271", reason: "%s", number: "4271", part: morning}
- say: "%s"
- collect: age
"""


def watched(said, reason="my pin is 4, 2, 7, 1"):
    """A call in which this is being said, and whoever watches sees it."""
    flow, live, state = flow_of(READ_BACK % (reason, said)), LiveCalls(), CallState()
    live.began("CA1", flow, 0)
    events: list[Event] = [CallStarted("CA1"), SpeakingBegan(0, 2000)]
    for at_ms, event in enumerate(events):
        state, commands = advance(flow, state, event, at_ms)
        live.event("CA1", at_ms, event, commands, state)
    return live.calls["CA1"]


@pytest.mark.parametrize("said", ["It is {pin}.", "It is {reason}.", "It is {number}."])
def test_a_read_back_of_what_is_sensitive_is_hidden_whatever_the_slot_is_called(said):
    assert watched(said).saying == HIDDEN


def test_other_words_are_seen_while_they_are_said():
    assert watched("See you in the {part}.").saying == "See you in the morning."


def test_a_card_number_is_hidden_where_nobody_called_it_sensitive():
    assert watched("About {reason}, right?", "4929 1234 5678 1236").saying == HIDDEN


def test_slots_that_hold_a_sensitive_value_are_hidden_too():
    slots = watched("Hello.").slots
    assert slots == {"pin": HIDDEN, "reason": HIDDEN, "number": HIDDEN, "part": "morning"}
