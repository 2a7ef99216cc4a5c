from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ivr.edges.carrier_playout import BYTES_PER_MS, SILENCE, Playout, Span


def audio(ms: int, value: int = 1) -> bytes:
    return bytes([value]) * (ms * BYTES_PER_MS)


def test_audio_plays_behind_what_was_sent_before():
    playout = Playout()
    assert playout.play(audio(200), 100)
    assert not playout.play(audio(200), 150)
    assert playout.end_ms == 500
    assert playout.spans(300) == [Span(100, 300)]
    assert playout.spans(1000) == [Span(100, 500)]


def test_audio_that_began_this_instant_has_begun():
    playout = Playout()
    assert playout.first_start(0) is None
    playout.play(audio(20), 100)
    assert playout.spans(100) == []
    assert playout.first_start(100) == 100
    assert playout.first_start(101) is None


def test_a_late_chunk_leaves_a_hole():
    playout = Playout()
    playout.play(audio(200), 0)
    assert playout.play(audio(200), 260)
    assert playout.spans(1000) == [Span(0, 200), Span(260, 460)]
    assert playout.heard(190, 270) == audio(10) + SILENCE * (60 * 8) + audio(10)


def test_marks_come_back_when_what_was_before_them_has_played():
    playout = Playout()
    playout.mark("now", 5)
    assert playout.due(5) == ["now"]
    playout.play(audio(200), 10)
    playout.mark("a", 10)
    playout.play(audio(100), 20)
    playout.mark("b", 20)
    assert playout.next_due_ms() == 210
    assert playout.due(209) == []
    assert playout.due(210) == ["a"]
    assert playout.due(400) == ["b"]
    assert playout.due(400) == []


def test_clear_returns_pending_marks_and_drops_what_was_not_heard():
    playout = Playout()
    playout.play(audio(500), 0)
    playout.mark("a", 0)
    playout.play(audio(500, 2), 0)
    playout.mark("b", 0)
    assert playout.clear(300) == ["a", "b"]
    assert playout.end_ms == 300
    assert playout.due(10_000) == []
    assert playout.heard(0, 400) == audio(300) + SILENCE * 800
    assert playout.play(audio(100), 400)
    assert playout.spans(1000) == [Span(0, 300), Span(400, 500)]


def test_clear_of_nothing():
    playout = Playout()
    assert playout.clear(100) == []
    playout.play(audio(20), 100)
    playout.clear(100)
    assert playout.spans(200) == []


STEPS = st.lists(
    st.tuples(st.sampled_from(["play", "mark", "clear", "due"]), st.integers(0, 300), st.integers(1, 300)),
    max_size=40,
)


@given(STEPS)
def test_the_clock_is_true(steps: list[tuple[str, int, int]]):
    """Against a slow model: a list of what sounds in each millisecond."""
    playout, now = Playout(), 0
    line: dict[int, int] = {}
    end = 0
    marks: list[tuple[int, str]] = []
    for number, (what, wait, length) in enumerate(steps):
        now += wait
        if what == "play":
            begins = end <= now
            assert playout.play(audio(length, number + 1), now) == begins
            start = max(end, now)
            line.update(dict.fromkeys(range(start, start + length), number + 1))
            end = start + length
        elif what == "mark":
            playout.mark(str(number), now)
            marks.append((max(end, now), str(number)))
        elif what == "clear":
            assert playout.clear(now) == [name for _, name in marks]
            marks = []
            line = {ms: value for ms, value in line.items() if ms < now}
            end = min(end, now)
        else:
            assert playout.due(now) == [name for due, name in marks if due <= now]
            marks = [(due, name) for due, name in marks if due > now]
        assert playout.heard(0, now) == b"".join(
            bytes([line.get(ms, SILENCE[0])]) * BYTES_PER_MS for ms in range(now)
        )
        heard = sum(span.end_ms - span.start_ms for span in playout.spans(now))
        assert heard == sum(ms < now for ms in line)
