"""Events as JSON and back; what may be kept."""

import json

import pytest
from hypothesis import given

from ivr.core.errors import Bug
from ivr.core.events import (
    CallStarted,
    Candidate,
    Heard,
    KeyPressed,
    Meaning,
    ModelsUsed,
    Typed,
    Understood,
    WorkEnded,
)
from ivr.core.journal import decode, encode, masked
from ivr.core.usage import Usage
from tests.core.test_call import EVENTS


@given(EVENTS)
def test_events_travel_through_json(event):
    assert decode(json.loads(json.dumps(encode(event)))) == event


def test_preset_slots_travel_too():
    event = CallStarted("CA1", "+1", "+2", "2026-11-23", {"number": "0042", "ok": True, "age": 4})
    assert decode(json.loads(json.dumps(encode(event)))) == event


def test_what_models_were_used_for_travels_too():
    used = (
        Usage("intent", "economy", "small", 80, 200, 310, 0, 12, nano=96_900),
        Usage("answer", "flagship", "x"),
    )
    event = ModelsUsed(used, turn=3)
    assert decode(json.loads(json.dumps(encode(event)))) == event


@pytest.mark.parametrize("row", [{"type": "Nonsense"}, {}, {"type": "KeyPressed", "colour": "red"}])
def test_what_was_never_written_is_refused(row):
    with pytest.raises(Bug, match="journal"):
        decode(row)


@pytest.mark.parametrize(
    "event",
    [
        Heard(1, "one two three four", 0.9),
        Typed("one two three four 1234"),
        KeyPressed("7"),
        Understood(1, Meaning("value", value="1234")),
        Understood(1, Meaning("value", value=1234)),
    ],
)
def test_nothing_sensitive_is_kept(event):
    kept = str(encode(masked(event, sensitive=True)))
    for trace in ("one two", "1234", "7"):
        assert trace not in kept
    assert masked(event, sensitive=False) == event


def test_what_work_brings_travels_and_is_masked_under_the_name_of_a_sensitive_slot():
    event = WorkEnded(3, "done", {"pin": "1234", "code": 77, "open": True, "part": "morning", "no": None})
    assert decode(json.loads(json.dumps(encode(event)))) == event
    kept = masked(event, sensitive=False, secret={"pin", "code", "open"})
    assert kept == WorkEnded(
        3, "done", {"pin": "••••", "code": 0, "open": True, "part": "morning", "no": None}
    )


def test_what_else_words_may_have_meant_travels_and_is_not_kept_of_sensitive_ones():
    near = (Candidate("hours", 0.41), Candidate("parking", 0.2))
    event = Understood(1, Meaning("nothing", rest="one two", candidates=near, cache_score=1.31))
    again = decode(json.loads(json.dumps(encode(event))))
    assert isinstance(again, Understood)
    assert (again.meaning.candidates, again.meaning.cache_score) == (near, 1.31)
    kept = masked(event, sensitive=True)
    assert isinstance(kept, Understood)
    assert (kept.meaning.candidates, kept.meaning.cache_score, kept.meaning.rest) == ((), None, "")


def test_meanings_that_an_older_version_wrote_have_no_candidates():
    old = {"type": "Understood", "turn": 1, "meaning": {"kind": "intent", "name": "book"}}
    event = decode(old)
    assert event == Understood(1, Meaning("intent", "book"))
    assert isinstance(event, Understood)
    assert (event.meaning.candidates, event.meaning.cache_score) == ((), None)


def test_a_masked_event_keeps_its_kind():
    assert masked(KeyPressed("#"), sensitive=True) == KeyPressed("#")
    assert masked(Heard(1, ""), sensitive=True) == Heard(1, "")
