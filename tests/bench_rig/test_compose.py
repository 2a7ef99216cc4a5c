from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.rig.compose import (
    bounds,
    composed,
    digit_pauses,
    dips,
    loudness,
    silence,
    split_words,
    thinking_pauses,
    trimmed,
    with_pauses,
)
from ivr.wire import pcm


def tone(ms: int, level: float = 0.3) -> bytes:
    t = np.arange(ms * 8) / 8000
    return pcm.float_to_mulaw((level * np.sin(2 * np.pi * 300 * t)).astype(np.float32))


def test_a_piece_is_trimmed_to_its_speech() -> None:
    assert len(trimmed(silence(300) + tone(200) + silence(150))) == 200 * 8


def test_a_click_before_or_behind_speech_is_no_speech() -> None:
    said = tone(10) + silence(200) + tone(300) + silence(100) + tone(20)
    assert bounds(said) == (210, 510)


def test_nothing_is_left_of_silence() -> None:
    assert trimmed(silence(200)) == b""


def test_what_is_far_softer_than_the_loudest_is_no_speech() -> None:
    assert len(trimmed(tone(100, 0.003) + tone(200, 0.5))) == 200 * 8


@given(st.lists(st.integers(5, 40), min_size=1, max_size=5), st.integers(0, 1 << 16))
def test_a_line_knows_when_its_speech_began_and_ended(tens: list[int], seed: int) -> None:
    pauses = [Random(seed + n).randrange(50, 1200) for n in range(len(tens) - 1)]
    line = composed("x", "test", [silence(100) + tone(10 * ms) + silence(30) for ms in tens], pauses)
    assert line.onset_ms == 60
    assert line.end_ms == 60 + sum(10 * ms for ms in tens) + sum(max(pause, 90) for pause in pauses)
    assert len(line.audio) / 8 == line.end_ms + 30
    assert line.pauses_ms == tuple(max(pause, 90) for pause in pauses)


def test_pauses_go_where_the_recording_dips() -> None:
    said = tone(300) + silence(60) + tone(300) + silence(120) + tone(200)
    assert dips(said) == [720, 330]
    line = with_pauses("x", "test", said, [500])
    assert len(line.speech) == 2
    assert line.speech[0] == (0.0, 660.0)
    assert line.pauses_ms == (500.0,)


def test_a_recording_without_dips_is_said_in_one_go() -> None:
    assert with_pauses("x", "test", tone(400), [500, 300]).speech == ((0.0, 400.0),)


def test_words_said_one_by_one_are_told_apart() -> None:
    said = tone(200) + silence(80) + tone(250) + silence(150) + tone(300)
    assert [len(word) // 8 for word in split_words(said, 3)] == [240, 350, 360]
    assert [len(trimmed(word)) // 8 for word in split_words(said, 3)] == [200, 250, 300]


def test_a_click_between_words_is_no_word() -> None:
    said = tone(200) + silence(150) + tone(20) + silence(150) + tone(300)
    assert [bounds(word) for word in split_words(said, 2)] == [(0, 200), (60, 360)]


def test_words_that_cannot_be_told_apart_are_not_guessed() -> None:
    assert split_words(tone(900), 3) == []


@given(st.integers(2, 12), st.integers(0, 1 << 16))
def test_numbers_are_said_in_groups(count: int, seed: int) -> None:
    pauses = digit_pauses(count, Random(seed))
    assert len(pauses) == count - 1
    assert max(pauses) <= 1200
    assert all(pause <= 250 or pause >= 400 for pause in pauses)
    inside = "".join("." if pause <= 250 else "|" for pause in pauses).split("|")
    assert all(len(group) <= 3 for group in inside)


def test_thinking_takes_at_most_700_ms() -> None:
    pauses = thinking_pauses(200, Random(1))
    assert 150 <= min(pauses) < max(pauses) <= 700


@pytest.mark.parametrize("dbfs", [-40.0, -18.0])
def test_loudness_is_that_of_the_loudest_20_ms(dbfs: float) -> None:
    made = loudness(tone(100, 0.01) + tone(100, 0.2), dbfs)
    samples = pcm.mulaw_to_float(made)[100 * 8 :]
    assert 10 * np.log10(np.square(samples).mean()) == pytest.approx(dbfs, abs=0.5)
