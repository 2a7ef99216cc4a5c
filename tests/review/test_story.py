"""A call told to people."""

from dataclasses import replace

import pytest

from ivr.review.records import EventRow, TurnRow
from ivr.review.story import marks, speech, waited, why

TURN = TurnRow(
    number=1, by="speech", step="desk", at_ms=5000, words="where can I park", heard_confidence=0.9,
    meaning="answer", name="parking", value=None, confidence=0.93, decided_by="classifier", said="Behind.",
    said_heard="Behind.", cut=False, barge_in_ms=None, speech_end_ms=5000, closed_ms=5700, heard_ms=5900,
    understood_ms=5910, first_audio_ms=5950, response_ms=950, tier="", model="", input_tokens=None,
    output_tokens=None, cached_tokens=None, cost_nano=0, saved_nano=0, used=None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, "the answer “parking” (93% sure)"),
        ({"by": "start"}, "The call began."),
        ({"by": "silence", "decided_by": "repair"}, "said nothing in time"),
        ({"by": "noise", "decided_by": "repair"}, "no words in it"),
        ({"by": "trouble", "decided_by": "repair"}, "An engine did not answer"),
        ({"by": "keys", "decided_by": "keys", "words": "1"}, "The step takes this key."),
        (
            {"by": "keys", "decided_by": "repair", "meaning": "nothing", "words": "9"},
            "does not take this key",
        ),
        ({"meaning": "universal", "name": "agent", "decided_by": "universal"}, "at every step"),
        ({"meaning": "value", "value": True, "decided_by": "grammar"}, "the words hold yes"),
        ({"meaning": "nothing", "value": "40", "name": "out_of_range", "decided_by": "repair"}, "hold “40”"),
        (
            {"meaning": "nothing", "name": "no_match", "decided_by": "repair"},
            "meant nothing at this step, so",
        ),
        ({"tier": "economy", "model": "small", "decided_by": "model"}, "of the economy tier (small) decided"),
    ],
)
def test_each_turn_says_why(changes, says):
    assert says in why(replace(TURN, **changes))


def test_it_is_said_what_made_the_caller_wait():
    assert waited(TURN) == (
        "Of the 950 ms until the answer, 700 ms went into being sure that the caller had finished."
    )
    slow = replace(TURN, heard_ms=8000, understood_ms=8010, first_audio_ms=8050, response_ms=3050)
    assert "3.0 s until the answer, 2.3 s went into recognition" in waited(slow)
    assert waited(replace(TURN, response_ms=None)) == "Nothing was said to it."
    assert waited(replace(TURN, by="keys", response_ms=40)) == "The answer began 40 ms later."
    assert waited(replace(TURN, by="start", response_ms=None)) == ""


def events(*rows: tuple[int, str, int | str]) -> list[EventRow]:
    return [
        EventRow(seq, at, {"type": kind, "key" if kind == "KeyPressed" else "at_ms": value})
        for seq, (at, kind, value) in enumerate(rows)
    ]


def test_a_cough_is_a_false_start_and_a_pause_is_not():
    rows = events(
        (1100, "SpeechBegan", 1000), (1300, "SpeechEnded", 1200),  # a cough, long before the turn
        (3900, "SpeechBegan", 3800), (4300, "SpeechEnded", 4200),  # "I'd like…"
        (4700, "SpeechBegan", 4600), (5100, "SpeechEnded", 5000),  # "…a prescription"
        (9000, "KeyPressed", "7"),
    )  # fmt: skip
    spans = speech(rows)
    assert spans == [(1000, 1200), (3800, 4200), (4600, 5000)]
    found = marks(rows, [TURN], spans)
    assert [(m.kind, m.at_ms) for m in found] == [("false start", 1000), ("key", 9000)]


def test_an_interruption_is_marked_with_its_delay():
    (mark,) = marks([], [replace(TURN, barge_in_ms=180)], [])
    assert (mark.kind, mark.at_ms) == ("interruption", 5000)
    assert "180 ms" in mark.text
