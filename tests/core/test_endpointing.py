"""How long a silence ends a turn: the table, and what utterances are taken for."""

import pytest

from ivr.core.commands import Expectation
from ivr.core.endpointing import (
    LONGEST_MS,
    TABLE,
    Awaited,
    SoFar,
    awaited,
    judge,
    rows,
    silence_ms,
    trails_off,
)
from ivr.core.events import Meaning
from ivr.core.flow.model import Settings, Slot

FOUR = Slot("number", "digits", minimum=4, maximum=4)
SOME = Slot("number", "digits", minimum=4, maximum=8)
DIGITS = Expectation("digits", slot="number")
CONFIRM = Expectation("confirm")
LISTEN = Expectation("intents", intents=("book",))


def value(v: str | bool | int) -> Meaning:
    return Meaning("value", value=v, decided_by="grammar")


def test_every_cell_is_filled_and_none_is_longer_than_a_caller_bears():
    assert set(TABLE) == {(row, column) for row in Awaited for column in SoFar}
    assert all(200 <= ms <= LONGEST_MS for ms in TABLE.values())


@pytest.mark.parametrize("row", list(Awaited))
def test_what_is_complete_never_waits_longer_than_what_is_not(row):
    complete = TABLE[row, SoFar.COMPLETE]
    assert all(complete <= TABLE[row, column] for column in (SoFar.OPEN, SoFar.UNFINISHED, SoFar.UNCLEAR))


@pytest.mark.parametrize(
    ("heard", "so_far"),
    [
        ((LISTEN, None, "", 0.0, None), SoFar.NOTHING),
        ((LISTEN, None, "book an appointment", 0.9, None), SoFar.UNKNOWN),
        ((LISTEN, None, "book an appointment", 0.9, Meaning("intent", "book")), SoFar.COMPLETE),
        ((LISTEN, None, "when are you open", 0.9, Meaning("answer", "hours")), SoFar.COMPLETE),
        ((LISTEN, None, "when are you open and", 0.9, Meaning("answer", "hours")), SoFar.UNFINISHED),
        ((LISTEN, None, "when are you open", 0.3, Meaning("answer", "hours")), SoFar.UNCLEAR),
        ((LISTEN, None, "something else", 0.9, Meaning("nothing")), SoFar.UNCLEAR),
        ((LISTEN, None, "a person please", 0.9, Meaning("universal", "agent")), SoFar.COMPLETE),
        ((CONFIRM, None, "yes", 0.9, value(True)), SoFar.COMPLETE),
        ((CONFIRM, None, "no", 0.9, value(False)), SoFar.OPEN),
        ((CONFIRM, None, "yes, um", 0.9, value(True)), SoFar.UNFINISHED),
        ((DIGITS, FOUR, "4 2", 0.9, Meaning("nothing", "too_few")), SoFar.UNFINISHED),
        ((DIGITS, FOUR, "4 2 7 1", 0.9, value("4271")), SoFar.COMPLETE),
        ((DIGITS, FOUR, "4 2 7 1 9", 0.9, Meaning("nothing", "too_many")), SoFar.UNCLEAR),
        ((DIGITS, SOME, "4 2 7 1", 0.9, value("4271")), SoFar.OPEN),
        ((DIGITS, SOME, "4 2 7 1 9 9 9 9", 0.9, value("42719999")), SoFar.COMPLETE),
    ],
)
def test_how_far_an_utterance_has_come(heard, so_far):
    assert judge(*heard) is so_far


@pytest.mark.parametrize("text", ["I want to", "j smith at g mail dot", "well, um", "mine is...", "two,"])
def test_words_after_which_more_must_come(text):
    assert trails_off(text)


@pytest.mark.parametrize("text", ["yes", "four two seven one.", "", "I don't know", "•••"])
def test_words_that_may_be_the_last(text):
    assert not trails_off(text)


def test_an_author_may_say_otherwise_for_all_or_for_some():
    cell = (Awaited.DIGITS, SoFar.COMPLETE)
    assert silence_ms(Settings(), *cell) == TABLE[cell]
    assert silence_ms(Settings(end_silence_ms=900), *cell) == 900
    own = Settings(end_silences=(("complete", 500),))
    assert silence_ms(own, *cell) == 500
    assert silence_ms(own, Awaited.DIGITS, SoFar.OPEN) == TABLE[Awaited.DIGITS, SoFar.OPEN]
    assert all(set(times) == {900} for _, times in rows(Settings(end_silence_ms=900)))


def test_a_step_that_waits_for_nothing_ends_turns_as_a_wish_does():
    assert awaited(None) is Awaited.INTENT
    assert awaited(Expectation("nothing")) is Awaited.WORDS


@pytest.mark.parametrize("row", [Awaited.DIGITS, Awaited.SPELLED])
def test_a_pause_of_1200_ms_ends_no_number_or_spelling_that_may_go_on(row: Awaited):
    assert all(TABLE[row, so_far] > 1200 for so_far in SoFar if so_far is not SoFar.COMPLETE)
