"""The ears: beginnings and ends of speech, gaps, and what is kept for the recogniser."""

from hypothesis import given
from hypothesis import strategies as st

from ivr.call.ears import KEEP_MS, Ears, LineClock, SpeechGate, SpeechSettings
from ivr.core.events import SpeechBegan, SpeechEnded
from tests.call.fakes import SILENCE, SPEECH, FakeDetector


class Caller:
    """Feeds 20 ms frames and lets time pass with them."""

    def __init__(self, first_timestamp: int = 60) -> None:
        self.ms = 0
        self.timestamp = first_timestamp
        self.posted: list[SpeechBegan | SpeechEnded] = []
        self.ears = Ears(FakeDetector(), self.posted.append, lambda: self.ms)

    def feed(self, sound: bytes, ms: int) -> None:
        for _ in range(ms // 20):
            self.ms += 20
            self.ears.frame(sound * 160, self.timestamp)
            self.timestamp += 20


def test_speech_has_a_beginning_and_an_end_where_they_were():
    caller = Caller()
    caller.feed(SILENCE, 640)
    caller.feed(SPEECH, 640)
    caller.feed(SILENCE, 640)
    began, ended = caller.posted
    assert isinstance(began, SpeechBegan)
    assert isinstance(ended, SpeechEnded)
    assert abs(began.at_ms - 640) <= 32
    assert abs(ended.at_ms - 1280) <= 32


def test_a_short_dip_does_not_end_speech():
    caller = Caller()
    caller.feed(SPEECH, 320)
    caller.feed(SILENCE, 60)
    caller.feed(SPEECH, 320)
    assert [type(e) for e in caller.posted] == [SpeechBegan]


def test_the_cut_holds_what_was_said_between_two_moments():
    caller = Caller()
    caller.feed(SILENCE, 1000)
    caller.feed(SPEECH, 500)
    caller.feed(SILENCE, 500)
    cut = caller.ears.cut(900, 1600)
    assert len(cut) == 700 * 8
    assert cut == SILENCE * 800 + SPEECH * 4000 + SILENCE * 800


def test_lost_frames_become_silence_and_late_ones_are_dropped():
    caller = Caller()
    caller.feed(SPEECH, 100)
    caller.timestamp += 100  # five frames never came
    caller.ms += 100
    caller.feed(SPEECH, 100)
    assert caller.ears.position_ms == 300
    caller.ears.frame(SPEECH * 160, caller.timestamp - 60)
    assert caller.ears.position_ms == 300
    assert caller.ears.cut(100, 200) == SILENCE * 800


def test_a_clock_that_jumps_is_a_new_start():
    caller = Caller()
    caller.feed(SPEECH, 100)
    caller.timestamp += 3_600_000
    caller.feed(SPEECH, 100)
    assert caller.ears.position_ms == 200


def test_frames_that_come_late_and_in_a_burst_are_heard_when_they_were_said():
    caller = Caller()
    caller.feed(SILENCE, 1000)
    late = []
    for sound in (SPEECH,) * 20 + (SILENCE,) * 20:  # 400 ms of speech, 400 ms of silence, held up on the way
        late.append((sound, caller.timestamp))
        caller.timestamp += 20
        caller.ms += 20
    for sound, timestamp in late:
        caller.ears.frame(sound * 160, timestamp)
    caller.feed(SILENCE, 200)
    began, ended = caller.posted
    assert abs(began.at_ms - 1000) <= 32
    assert abs(ended.at_ms - 1400) <= 32
    assert SPEECH * 2400 in caller.ears.cut(began.at_ms, ended.at_ms)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 1500)), min_size=1, max_size=60))
def test_however_frames_are_held_up_speech_ends_after_it_has_begun(parts: list[tuple[bool, int]]):
    caller = Caller()
    waiting: list[tuple[bytes, int]] = []
    for speaks, hold_ms in parts:
        for _ in range(10):
            caller.ms += 20
            waiting.append((SPEECH if speaks else SILENCE, caller.timestamp))
            caller.timestamp += 20
        caller.ms += hold_ms
        for sound, timestamp in waiting:
            caller.ears.frame(sound * 160, timestamp)
        waiting.clear()
    times = [event.at_ms for event in caller.posted]
    began = times[0::2]
    assert all(start <= end for start, end in zip(began, times[1::2], strict=False))


def test_a_line_that_becomes_slower_is_followed_within_seconds():
    clock = LineClock()
    for position in range(0, 4000, 20):
        clock.came(position, position + 100)
    assert clock.offset_ms == 100
    clock.came(4000, 4050)
    assert clock.offset_ms == 50, "what comes sooner tells at once"
    for position in range(4020, 11_000, 20):
        clock.came(position, position + 300)
    assert clock.offset_ms == 300


def test_an_hour_on_the_line_keeps_only_what_a_turn_can_need():
    caller = Caller()
    for _ in range(60):
        caller.feed(SILENCE, 60_000)
    assert len(caller.ears._buffer) < (KEEP_MS + 5000) * 8
    caller.feed(SPEECH, 400)
    assert caller.ears.cut(caller.ms - 400, caller.ms) == SPEECH * 3200


def judged(gate: SpeechGate, *windows: tuple[float, float]) -> list[str]:
    return [change for probability, power in windows if (change := gate.take(probability, power))]


def test_the_end_is_where_the_sound_ended_not_where_the_detector_let_go():
    gate = SpeechGate(SpeechSettings())
    assert judged(gate, *[(0.9, 0.01)] * 10, *[(0.9, 1e-7)] * 2) == ["began"]
    assert judged(gate, (0.9, 1e-7)) == ["ended"]
    assert gate.ended_ms_ago == 3 * 32


def test_long_speech_may_pause_a_little_longer_than_a_yes():
    gate = SpeechGate(SpeechSettings())
    assert judged(gate, *[(0.9, 0.01)] * 40, *[(0.9, 1e-7)] * 3) == ["began"]
    assert judged(gate, (0.9, 1e-7)) == ["ended"]


def test_what_the_detector_still_hears_behind_the_end_begins_nothing():
    gate = SpeechGate(SpeechSettings())
    assert judged(gate, *[(0.9, 0.01)] * 10, *[(0.9, 1e-7)] * 12) == ["began", "ended"]
    assert judged(gate, *[(0.1, 1e-7)] * 30, *[(0.9, 1e-4)] * 2) == ["began"], "a softer voice, later"


def test_speech_begins_with_the_sound_before_the_detector_is_sure_but_not_far_before():
    gate = SpeechGate(SpeechSettings())
    for _ in range(20):
        gate.take(0.0, 1e-6)
    for _ in range(2):
        assert gate.take(0.05, 1e-3) == ""
    assert gate.take(0.9, 1e-2) == "began"
    assert gate.began_ms_ago == 3 * 32
    gate = SpeechGate(SpeechSettings())
    for _ in range(8):
        gate.take(0.05, 1e-3)  # a car that passes
    gate.take(0.9, 1e-2)
    assert gate.began_ms_ago == 4 * 32


def test_noise_that_the_line_always_has_is_not_the_beginning_of_speech():
    gate = SpeechGate(SpeechSettings())
    for _ in range(60):
        gate.take(0.0, 1e-5)
    assert gate.take(0.9, 1e-2) == "began"
    assert gate.began_ms_ago == 32


def test_in_noise_the_detector_decides_where_speech_ended():
    gate = SpeechGate(SpeechSettings())
    judged(gate, *[(0.9, 0.01)] * 10, *[(0.9, 0.002)] * 3, *[(0.1, 0.002)] * 3)
    assert gate.ended_ms_ago == 96


def test_the_gate_learns_the_noise_of_the_line_and_ends_speech_in_it():
    gate = SpeechGate(SpeechSettings())
    assert judged(gate, *[(0.1, 3e-5)] * 100) == []
    assert 2e-5 < gate.floor < 4e-5
    assert judged(gate, *[(0.9, 0.01)] * 10, *[(0.9, 3e-5)] * 3) == ["began", "ended"]
    assert judged(gate, *[(0.1, 3e-5)] * 30, *[(0.9, 4e-5)] * 9) == [], "nothing above the noise is speech"


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=200))
def test_the_gate_gives_beginnings_and_ends_in_turn(windows):
    changes = judged(SpeechGate(SpeechSettings()), *windows)
    assert changes == [["began", "ended"][i % 2] for i in range(len(changes))]


@given(st.lists(st.tuples(st.integers(-5000, 5000), st.binary(min_size=0, max_size=400)), max_size=50))
def test_any_frames_in_any_order_do_no_harm(frames):
    posted: list[object] = []
    ears = Ears(FakeDetector(), posted.append, lambda: 1000)
    for timestamp, audio in frames:
        ears.frame(audio, timestamp)
    assert ears.position_ms >= 0
    ears.close()


def test_closed_ears_take_nothing_even_when_a_window_closed_them():
    posted: list[SpeechBegan | SpeechEnded] = []

    def take(event: SpeechBegan | SpeechEnded) -> None:
        posted.append(event)
        ears.close()

    ears = Ears(FakeDetector(), take, lambda: 1000)
    ears.frame(SPEECH * 1600, 0)
    for timestamp in (200, 220, 5000, 0):
        ears.frame(SPEECH * 160, timestamp)
    assert [type(event) for event in posted] == [SpeechBegan]
    assert ears.position_ms == 0


def test_a_long_message_is_kept_whole():
    caller = Caller()
    caller.ears.keeping = True
    caller.feed(SPEECH, 80_000)
    assert caller.ears.cut(1_000, 79_000) == SPEECH * (78_000 * 8)
    caller.ears.keeping = False
    caller.feed(SPEECH, 8_000)
    assert len(caller.ears.cut(0, 88_000)) < 60_000 * 8
