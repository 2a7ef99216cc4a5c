"""Between the telephone's sound (mu-law, 8 kHz) and what speech models take and give."""

from __future__ import annotations

import io
import wave
from typing import Final

import numpy as np
import soxr  # type: ignore[import-untyped]  # the package carries no types
from numpy.typing import NDArray

from ivr.core.errors import EngineError
from ivr.wire import pcm

Samples = NDArray[np.float32]
"""Mono sound as fractions of full scale."""

MODEL_RATE_HZ: Final = 16000
"""What recognisers take."""

PEAK: Final = 10 ** (-3 / 20)
"""Nothing we send is louder than 3 dB below full scale: filters of the network overshoot."""

SPEECH_DBFS: Final = -20.0
MOST_GAIN_DB: Final = 30.0
MOST_CUT_DB: Final = 12.0
LOUDEST: Final = 0.95
"""Levels of speech for the recogniser. Measured on 29 recordings at 30 and 36 dB less: word error 17 and 30 %
without levelling, 9 and 11 % with it; no change at their own level, and no more words invented in noise."""

LEAD_MS: Final = 40
TAIL_MS: Final = 120

_EDGE_POWER_DB: Final = -45
_STEP_MS: Final = 5


def from_mulaw(audio: bytes, rate_hz: int = MODEL_RATE_HZ) -> Samples:
    """Mu-law at 8 kHz as samples at `rate_hz`."""
    return _resampled(pcm.mulaw_to_float(audio), pcm.SAMPLE_RATE_HZ, rate_hz)


def levelled(samples: Samples, rate_hz: int) -> Samples:
    """Speech at the level at which recognisers are at their best, whatever the telephone it came from.

    The loud tenth of its 20 ms frames comes to `SPEECH_DBFS`, with a gain of `MOST_GAIN_DB` at most.
    """
    frame = rate_hz // 50
    frames = len(samples) // frame
    if not frames:
        return samples
    power = np.mean(samples[: frames * frame].reshape(frames, frame) ** 2, axis=1)
    loud_db = 10 * float(np.log10(np.percentile(power, 90) + 1e-12))
    gain_db = min(MOST_GAIN_DB, max(-MOST_CUT_DB, SPEECH_DBFS - loud_db))
    louder: Samples = samples * np.float32(10 ** (gain_db / 20))
    peak = float(np.abs(louder).max(initial=0.0))
    return louder * np.float32(LOUDEST / peak) if peak > LOUDEST else louder


def to_mulaw(samples: Samples, rate_hz: int) -> bytes:
    """Samples at `rate_hz` as mu-law at 8 kHz, with 3 dB of headroom."""
    narrow = _resampled(samples, rate_hz, pcm.SAMPLE_RATE_HZ)
    peak = float(np.abs(narrow).max(initial=0.0))
    return pcm.float_to_mulaw(narrow * np.float32(PEAK / peak) if peak > PEAK else narrow)


def trimmed(samples: Samples, rate_hz: int, lead_ms: int = LEAD_MS, tail_ms: int = TAIL_MS) -> Samples:
    """A sentence with `lead_ms` of quiet before its first sound and `tail_ms` after its last.

    Missing quiet is added as silence. A sentence without any sound comes back empty.
    """
    step = max(1, rate_hz * _STEP_MS // 1000)
    steps = len(samples) // step
    power = np.mean(samples[: steps * step].reshape(steps, step) ** 2, axis=1) if steps else np.zeros(0)
    loudest = float(power.max(initial=0.0))
    if loudest <= 0:
        return samples[:0]
    sounding = np.flatnonzero(power > loudest * 10 ** (_EDGE_POWER_DB / 10))
    first, last = int(sounding[0]) * step, (int(sounding[-1]) + 1) * step
    lead, tail = rate_hz * lead_ms // 1000, rate_hz * tail_ms // 1000
    kept = samples[max(0, first - lead) : last + tail]
    return np.pad(kept, (max(0, lead - first), max(0, last + tail - len(samples))))


def write_wav(samples: NDArray[np.int16], rate_hz: int) -> bytes:
    """A mono 16-bit WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(rate_hz)
        wav.writeframes(samples.astype("<i2").tobytes())
    return file.getvalue()


def read_wav(data: bytes) -> tuple[Samples, int]:
    """The samples of a 16-bit WAV file (several channels are averaged) and its rate in Hz.

    Servers that stream give sizes in the header that are not true; what is there is read.
    Raises `EngineError` when it is no 16-bit PCM WAV.
    """
    try:
        with wave.open(io.BytesIO(data), "rb") as wav:
            width, channels, rate_hz = wav.getsampwidth(), wav.getnchannels(), wav.getframerate()
            raw = wav.readframes(len(data))
    except (wave.Error, EOFError) as wrong:
        raise EngineError(f"this is no PCM WAV file ({wrong})") from wrong
    if width != 2:  # noqa: PLR2004 - bytes of a 16-bit sample
        raise EngineError(f"this WAV file has samples of {8 * width} bits: 16 are needed")
    return read_pcm(raw, channels), rate_hz


def read_pcm(raw: bytes, channels: int = 1) -> Samples:
    """The samples of little-endian 16-bit PCM; an unfinished sample at the end is dropped."""
    whole = len(raw) - len(raw) % (2 * channels)
    frames = np.frombuffer(raw[:whole], "<i2").reshape(-1, channels)
    samples: Samples = (frames.mean(axis=1) / pcm.FULL_SCALE).astype(np.float32)
    return samples


def _resampled(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    if from_hz == to_hz or not len(samples):
        return samples
    out: Samples = soxr.resample(samples, from_hz, to_hz, quality="HQ").astype(np.float32, copy=False)
    return out


def tone(hz: float = 1000.0, ms: int = 400) -> bytes:
    """The mu-law of a tone of one height, with soft edges: the beep before a message."""
    time = np.arange(pcm.SAMPLE_RATE_HZ * ms // 1000) / pcm.SAMPLE_RATE_HZ
    edge = np.minimum(1.0, np.minimum(time, time[::-1]) / 0.01)
    return pcm.float_to_mulaw((0.25 * edge * np.sin(2 * np.pi * hz * time)).astype(np.float32))
