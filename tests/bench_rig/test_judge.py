from __future__ import annotations

import math

import numpy as np
import pytest

from bench.rig.compose import Line, silence
from bench.rig.judge import (
    CallHeard,
    Spoke,
    disturbance,
    gaps_ms,
    holds,
    interruptions,
    p95,
    share,
    tail_of,
    turns,
)
from ivr.edges.carrier_playout import Span
from ivr.wire import pcm


def said(began_ms: float, *speech: tuple[float, float]) -> Spoke:
    return Spoke(Line("x", "test", silence(speech[-1][1]), speech), began_ms)


def heard(spoke: list[Spoke], spans: list[tuple[float, float]], clears: tuple[float, ...] = ()) -> CallHeard:
    return CallHeard("CA1", spoke, [], [Span(a, b) for a, b in spans], list(clears), b"", 60_000)


def test_a_response_is_counted_from_the_end_of_speech() -> None:
    [turn] = turns(heard([said(1000, (100, 600), (1500, 2000))], [(0, 900), (3400, 4000)]))
    assert (turn.response_ms, turn.cut_in, turn.waited_ms) == (400, False, 400)


def test_who_speaks_into_a_pause_has_cut_in() -> None:
    [turn] = turns(heard([said(1000, (0, 600), (1500, 2000))], [(0, 900), (2200, 3500)]))
    assert turn.cut_in
    assert turn.response_ms is None


def test_both_at_once_is_no_cut_in() -> None:
    [turn] = turns(heard([said(1000, (0, 800))], [(1100, 1300), (2300, 3000)]))
    assert not turn.cut_in
    assert turn.response_ms == 500


def test_an_answer_belongs_to_the_turn_before_it() -> None:
    first, second = turns(heard([said(1000, (0, 500)), said(6000, (0, 500))], [(7000, 8000)]))
    assert (first.response_ms, first.waited_ms) == (None, 4500)
    assert second.response_ms == 500


def test_nobody_answers_at_all() -> None:
    [turn] = turns(heard([said(1000, (0, 500))], []))
    assert (turn.response_ms, turn.waited_ms) == (None, 58_500)


def test_an_interruption_is_counted_from_the_onset() -> None:
    [one] = interruptions(heard([said(2000, (100, 900))], [(500, 2280)], (2280,)))
    assert one.clear_ms == 180


def test_a_prompt_that_speaks_on_was_not_interrupted() -> None:
    [one] = interruptions(heard([said(2000, (0, 900))], [(500, 5000)]))
    assert one.clear_ms is None


def test_a_clear_before_the_onset_is_somebody_elses() -> None:
    [one] = interruptions(heard([said(2000, (0, 900))], [(1500, 5000)], (1990,)))
    assert one.clear_ms is None


@pytest.mark.parametrize("prompt", [(500.0, 1900.0), (500.0, 2900.0), (2500.0, 6000.0)])
def test_what_could_not_be_interrupted_is_not_told(prompt: tuple[float, float]) -> None:
    assert interruptions(heard([said(2000, (0, 900))], [prompt])) == []


def test_a_hole_in_a_prompt_is_a_gap() -> None:
    assert gaps_ms(heard([], [(0, 1000), (1080, 2000), (2600, 3000)])) == [80]


def test_what_somebody_caused_is_no_gap() -> None:
    spans = [(0.0, 1000.0), (1200.0, 2000.0)]
    assert gaps_ms(heard([], spans, (1000,))) == []
    assert gaps_ms(heard([said(700, (0, 400))], spans)) == []
    pressed = heard([], spans)
    pressed.pressed.append(1100)
    assert gaps_ms(pressed) == []


def sound(ms: int, seed: int) -> bytes:
    noise = np.random.default_rng(seed).standard_normal(ms * 8)
    return pcm.float_to_mulaw((0.1 * noise).astype(np.float32))


def test_a_prompt_whose_end_was_heard_is_not_lost() -> None:
    story, tail = sound(2000, 1), sound(600, 2)
    noise = said(500, (0, 300))
    call = heard([noise], [(0, 700), (1100, 3000)], (700,))
    call.agent = story + tail
    found = disturbance(call, noise, tail_of(call.agent, 600), 2600)
    assert (found.silenced, found.lost) == (True, False)


def test_a_prompt_whose_end_was_not_heard_is_lost() -> None:
    noise = said(500, (0, 300))
    call = heard([noise], [(0, 3000)])
    call.agent = sound(2600, 1)
    found = disturbance(call, noise, sound(600, 2), 2600)
    assert (found.silenced, found.lost) == (False, True)


def test_the_end_before_the_noise_does_not_count() -> None:
    tail = sound(600, 2)
    noise = said(700, (0, 300))
    call = heard([noise], [(0, 2600)])
    call.agent = tail + sound(2000, 1)
    assert disturbance(call, noise, tail, 2600).lost


def test_a_sound_is_found_at_any_loudness() -> None:
    long = sound(500, 1) + sound(300, 2) + sound(500, 3)
    soft = pcm.float_to_mulaw(pcm.mulaw_to_float(sound(300, 2)) * np.float32(0.3))
    assert holds(long, soft)
    assert not holds(long, sound(300, 4))
    assert not holds(sound(100, 2), sound(300, 2))


def test_nothing_has_no_percentile_and_no_share() -> None:
    assert math.isnan(p95([]))
    assert math.isnan(share(0, 0))
    assert share([1], [1, 2, 3, 4]) == 25
