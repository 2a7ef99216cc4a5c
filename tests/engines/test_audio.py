from __future__ import annotations

import numpy as np
import pytest

from ivr.core.errors import EngineError
from ivr.engines import audio
from ivr.wire import pcm


def tone(hz: float, rate_hz: int, seconds: float = 1.0, level: float = 0.5) -> audio.Samples:
    return (level * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate_hz)) / rate_hz)).astype(np.float32)


def test_a_tone_of_speech_passes_and_what_cannot_be_heard_does_not_fold_back() -> None:
    assert pcm.mulaw_level_dbfs(audio.to_mulaw(tone(1000, 22050), 22050)) == pytest.approx(-9, abs=0.3)
    assert pcm.mulaw_level_dbfs(audio.to_mulaw(tone(6000, 22050), 22050)) < -50


def test_full_scale_is_brought_down_to_leave_headroom() -> None:
    loud = pcm.mulaw_to_float(audio.to_mulaw(tone(440, 22050, level=1.0), 22050))
    assert np.abs(loud).max() == pytest.approx(audio.PEAK, rel=0.04)


def test_a_quiet_sentence_is_not_made_louder() -> None:
    assert pcm.mulaw_level_dbfs(audio.to_mulaw(tone(440, 8000, level=0.1), 8000)) == pytest.approx(
        -23, abs=0.2
    )


def test_mulaw_becomes_twice_as_many_samples_for_the_recogniser() -> None:
    heard = audio.from_mulaw(audio.to_mulaw(tone(440, 8000), 8000))
    assert len(heard) == 16000
    assert np.abs(heard[1000:-1000]).max() == pytest.approx(0.5, rel=0.05)


def test_nothing_stays_nothing() -> None:
    assert len(audio.from_mulaw(b"")) == 0
    assert audio.to_mulaw(np.zeros(0, np.float32), 22050) == b""


@pytest.mark.parametrize("around_ms", [0, 15, 500])
def test_quiet_around_a_sentence_is_cut_or_added(around_ms: int) -> None:
    quiet = np.full(around_ms * 8, 0.0005, np.float32)
    sentence = audio.trimmed(np.concatenate([quiet, tone(440, 8000, 0.5), quiet]), 8000)
    ms = np.flatnonzero(np.abs(sentence) > 0.01) / 8
    assert ms[0] == pytest.approx(40, abs=6)
    assert len(sentence) / 8 - ms[-1] == pytest.approx(120, abs=6)


def test_a_pause_inside_stays() -> None:
    pause = np.zeros(8000, np.float32)
    sentence = audio.trimmed(np.concatenate([tone(440, 8000), pause, tone(440, 8000)]), 8000)
    assert len(sentence) == pytest.approx(3 * 8000 + 160 * 8, abs=100)


@pytest.mark.parametrize("samples", [0, 3, 4000])
def test_silence_is_trimmed_to_nothing(samples: int) -> None:
    assert len(audio.trimmed(np.zeros(samples, np.float32), 8000)) == 0


def test_a_wav_file_comes_back() -> None:
    samples = np.array([0, 100, -32768, 32767], np.int16)
    again, rate_hz = audio.read_wav(audio.write_wav(samples, 24000))
    assert rate_hz == 24000
    assert (again * 32768).astype(int).tolist() == samples.tolist()


def test_a_streamed_wav_file_with_an_untrue_length_is_read() -> None:
    wav = audio.write_wav(np.arange(100, dtype=np.int16), 24000)
    streamed = wav[:4] + b"\xff" * 4 + wav[8:40] + b"\xff" * 4 + wav[44:]
    assert len(audio.read_wav(streamed)[0]) == 100


def test_channels_are_averaged_and_half_a_sample_dropped() -> None:
    raw = np.array([[100, 300], [-100, 100]], "<i2").tobytes() + b"\x01"
    assert (audio.read_pcm(raw, channels=2) * 32768).tolist() == [200, 0]


@pytest.mark.parametrize("data", [b"", b"not a wav file", b"RIFF\x00\x00\x00\x00WAVE", b"<html>"])
def test_what_is_no_wav_file_is_refused(data: bytes) -> None:
    with pytest.raises(EngineError, match="WAV"):
        audio.read_wav(data)


def test_soft_speech_comes_to_the_level_of_loud_speech():
    rate = 16000
    tone = np.sin(np.arange(rate) * 0.2).astype(np.float32)
    loud, soft = (audio.levelled(tone * np.float32(factor), rate) for factor in (0.5, 0.01))
    assert np.allclose(loud, soft, atol=1e-3)
    assert abs(10 * np.log10(np.mean(soft**2)) - audio.SPEECH_DBFS) < 0.5


def test_levelling_never_clips_and_leaves_silence_alone():
    rate = 16000
    clicks = np.zeros(rate, np.float32)
    clicks[::4000] = 0.9
    assert np.abs(audio.levelled(clicks, rate)).max() <= audio.LOUDEST + 1e-6
    assert not audio.levelled(np.zeros(rate, np.float32), rate).any()
    assert len(audio.levelled(np.zeros(3, np.float32), rate)) == 3
