"""How long the caller waited, from events and commands alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ivr.core.commands import Expectation, StopSpeaking, TurnClosed, Understand
from ivr.core.events import (
    Event,
    Heard,
    KeyPressed,
    Meaning,
    SpeakingBegan,
    SpeechBegan,
    SpeechEnded,
    TimePassed,
    Typed,
    Understood,
)
from ivr.core.timing import Stopwatch, TurnTiming

WISH = Expectation("intents")
CLOSED = TurnClosed(4, 1100, 2000, 600, "wish", "open")
MEANT = Understood(1, Meaning("intent", "book", decided_by="classifier"))


def test_a_spoken_turn_is_timed_from_the_end_of_speech_to_the_first_sound():
    watch = Stopwatch()
    watch.take(SpeechBegan(1000), (), 1050)
    watch.take(SpeechEnded(2000), (), 2090)
    watch.take(TimePassed(), (CLOSED,), 2700)
    watch.take(Heard(4, "book it", 0.9), (Understand(4, "book it", 0.9, WISH),), 2800)
    watch.take(MEANT, (), 2820)
    timing, _ = watch.take(SpeakingBegan(7, 900), (), 2900)
    assert timing == TurnTiming(4, 2000, 2700, 2800, 2820, 2900, "classifier")
    assert timing.response_ms == 900


def test_what_was_known_before_the_turn_closed_keeps_its_times():
    watch = Stopwatch()
    watch.take(SpeechEnded(2000), (), 2090)
    watch.take(Heard(4, "book it", 0.9), (Understand(4, "book it", 0.9, WISH),), 2300)
    watch.take(MEANT, (), 2320)
    watch.take(TimePassed(), (CLOSED,), 2700)
    timing, _ = watch.take(SpeakingBegan(7, 900), (), 2710)
    assert timing is not None
    assert (timing.heard_ms, timing.understood_ms, timing.closed_ms) == (2300, 2320, 2700)


def test_keys_are_timed_from_the_last_of_them():
    watch = Stopwatch()
    watch.take(KeyPressed("1"), (), 500)
    watch.take(KeyPressed("2"), (), 900)
    timing, _ = watch.take(SpeakingBegan(7, 900), (), 950)
    assert timing is not None
    assert (timing.decided_by, timing.response_ms) == ("keys", 50)


def test_typed_words_are_timed_too():
    watch = Stopwatch()
    watch.take(Typed("book it"), (Understand(2, "book it", 1.0, WISH),), 100)
    watch.take(MEANT, (), 120)
    timing, _ = watch.take(SpeakingBegan(7, 900), (), 150)
    assert timing is not None
    assert (timing.turn, timing.response_ms) == (2, 50)


def test_what_nobody_understood_was_decided_by_repair():
    watch = Stopwatch()
    watch.take(SpeechEnded(2000), (), 2090)
    watch.take(TimePassed(), (CLOSED,), 2700)
    timing, _ = watch.take(SpeakingBegan(7, 900), (), 2900)
    assert timing is not None
    assert timing.decided_by == "repair"


def test_a_prompt_that_answers_nobody_is_no_turn():
    watch = Stopwatch()
    assert watch.take(SpeakingBegan(0, 900), (), 10) == (None, -1)
    watch.take(SpeechEnded(2000), (), 2090)
    assert watch.take(SpeakingBegan(1, 900), (), 2100) == (None, -1)


def test_a_turn_is_told_once():
    watch = Stopwatch()
    watch.take(KeyPressed("1"), (), 500)
    assert watch.take(SpeakingBegan(7, 900), (), 950)[0]
    assert watch.take(SpeakingBegan(8, 900), (), 1900) == (None, -1)


def test_barging_in_is_timed_from_the_onset_of_speech():
    watch = Stopwatch()
    assert watch.take(SpeechBegan(1000), (), 1050) == (None, -1)
    assert watch.take(TimePassed(), (StopSpeaking(1),), 1300) == (None, 300)
    assert watch.take(KeyPressed("1"), (StopSpeaking(1),), 1400) == (None, 0)


EVENTS = st.one_of(
    st.builds(SpeechBegan, st.integers(0, 9999)),
    st.builds(SpeechEnded, st.integers(0, 9999)),
    st.just(TimePassed()),
    st.just(MEANT),
    st.builds(KeyPressed, st.sampled_from("0123456789*#")),
    st.builds(SpeakingBegan, st.integers(0, 9), st.integers(0, 9999)),
    st.builds(Heard, st.integers(0, 9), st.text(max_size=9), st.floats(0, 1)),
)


@given(st.lists(EVENTS, max_size=30))
def test_a_turn_is_told_with_the_first_sound_of_its_answer_only(events: list[Event]):
    watch = Stopwatch()
    for now, event in enumerate(events, 10_000):
        timing, _ = watch.take(event, (), now)
        if timing is not None:
            assert isinstance(event, SpeakingBegan)
            assert timing.first_audio_ms == now
            assert timing.response_ms >= 0
