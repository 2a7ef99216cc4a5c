"""What an event did to a call, told from the states before and after it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.core.call_state import CallState, Guess, taken, was_wordless
from ivr.core.dialogue_state import Dialogue
from ivr.core.events import Event, Heard, Meaning, TimePassed, Understood

MEANT = Meaning("intent", "book")
BEFORE = CallState(guess=Guess(3, 0, 800, "book it", meaning=MEANT))
AFTER = CallState(dialogue=Dialogue(waiting=True))


def test_the_meaning_that_counts_came_with_the_event_or_was_known_when_the_turn_ended():
    other = Meaning("intent", "cancel")
    assert taken(Understood(3, other), BEFORE, AFTER) is other
    assert taken(TimePassed(), BEFORE, AFTER) is MEANT
    assert taken(Heard(3, "book it", 0.9), BEFORE, AFTER) is None


@pytest.mark.parametrize("event", [Understood(3, MEANT), TimePassed()])
def test_no_meaning_counts_while_the_turn_goes_on_or_nothing_follows_from_it(event: Event):
    assert taken(event, BEFORE, replace(BEFORE, path=("main/1",))) is None
    assert taken(event, BEFORE, replace(AFTER, guess=BEFORE.guess)) is None


def test_time_that_passes_without_a_guess_means_nothing():
    assert taken(TimePassed(), CallState(), AFTER) is None


def test_a_sound_without_a_word_is_told_when_its_turn_ends():
    unheard = CallState(guess=Guess(3, 0, 800))
    nothing = CallState(guess=Guess(3, 0, 800, ""))
    assert was_wordless(Heard(3, "", 0.0), unheard, AFTER)
    assert was_wordless(TimePassed(), nothing, AFTER)
    assert not was_wordless(Heard(3, "hello", 0.9), unheard, AFTER)
    assert not was_wordless(TimePassed(), unheard, AFTER)


def test_it_is_told_once_and_not_before():
    nothing = CallState(guess=Guess(3, 0, 800, ""))
    told = CallState(guess=Guess(3, 0, 800, "", told=True))
    assert not was_wordless(TimePassed(), told, AFTER)
    assert not was_wordless(TimePassed(), nothing, nothing)
    assert not was_wordless(TimePassed(), nothing, replace(AFTER, guess=nothing.guess))
    assert not was_wordless(Understood(3, MEANT), nothing, AFTER)
