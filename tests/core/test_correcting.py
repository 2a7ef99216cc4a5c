"""A correction changes a slot, says so, and the call goes on where it was."""

from __future__ import annotations

import pytest

from ivr.core import dialogue
from ivr.core.events import Meaning, SlotValue
from ivr.core.flow.load import load_flow
from ivr.core.flow.model import Flow
from ivr.core.phrases import DEFAULTS
from tests.core.talk import Talk, answer, value

CORRECTED, RIGHT = DEFAULTS["corrected"], DEFAULTS["is_right"]
HEAD = """
ivr: 1
answers: {hours: {examples: [when are you open, open today], say: From eight to five.}}
universals: {back: true}
slots:
  size: {type: choice, choices: [small, large], ask: Small or large?}
  day:
    type: date
    ask: Which day?
    confirm: CONFIRM
    validate: day != "2026-12-25"
    reject: Not on {day}.
  time: {type: time, ask: What time?}
"""


def line(confirm: str = "never", steps: str = "") -> Flow:
    flow = steps or "[{collect: size}, {collect: day}, {collect: time}, {hangup: }]"
    return load_flow(f"{HEAD.replace('CONFIRM', confirm)}flows: {{main: {flow}}}\n", "t.yaml")


def at_the_time(flow: Flow) -> Talk:
    talk = Talk(flow)
    talk.listen()
    talk.says("large", value("large"))
    talk.listen()
    talk.says("Tuesday", value("2026-11-24"))
    talk.listen()
    return talk


def correction(slot: str, new: SlotValue | None, **more: SlotValue) -> Meaning:
    return Meaning("correction", slot, new, 0.9, "grammar", fills=more)


def test_the_slot_is_changed_and_said_and_the_open_question_follows() -> None:
    talk = at_the_time(line())
    talk.says("no, Thursday", correction("day", "2026-11-26"))
    assert talk.listen() == [CORRECTED, "Thursday, November 26th.", "What time?"]
    assert talk.state.dialogue.slots == {"size": "large", "day": "2026-11-26"}


def test_two_at_once() -> None:
    talk = at_the_time(line())
    talk.says("no, small and Thursday", correction("day", "2026-11-26", size="small"))
    assert talk.listen() == [CORRECTED, "Thursday, November 26th.", CORRECTED, "small.", "What time?"]
    assert talk.state.dialogue.slots == {"size": "small", "day": "2026-11-26"}


def test_a_value_that_is_not_allowed_is_refused_with_its_reason_and_the_old_one_stays() -> None:
    talk = at_the_time(line())
    talk.says("no, Christmas", correction("day", "2026-12-25"))
    assert talk.listen() == ["Not on Friday, December 25th.", "What time?"]
    assert talk.state.dialogue.slots["day"] == "2026-11-24"


def test_a_slot_that_is_always_confirmed_is_confirmed_again() -> None:
    flow = line("explicit")
    talk = at_the_time(flow)
    talk.says("yes", value(v=True))
    talk.listen()
    talk.says("no, Thursday", correction("day", "2026-11-26"))
    assert talk.listen() == ["Thursday, November 26th.", RIGHT]
    talk.says("yes", value(v=True))
    assert talk.listen() == ["What time?"]
    talk.says("six", value("18:00"))
    talk.listen()
    assert talk.ended


def test_a_question_asked_at_the_read_back_of_a_correction_leads_back_to_where_it_was_made() -> None:
    talk = at_the_time(line("explicit", "[{collect: size}, {collect: day}, {say: Noted.}, {collect: time}]"))
    talk.says("yes", value(v=True))
    assert talk.listen() == ["Noted.", "What time?"]
    talk.says("no, Thursday", correction("day", "2026-11-26"))
    talk.listen()
    talk.says("are you open today?", answer("hours"))
    assert talk.listen() == ["From eight to five.", "Thursday, November 26th.", RIGHT]
    talk.says("yes", value(v=True))
    assert talk.listen() == ["What time?"]


def test_a_correction_at_its_own_read_back() -> None:
    talk = at_the_time(line("explicit"))
    talk.says("no, Thursday", correction("day", "2026-11-26"))
    assert talk.listen() == ["Thursday, November 26th.", RIGHT]
    talk.says("no, Friday", correction("day", "2026-11-27"))
    assert talk.listen() == ["Friday, November 27th.", RIGHT]


CONFIRM = """
    - collect: size
    - collect: day
    - confirm: {ask: 'A {size} one on {day}?', yes: {say: Done.}, no: {say: Sorry.}}
    - hangup:"""


def confirming() -> Talk:
    flow = load_flow(f"{HEAD.replace('CONFIRM', 'never')}flows:\n  main:{CONFIRM}\n", "t.yaml")
    return at_the_time(flow)


def test_a_read_back_of_the_author_s_says_the_new_value_itself() -> None:
    talk = confirming()
    talk.says("no, Thursday", correction("day", "2026-11-26"))
    assert talk.listen() == ["A large one on Thursday, November 26th?"]


@pytest.mark.parametrize(("rest", "said"), [("", "Done."), ("yes", "Done."), ("no", "Sorry.")])
def test_what_it_was_already_is_a_yes_or_a_no(rest: str, said: str) -> None:
    talk = confirming()
    meaning = Meaning("correction", "day", "2026-11-24", 0.9, "grammar", rest)
    talk.says("yes, Tuesday", meaning)
    assert talk.listen()[0] == said


def test_without_a_value_the_slot_is_asked_for_in_place() -> None:
    talk = at_the_time(line())
    talk.says("change the size", correction("size", None))
    assert talk.listen() == ["Small or large?"]
    assert "size" not in talk.state.dialogue.slots
    talk.says("small", value("small"))
    assert talk.listen() == ["What time?"]
    assert talk.state.dialogue.slots == {"size": "small", "day": "2026-11-24"}
    assert len(talk.state.dialogue.stack) == 1


def test_a_digression_in_the_middle_of_a_change_returns_to_it() -> None:
    talk = at_the_time(line("implicit"))
    talk.says("change the day", correction("day", None))
    talk.listen()
    talk.says("when are you open", answer("hours"))
    assert talk.listen() == ["From eight to five.", "Which day?"]
    talk.says("Friday", value("2026-11-27"))
    assert talk.listen() == ["Friday, November 27th.", "What time?"]


def test_only_what_was_asked_on_the_way_can_be_corrected() -> None:
    flow = line()
    talk = Talk(flow)
    talk.listen()
    expected = dialogue.expectation(flow, talk.state.dialogue)
    assert expected is not None
    assert expected.known == ()
    assert talk.says("no, Thursday", correction("day", "2026-11-26"))[0] == DEFAULTS["no_match"]
    talk = at_the_time(flow)
    expected = dialogue.expectation(flow, talk.state.dialogue)
    assert expected is not None
    assert expected.known == ("day", "size")


def test_the_read_back_names_what_it_is_about() -> None:
    talk = confirming()
    expected = dialogue.expectation(talk.flow, talk.state.dialogue)
    assert expected is not None
    assert set(expected.about) == {"size", "day"}
