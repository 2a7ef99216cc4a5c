from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.wire import pcm


@pytest.mark.parametrize(
    ("byte", "sample"),
    # From the tables of ITU-T G.711, scaled from 14 to 16 bits.
    [(0x00, -32124), (0x80, 32124), (0x7F, 0), (0xFF, 0), (0xFE, 8), (0x7E, -8), (0x8F, 16764), (0xC0, 1884)],
)
def test_bytes_mean_what_the_standard_says(byte: int, sample: int) -> None:
    assert pcm.mulaw_to_linear(bytes([byte])).tolist() == [sample]


def test_every_sample_comes_back_within_half_a_step() -> None:
    samples = np.arange(-32124, 32125, dtype=np.int16)
    again = pcm.mulaw_to_linear(pcm.linear_to_mulaw(samples)).astype(np.int32)
    steps = np.abs(samples.astype(np.int32)) // 16 + 8  # a step is at most a sixteenth of the value
    assert (np.abs(again - samples) <= steps).all()


@given(st.binary(max_size=400))
def test_what_was_decoded_encodes_to_the_same_sound(data: bytes) -> None:
    again = pcm.linear_to_mulaw(pcm.mulaw_to_linear(data))
    assert again == data.replace(b"\x7f", b"\xff")  # mu-law has two zeros


@given(st.binary(max_size=400))
def test_fractions_are_the_samples_scaled(data: bytes) -> None:
    assert np.array_equal(pcm.mulaw_to_float(data) * 32768, pcm.mulaw_to_linear(data))


def test_fractions_beyond_full_scale_are_clipped_not_wrapped() -> None:
    loud = np.array([1.5, -1.5, 1.0, -1.0], np.float32)
    assert pcm.mulaw_to_linear(pcm.float_to_mulaw(loud)).tolist() == [32124, -32124, 32124, -32124]


def test_levels() -> None:
    square = np.tile(np.array([16384, -16384], np.int16), 100)
    assert pcm.level_dbfs(square) == pytest.approx(20 * math.log10(0.5))
    assert pcm.mulaw_level_dbfs(pcm.linear_to_mulaw(square)) == pytest.approx(-6.02, abs=0.3)


@pytest.mark.parametrize("level", [pcm.level_dbfs(np.zeros(0, np.int16)), pcm.mulaw_level_dbfs(b"")])
def test_no_sound_at_all_is_silence(level: float) -> None:
    assert level == pcm.SILENT_DBFS


def test_silence_is_the_lower_bound() -> None:
    assert pcm.mulaw_level_dbfs(bytes([pcm.SILENCE]) * 80) == pcm.SILENT_DBFS
    assert pcm.level_dbfs(np.zeros(80, np.int16)) == pcm.SILENT_DBFS


@given(st.binary(min_size=1, max_size=512))
def test_power_is_the_mean_square_of_the_samples_down_to_faint_noise(data: bytes) -> None:
    samples = pcm.mulaw_to_linear(data).astype(np.float64) / pcm.FULL_SCALE
    assert pcm.mulaw_power(data) == pytest.approx(float(np.mean(samples**2)), rel=1e-4, abs=1e-15)
