"""What is kept of a call: at once, or at the end of the caller's turn, and never a card's number."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.call.minutes import MOST_HELD, ROW_MS, Minutes
from ivr.core.call_state import CallState
from ivr.core.events import (
    Heard,
    HungUp,
    KeyPressed,
    Meaning,
    Played,
    SpeechBegan,
    SpeechEnded,
    Typed,
    Understood,
)
from ivr.core.turns import Phase, Turns
from tests.call.fakes import MemoryJournal

CARD = "4929123456781236"
QUIET, AT_IT = CallState(), CallState(turns=Turns(phase=Phase.HEARING))
OVER = CallState(outcome="completed", turns=Turns(phase=Phase.HEARING))


class Book:
    """Minutes with a clock, and what came of them."""

    def __init__(self):
        self.journal = MemoryJournal()
        self.minutes = Minutes(self.journal, "CA1", frozenset({"pin"}))
        self.at_ms = 0

    def take(self, *events, after=AT_IT, every_ms=200):
        for event in events:
            self.at_ms += every_ms
            self.minutes.take(event, self.at_ms, after, hidden=False)

    @property
    def kept(self):
        return [event for *_, event in self.journal.rows]

    @property
    def text(self):
        return json.dumps(self.kept, ensure_ascii=False)


@pytest.fixture
def book():
    return Book()


def test_what_is_not_the_callers_is_kept_at_once(book):
    book.take(Played(0, 0, 200, last=False), after=QUIET)
    assert len(book.kept) == 1


def test_a_turn_is_kept_when_it_is_over_with_its_times_and_in_order(book):
    turn = [SpeechBegan(100), Heard(1, "to the desk", 0.9), SpeechEnded(900)]
    book.take(*turn)
    assert not book.kept
    book.take(Understood(1, Meaning("intent", "desk")), after=QUIET)
    assert [row["type"] for row in book.kept] == ["SpeechBegan", "Heard", "SpeechEnded", "Understood"]
    assert [row[:3] for row in book.journal.rows] == [("CA1", n, 200 + 200 * n) for n in range(4)]
    assert book.kept[1]["text"] == "to the desk"


def test_what_was_heard_of_a_number_that_was_not_yet_whole_is_not_kept(book):
    book.take(
        Heard(1, "it's 4929 1234", 0.9),
        Understood(1, Meaning("value", value="49291234", rest="its")),
        Heard(2, "it's 4929 1234 5678 1236", 0.9),
    )
    book.take(Understood(2, Meaning("value", value=CARD, fills={"note": f"no {CARD}"})), after=QUIET)
    assert "4929" not in book.text
    assert "1236" not in book.text
    assert [row["text"] for row in book.kept if row["type"] == "Heard"] == ["it's •••", "it's •••"]
    assert [len(row["meaning"]["value"]) for row in book.kept if "meaning" in row] == [8, 16]


def test_a_telephone_number_that_is_heard_again_and_again_stays(book):
    for turn in range(1, 6):
        book.take(Heard(turn, "my number is 555 234 0961 45"[: 14 + 4 * turn], 0.9))
    book.take(Understood(5, Meaning("value", value="5552340961")), after=QUIET)
    assert "555 234 0961" in book.text


def test_keys_of_a_card_that_nobody_asked_for_are_not_kept(book):
    book.take(*(KeyPressed(key) for key in CARD), after=AT_IT)
    book.take(Understood(1, Meaning("nothing")), after=QUIET, every_ms=ROW_MS)
    assert [row["key"] for row in book.kept if "key" in row] == ["•"] * len(CARD)


def test_keys_that_are_each_taken_by_themselves_tell_no_card_either(book):
    for key in CARD:
        book.take(KeyPressed(key), Played(0, 0, 100, last=False), after=QUIET)
    book.take(Played(0, 0, 300, last=False), after=QUIET, every_ms=ROW_MS)
    keys = "".join(row["key"] for row in book.kept if "key" in row)
    assert keys.startswith(CARD[:3])
    assert keys[3:] == "•" * 13


def test_keys_apart_in_time_are_no_number(book):
    for key in CARD:
        book.take(KeyPressed(key), after=QUIET, every_ms=ROW_MS)
    assert [row["key"] for row in book.kept] == list(CARD)


def test_a_number_partly_said_and_partly_keyed_is_not_kept(book):
    book.take(Heard(1, "four nine two nine one two three four", 0.9), *map(KeyPressed, CARD[8:]))
    book.take(Understood(1, Meaning("value", value=CARD)), after=QUIET)
    assert "four" not in book.text
    assert not set("0123456789") & {row.get("key") for row in book.kept}


def test_typed_words_are_masked_too(book):
    book.take(Typed(f"card {CARD}"), after=QUIET)
    assert book.kept[0]["text"] == "card •••"


def test_nothing_waits_beyond_the_end_or_without_end(book):
    book.take(*[SpeechBegan(1)] * MOST_HELD)
    assert len(book.kept) == MOST_HELD
    book.take(SpeechEnded(2), HungUp("caller"), after=OVER)
    assert len(book.kept) == MOST_HELD + 2


@given(st.lists(st.sampled_from([SpeechBegan(1), Heard(1, "yes", 1.0), KeyPressed("1"), Typed("two")])))
def test_every_event_is_kept_once_and_in_order(events):
    book = Book()
    book.take(*events)
    book.minutes.write()
    assert [row["type"] for row in book.kept] == [type(event).__name__ for event in events]
