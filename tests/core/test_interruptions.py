"""What is no turn of the caller."""

import pytest

from ivr.core.events import Heard
from ivr.core.interruptions import are_few, is_backchannel, is_echo, kind_of, masked_kind, wordless

OURS = "You can say appointments, prescriptions or test results."


@pytest.mark.parametrize("text", ["uh-huh", "Mm-hmm.", "Okay.", "yeah, yeah", "I see.", "Okay, got it."])
def test_signs_of_listening(text):
    assert is_backchannel(text)


@pytest.mark.parametrize("text", ["", "no", "okay, what are your hours", "yes I want a person", "stop"])
def test_words_that_want_something(text):
    assert not is_backchannel(text)


def test_hello_is_a_sign_of_listening_only_while_we_greet():
    assert is_backchannel("Hello? Hello.", greeting=True)
    assert not is_backchannel("Hello?")


@pytest.mark.parametrize("text", ["You can say appointments", "appointments, prescriptions", "can say test"])
def test_our_own_words_coming_back(text):
    assert is_echo(text, OURS)


@pytest.mark.parametrize("text", ["", "appointments", "I can say no", "results test", "when are you open"])
def test_words_that_are_not_our_own(text):
    assert not is_echo(text, OURS)


def test_what_is_kept_of_words_that_are_not():
    assert kind_of("four two and", "") == masked_kind("four two and", "") == "trailing"
    assert masked_kind("four two", "") == "few"
    assert masked_kind("four two seven", "") == "words"
    for text in ("four two", "four two seven"):
        assert are_few("•••", masked_kind(text, "")) == are_few(text)


def test_a_noise_is_short_or_has_no_letter_in_it():
    assert wordless(Heard(1, "", why="no_speech"), 200)
    assert not wordless(Heard(1, "", why="no_speech"), 600), "somebody may have said yes"
    assert wordless(Heard(1, "", why="punctuation"), 600)
    assert not wordless(Heard(1, "yes"), 100)
