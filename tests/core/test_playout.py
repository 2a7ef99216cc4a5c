"""The ledger of what was heard."""

from ivr.core.commands import StopSpeaking
from ivr.core.flow.model import Settings
from ivr.core.playout import (
    CHUNK_MS,
    RENDER_LIMIT_MS,
    STALL_MS,
    Playout,
    began,
    deadline,
    drop,
    enqueue,
    expire,
    played,
    position,
    stop,
)
from ivr.core.speaking.reading import Sentence

TEXT = "We are open from eight to five"


def queue(*texts: str, now: int = 0) -> Playout:
    return enqueue(Playout(), tuple(Sentence(text, text) for text in texts), Settings(), now)[0]


def test_segments_are_numbered_through_the_call():
    ledger, say = enqueue(queue("one.", "two."), (Sentence("three.", "three."),), Settings(), 5)
    assert [s.id for s in say.segments] == [2]
    assert [e.id for e in ledger.queue] == [0, 1, 2]


def test_a_last_mark_means_heard():
    ledger = began(queue(TEXT), 0, 2000, 100)
    ledger, heard = played(ledger, 0, 0, 2000, 2100, last=True)
    assert not ledger.speaking
    assert [(h.text, h.cut) for h in heard] == [(TEXT, False)]


def test_a_mark_of_a_later_segment_settles_the_earlier_ones():
    ledger = queue("one.", "two.", "three.")
    ledger, heard = played(ledger, 0, 2, 100, 900, last=False)
    assert [h.text for h in heard] == ["one.", "two."]
    assert [e.id for e in ledger.queue] == [2]


def test_a_mark_of_an_old_generation_proves_nothing():
    ledger, _, command = stop(began(queue(TEXT), 0, 2000, 0), 300)
    assert command == StopSpeaking(1)
    ledger, _ = enqueue(ledger, (Sentence("again", "again"),), Settings(), 300)
    assert played(ledger, 0, 1, 500, 400, last=True) == (ledger, ())


def test_an_interrupted_segment_keeps_the_words_that_were_heard():
    ledger = began(queue(TEXT), 0, 2000, 0)
    ledger, _ = played(ledger, 0, 0, 1000, 1000, last=False)
    _, heard, _ = stop(ledger, 1100)
    assert [(h.text, h.cut) for h in heard] == [("We are open from", True)]


def test_between_marks_time_runs_on_by_one_chunk_at_most():
    entry = began(queue(TEXT), 0, 2000, 0).queue[0]
    assert position(entry, 150) == 150
    assert position(entry, 5000) == CHUNK_MS


def test_a_carrier_that_returns_no_marks_does_not_hang_the_call():
    ledger = began(queue(TEXT), 0, 2000, 100)
    assert deadline(ledger) == 100 + 2000 + STALL_MS
    ledger, heard, silent = expire(ledger, 9000)
    assert (not ledger.speaking, [h.text for h in heard], silent) == (True, [TEXT], False)


def test_a_voice_that_gives_no_audio_does_not_hang_the_call():
    ledger = queue("one.", "two.", now=50)
    assert deadline(ledger) == 50 + RENDER_LIMIT_MS
    ledger, heard, silent = expire(ledger, 9000)
    assert (heard, silent) == ((), True)
    assert deadline(ledger) == 9000 + RENDER_LIMIT_MS


def test_dropping_a_segment_leaves_the_others():
    assert [e.text for e in drop(queue("one.", "two."), 0).queue] == ["two."]


def test_words_with_a_card_number_in_them_are_not_for_the_record_even_when_cut():
    sentence = Sentence("It is 4929 1234 5678 1236, right?", "x")
    ledger, say = enqueue(Playout(), (sentence, Sentence("Or not?", "y")), Settings(), 0, fixed=False)
    assert [segment.hidden for segment in say.segments] == [True, False]
    ledger, _ = played(began(ledger, 0, 3000, 0), 0, 0, 1500, 1500, last=False)
    _, heard, _ = stop(ledger, 1500)
    assert [(spoken.text, spoken.cut) for spoken in heard] == [("\u2022\u2022\u2022", True)]
