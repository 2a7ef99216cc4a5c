"""Answers that are partly said and partly keyed."""

from ivr.core.commands import Understand
from ivr.core.events import Heard, KeyPressed, Meaning, SpeechBegan, Understood
from ivr.core.pieces import BURST_MS
from tests.core.talk import Talk, flow_of, value
from tests.core.test_listening import NUMBER, line, words


def test_words_and_keys_make_one_answer():
    talk = line(NUMBER)
    turn = talk.sound()
    talk.send(Heard(turn, "four two", 0.9), 100)
    talk.send(Understood(turn, Meaning("nothing", "too_few")), 10)
    talk.send(KeyPressed("1"), 300)
    (order,) = [c for c in talk.send(KeyPressed("9"), 300) if isinstance(c, Understand)]
    assert order.text == "four two 1 9"
    talk.send(Understood(order.turn, value("4219")), 10)
    assert talk.state.dialogue.slots["number"] == "4219"
    assert "Thank you." in talk.said
    assert (words(talk), words(talk, "keys")) == (["four two"], ["19"])


def test_keys_that_come_before_the_words_are_recognised_wait_for_them():
    talk = line(NUMBER)
    turn = talk.sound()
    talk.send(KeyPressed("1"), 50)
    talk.send(KeyPressed("9"), 50)
    assert not any(isinstance(c, Understand) for c in talk.commands)
    (order,) = [c for c in talk.send(Heard(turn, "four two", 0.9), 50) if isinstance(c, Understand)]
    assert order.text == "four two 1 9"


def test_keys_and_then_words_make_one_answer():
    talk = line(NUMBER)
    talk.keys("42")
    turn = talk.sound()
    (order,) = [c for c in talk.send(Heard(turn, "one nine", 0.9), 50) if isinstance(c, Understand)]
    assert order.text == "4 2 one nine"
    talk.send(Understood(turn, value("4219")), 10)
    talk.pass_deadline()
    assert talk.state.dialogue.slots["number"] == "4219"
    assert (words(talk, "keys"), words(talk)) == (["42"], ["one nine"])


def test_a_key_while_the_caller_speaks_counts_instead_of_the_words():
    talk = line(NUMBER)
    talk.send(SpeechBegan(talk.now), 50)
    talk.keys("4271")
    assert talk.state.dialogue.slots["number"] == "4271"
    assert words(talk) == []


QUESTIONS = """
- collect: {slot: ok, on_no_match: [Please say yes or no., Yes or no?]}
- collect: part
- collect: number
- hangup: "{ok} {part} {number}."
"""


def test_a_number_keyed_where_one_key_is_asked_for_is_refused_once():
    talk = Talk(flow_of(QUESTIONS))
    talk.listen()
    assert talk.keys("#427195") == ["Please say yes or no."]
    talk.listen()
    assert talk.state.dialogue.slots == {}
    assert talk.keys("1")[-1] == "Morning or afternoon?"


def test_the_rest_of_a_number_whose_first_key_fits_does_not_answer_the_next_question():
    talk = Talk(flow_of(QUESTIONS))
    talk.listen()
    assert talk.keys("2195") == ["Morning or afternoon?"]
    assert talk.listen() == ["Morning or afternoon?"]
    assert talk.state.dialogue.slots == {"ok": False}


def test_keys_that_are_pressed_ahead_on_purpose_count():
    talk = Talk(flow_of(QUESTIONS))
    talk.listen()
    for key in "12":
        talk.send(KeyPressed(key), BURST_MS)
    talk.keys("4219")
    assert talk.state.dialogue.slots == {"ok": True, "part": "afternoon", "number": "4219"}


def test_a_refused_key_costs_only_what_is_keyed_with_it():
    talk = Talk(flow_of(QUESTIONS))
    talk.listen()
    talk.keys("*")
    talk.send(KeyPressed("1"), BURST_MS)
    assert talk.state.dialogue.slots == {"ok": True}
