"""Both sides of a call on one axis: what was heard, where it was heard, and nothing that was hidden."""

from hypothesis import given
from hypothesis import strategies as st

from ivr.call.recording import SETTLED_MS, Recorder, Side, TappedLine, TwoSides

QUIET = b"\xff"


def sound(letter: bytes, ms: int) -> bytes:
    return letter * (ms * 8)


def runs(side: bytes) -> list[tuple[int, int, bytes]]:
    """Stretches of one sound: (begins at ms, ends at ms, what), silence left out."""
    found: list[tuple[int, int, bytes]] = []
    start = 0
    for at in range(1, len(side) + 1):
        if at == len(side) or side[at] != side[start]:
            if side[start : start + 1] != QUIET:
                found.append((start // 8, at // 8, side[start : start + 1]))
            start = at
    return found


class MemoryTape:
    def __init__(self) -> None:
        self.name = "recordings/CA1.wav"
        self.left = self.right = b""
        self.closed = False

    def write(self, left: bytes, right: bytes) -> None:
        assert len(left) == len(right)
        self.left += left
        self.right += right

    def close(self) -> None:
        self.closed = True


def test_a_side_keeps_silence_where_nothing_was_heard():
    side = Side(100)
    side.place(110, sound(b"a", 10))
    side.place(90, sound(b"b", 15))  # its first 10 ms are too late
    assert runs(side.take(130)) == [(0, 5, b"b"), (10, 20, b"a")]
    assert side.base_ms == 130
    assert side.take(140) == QUIET * 80


def test_the_caller_stands_where_the_carriers_timestamps_say():
    sides = TwoSides(0)
    sides.caller(sound(b"a", 20), 65, 30)
    sides.caller(sound(b"b", 20), 85, 90)  # late here, in time there
    sides.caller(sound(b"c", 20), 145, 111)  # 40 ms were lost
    left, right = sides.take(200)
    assert runs(left) == [(10, 30, b"a"), (30, 50, b"b"), (90, 110, b"c")]
    assert runs(right) == []


def test_a_carriers_clock_that_jumps_is_not_followed():
    sides = TwoSides(0)
    sides.caller(sound(b"a", 20), 65, 20)
    sides.caller(sound(b"b", 20), 9_000_065, 40)
    assert runs(sides.take(60)[0]) == [(0, 20, b"a"), (20, 40, b"b")]


def test_our_words_stand_where_their_marks_say_they_were_played():
    sides = TwoSides(0)
    sides.sent(sound(b"a", 200), "0.0.200", 100)
    sides.sent(sound(b"b", 100), "0.0.300.end", 100)
    sides.returned("0.0.200", 380)  # 80 ms on the way there and back
    sides.returned("0.0.300.end", 483)
    sides.sent(sound(b"c", 100), "0.1.100.end", 600)
    sides.returned("0.1.100.end", 781)
    assert runs(sides.take(1000)[1]) == [(180, 380, b"a"), (380, 480, b"b"), (681, 781, b"c")]


def test_what_was_cleared_was_not_heard():
    sides = TwoSides(0)
    sides.sent(sound(b"a", 200), "0.0.200", 0)
    sides.returned("0.0.200", 240)
    sides.sent(sound(b"b", 200), "0.0.400", 200)
    sides.sent(sound(b"c", 200), "0.0.600", 200)
    for mark in ("0.0.400", "0.0.600"):
        sides.returned(mark, 300)
    sides.returned("0.9.1", 300)
    assert runs(sides.take(800)[1]) == [(40, 240, b"a"), (240, 300, b"b")]


def test_a_gap_between_two_chunks_stays_a_gap():
    sides = TwoSides(0)
    sides.sent(sound(b"a", 200), "0.0.200", 0)
    sides.returned("0.0.200", 200)
    sides.sent(sound(b"b", 200), "0.0.400", 190)
    sides.returned("0.0.400", 550)
    assert runs(sides.take(800)[1]) == [(0, 200, b"a"), (350, 550, b"b")]


def test_a_carrier_without_marks_is_taken_to_have_played_what_it_got():
    sides = TwoSides(0)
    sides.sent(sound(b"a", 200), "x", 50)
    sides.sent(sound(b"b", 200), "y", 60)
    assert runs(sides.take(1000)[1]) == [(50, 250, b"a"), (250, 450, b"b")]


def test_what_was_said_when_the_line_went_is_cut_there():
    sides = TwoSides(0)
    sides.sent(sound(b"a", 200), "x", 50)
    assert runs(sides.take(100)[1]) == [(50, 100, b"a")]


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 300), st.booleans()), max_size=30))
def test_both_sides_are_of_one_length_whatever_comes(steps):
    sides, now, taken = TwoSides(0), 0, 0
    for number, (passed, length, back) in enumerate(steps):
        now += passed
        sides.sent(sound(b"a", length), str(number), now)
        sides.caller(sound(b"b", 20), number * 20, now)
        if back:
            sides.returned(str(number), now + length)
        if number % 7 == 6:
            left, right = sides.take(now)
            assert len(left) == len(right)
            taken += len(left)
    left, right = sides.take(now + 500)
    assert len(left) == len(right)
    assert taken + len(left) == (now + 500) * 8


def test_a_recorder_writes_what_is_settled_and_the_rest_at_the_end():
    tape = MemoryTape()
    recorder = Recorder(tape, 1000)
    now = 1000
    for frame in range(250):
        now += 20
        recorder.caller(sound(b"s" if 100 <= frame < 150 else b"a", 20), frame * 20, now, hidden=False)
        if frame == 100:
            recorder.sent(sound(b"m", 200), "0.0.200.end", now, hidden=False)
        if frame == 112:
            recorder.returned("0.0.200.end", now)
    assert 0 < len(tape.left) // 8 <= 5000 - SETTLED_MS
    recorder.close(now)
    assert tape.closed
    assert runs(tape.left) == [(0, 2000, b"a"), (2000, 3000, b"s"), (3000, 5000, b"a")]
    assert runs(tape.right) == [(2060, 2260, b"m")]


def test_hidden_sound_is_silence_on_both_sides():
    tape = MemoryTape()
    recorder = Recorder(tape, 0)
    recorder.caller(sound(b"p", 20), 0, 20, hidden=True)
    recorder.caller(sound(b"a", 20), 20, 40, hidden=False)
    recorder.sent(sound(b"p", 20), "x", 40, hidden=True)
    recorder.returned("x", 60)
    recorder.close(100)
    assert (runs(tape.left), runs(tape.right)) == ([(20, 40, b"a")], [])


def test_a_recorder_that_stands_still_keeps_nothing_and_the_time():
    tape = MemoryTape()
    recorder = Recorder(tape, 0)
    recorder.caller(sound(b"a", 20), 0, 20, hidden=False)
    recorder.stop(20)
    recorder.caller(sound(b"b", 20), 20, 40, hidden=False)
    recorder.sent(sound(b"b", 20), "x", 40, hidden=False)
    recorder.start()
    recorder.caller(sound(b"c", 20), 40, 60, hidden=False)
    recorder.close(80)
    assert runs(tape.left) == [(0, 20, b"a"), (40, 60, b"c")]
    assert runs(tape.right) == []


def test_a_second_stream_begins_its_own_count():
    tape = MemoryTape()
    recorder = Recorder(tape, 0)
    recorder.caller(sound(b"a", 20), 5000, 20, hidden=False)
    recorder.sent(sound(b"m", 200), "x", 20, hidden=False)
    recorder.new_stream(60)
    recorder.caller(sound(b"b", 20), 65, 500, hidden=False)
    recorder.close(500)
    assert runs(tape.left) == [(0, 20, b"a"), (480, 500, b"b")]
    assert runs(tape.right) == [(20, 60, b"m")]


class Wire:
    def __init__(self) -> None:
        self.calls: list[object] = []

    def play(self, audio: bytes, mark: str) -> None:
        self.calls.append(mark)

    def clear(self) -> None:
        self.calls.append("clear")

    def transfer(self, transfer: object) -> None:
        self.calls.append(transfer)

    def hang_up(self, reason: str) -> None:
        self.calls.append(reason)


def test_a_tapped_line_passes_everything_on_and_lets_the_recorder_listen():
    first, second, tape = Wire(), Wire(), MemoryTape()
    line = TappedLine(first, lambda: 0)
    line.play(b"a", "0.1.1")
    line.recorder = Recorder(tape, 0)
    line.hidden.add("2")
    line.play(sound(b"a", 10), "0.1.10.end")
    line.line = second
    line.play(sound(b"p", 10), "0.2.10.end")
    line.clear()
    line.hang_up("completed")
    line.recorder.close(50)
    assert first.calls == ["0.1.1", "0.1.10.end"]
    assert second.calls == ["0.2.10.end", "clear", "completed"]
    assert runs(tape.right) == [(0, 10, b"a")]
