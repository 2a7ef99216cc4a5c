from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ivr.core.commands import Segment
from ivr.core.events import Played, SpeakingBegan
from ivr.core.text_playing import BEGIN_MS, CHUNK_MS, MS_A_CHARACTER, TextPlaying


def everything(playing: TextPlaying) -> list[tuple[int, SpeakingBegan | Played]]:
    """What the carrier tells until all has been played, with its times."""
    told = []
    while playing:
        told.append((playing.due_ms, playing.go_on(playing.due_ms)))
    return told


def begun(told: list[tuple[int, SpeakingBegan | Played]]) -> list[int]:
    return [event.segment for _, event in told if isinstance(event, SpeakingBegan)]


def test_nothing_to_say_is_false():
    playing = TextPlaying()
    assert not playing
    playing.say(0, (Segment(0, "Hello"),), 0, first=False)
    assert playing
    playing.stop()
    assert not playing


def test_a_sentence_begins_and_is_told_of_by_pieces_and_to_its_end():
    playing = TextPlaying()
    playing.say(3, (Segment(7, "Hello there"),), 1000, first=False)
    length = len("Hello there") * MS_A_CHARACTER
    told = everything(playing)
    assert told[0] == (1000 + BEGIN_MS, SpeakingBegan(7, length))
    assert told[1] == (1000 + BEGIN_MS + CHUNK_MS, Played(3, 7, CHUNK_MS, last=False))
    assert told[-1] == (1000 + BEGIN_MS + length, Played(3, 7, length, last=True))


def test_a_coarse_carrier_tells_of_whole_sentences():
    playing = TextPlaying()
    playing.coarse = True
    playing.say(
        0, (Segment(0, "A long sentence, longer than a chunk."), Segment(1, "Short.")), 0, first=False
    )
    told = [event for _, event in everything(playing)]
    assert [type(event) for event in told] == [SpeakingBegan, Played] * 2


def test_slow_speech_takes_longer():
    playing = TextPlaying()
    playing.say(0, (Segment(0, "Hello", rate=0.5),), 0, first=False)
    assert playing.go_on(BEGIN_MS) == SpeakingBegan(0, 5 * MS_A_CHARACTER * 2)


def test_a_segment_without_words_plays_for_a_moment():
    playing = TextPlaying()
    playing.say(0, (Segment(0, "", sound="tone"),), 0, first=False)
    assert [event for _, event in everything(playing)] == [SpeakingBegan(0, 1), Played(0, 0, 1, last=True)]


def test_what_comes_first_goes_before_what_has_not_begun():
    playing = TextPlaying()
    playing.say(0, (Segment(0, "One."),), 0, first=False)
    playing.say(0, (Segment(1, "Two."), Segment(2, "Three.")), 10, first=True)
    assert begun(everything(playing)) == [1, 2, 0]


def test_what_comes_first_waits_behind_what_has_begun():
    playing = TextPlaying()
    playing.say(0, (Segment(0, "One."),), 0, first=False)
    began = playing.go_on(BEGIN_MS)
    playing.say(0, (Segment(1, "Two."),), 100, first=True)
    assert isinstance(began, SpeakingBegan)
    assert begun(everything(playing)) == [1]


def test_what_is_said_after_a_stop_begins_anew():
    playing = TextPlaying()
    playing.say(0, (Segment(0, "A sentence that is cut short."),), 0, first=False)
    playing.go_on(BEGIN_MS)
    playing.stop()
    playing.say(1, (Segment(1, "Yes?"),), 500, first=False)
    assert playing.due_ms == 500 + BEGIN_MS
    assert playing.go_on(playing.due_ms) == SpeakingBegan(1, 4 * MS_A_CHARACTER)


@given(st.lists(st.text(max_size=30), max_size=6), st.booleans())
def test_each_sentence_begins_once_and_is_played_to_its_end(texts: list[str], coarse: bool):
    playing = TextPlaying()
    playing.coarse = coarse
    playing.say(0, tuple(Segment(number, text) for number, text in enumerate(texts)), 0, first=False)
    told = everything(playing)
    assert begun(told) == list(range(len(texts)))
    ends = [event.segment for _, event in told if isinstance(event, Played) and event.last]
    assert ends == list(range(len(texts)))
    assert [at_ms for at_ms, _ in told] == sorted(at_ms for at_ms, _ in told)
    for number in range(len(texts)):
        reached = [
            event.position_ms for _, event in told if isinstance(event, Played) and event.segment == number
        ]
        assert reached == sorted(set(reached))
