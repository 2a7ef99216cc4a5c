"""A read-back that the caller cannot have heard is not answered by what they were just saying."""

from __future__ import annotations

import pytest

from ivr.core.events import (
    Heard,
    KeyPressed,
    Meaning,
    SpeechBegan,
    SpeechEnded,
    Typed,
    Understood,
)
from ivr.core.journal import replay
from tests.core.talk import AGENT, Talk, answer, flow_of, universal, value

READ_BACK = "We will call you at 4, 2, 1, 9."
RIGHT = "Is that right?"
LINE = """
- collect: {slot: number}
- confirm:
    ask: We will call you at {number}. Is that right?
    yes: [{say: Kept.}]
    no: [{say: Not kept.}]
    on_no_match: [First time., Second time.]
- hangup: Bye.
"""


@pytest.fixture
def talk() -> Talk:
    """A caller to whom the read-back has just been ordered, and not begun."""
    talk = Talk(flow_of(LINE, AGENT))
    talk.listen()
    talk.keys("4219")
    assert talk.take_said()[-2:] == [READ_BACK, RIGHT]
    return talk


def speak(talk: Talk, words: str, heard_ms: int, meaning: Meaning | None = None) -> list[str]:
    """Speak when so much of the read-back was heard, and stop it."""
    if heard_ms:
        talk.hear_a_little(heard_ms)
    else:
        talk.send(SpeechBegan(talk.now), 10)
        talk.pass_time(100)
    return talk.says(words, meaning or value(v=True))


@pytest.mark.parametrize("heard_ms", [0, 200, 800])
def test_a_yes_that_began_before_the_read_back_was_heard_is_no_answer(talk, heard_ms):
    said = speak(talk, "Yes, please do that.", heard_ms)
    assert said == [READ_BACK, RIGHT]
    assert "Kept." not in said
    talk.hear_out()
    assert "Kept." in talk.says("Yes.", value(v=True))


def test_a_yes_to_what_was_heard_counts_while_the_question_is_said(talk):
    assert "Kept." in speak(talk, "Yes, please do that.", 1200)


def test_asking_again_is_no_failed_attempt(talk):
    for _ in range(4):
        assert speak(talk, "Yes, please do that.", 200) == [READ_BACK, RIGHT]
        talk.take_said()
    talk.hear_out()
    talk.take_said()
    assert talk.says("The moon is made of cheese.") == ["First time."]


def test_the_record_shows_that_the_read_back_was_cut(talk):
    speak(talk, "Yes, please do that.", 0)
    assert [(line.text, line.cut) for line in talk.state.transcript if line.who == "agent"][-1] == ("…", True)
    talk.take_said()
    speak(talk, "Yes, please do that.", 800)
    cut = [line.text for line in talk.state.transcript if line.cut]
    assert cut[0] == "…"
    assert READ_BACK.startswith(cut[-1])
    assert len(cut) == 2


def test_a_key_pressed_as_the_read_back_begins_is_no_answer(talk):
    talk.hear_a_little(600)
    talk.send(KeyPressed("1"))
    assert talk.take_said() == [READ_BACK, RIGHT]
    talk.hear_out()
    assert talk.keys("1")[0] == "Kept."


def test_a_wish_counts_however_early_it_is_said(talk):
    assert "Putting you through." in speak(talk, "Give me a person please.", 200, universal("agent"))


def test_who_heard_the_question_may_answer_while_it_is_put_again(talk):
    talk.hear_out()
    assert talk.says("What about when you are open?", answer("hours"))[-1] == RIGHT
    talk.hear_a_little(200)
    assert "Kept." in talk.says("Yes, please do that.", value(v=True))


def test_typed_words_answer_what_was_read(talk):
    talk.send(Typed("yes"))
    talk.send(Understood(talk.state.turns.turn, value(v=True)), 10)
    assert "Kept." in talk.said


def test_other_questions_may_be_answered_at_once():
    talk = Talk(flow_of("- collect: {slot: ok}\n- say: Good.\n- hangup: Bye."))
    talk.hear_a_little(200)
    assert "Good." in talk.says("Yes, it is right.", value(v=True))


def test_a_short_yes_over_the_beginning_does_not_stop_the_read_back(talk):
    talk.hear_a_little(200)
    talk.send(SpeechBegan(talk.now))
    talk.send(SpeechEnded(talk.now), 260)
    turn = talk.state.turns.turn
    talk.send(Heard(turn, "Certainly.", 0.9), 100)
    talk.send(Understood(turn, value(v=True)), 10)
    assert talk.take_said() == []
    talk.hear_out()
    assert talk.state.transcript[-1].text == RIGHT


def test_a_call_with_an_early_yes_runs_again_the_same(talk):
    speak(talk, "Yes, please do that.", 200)
    assert replay(talk.flow, talk.events)[0] == talk.state
