"""Answers that are partly said and partly keyed."""

from ivr.core.commands import Understand
from ivr.core.events import Heard, KeyPressed, Meaning, SpeechBegan, Understood
from tests.core.talk import value
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
