"""Sounds that are not speech, made from nothing: noise, coughs, knocks, keys, ringback, music.

Waveforms are float64 at 8 kHz whose loudest sample is 1 (or less); `seed` says which of the many it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ivr.wire import pcm

RATE = 8000
DTMF = {"1": (697, 1209), "5": (770, 1336), "9": (852, 1477), "#": (941, 1477)}
SECONDS = (0.6, 1.5, 3.0)

Samples = NDArray[np.float64]


def _time(seconds: float) -> Samples:
    return np.arange(int(seconds * RATE)) / RATE


def _loudest_1(samples: Samples) -> Samples:
    return samples / float(np.abs(samples).max())


def tones(frequencies: tuple[float, ...], seconds: float, on_s: float, off_s: float) -> Samples:
    """A sum of sines, on and off."""
    t = _time(seconds)
    gate = (t % (on_s + off_s)) < on_s
    mixed: Samples = sum((np.sin(2 * np.pi * f * t) for f in frequencies), np.zeros_like(t))
    return mixed * gate / len(frequencies)


def noise(colour: float, seconds: float, seed: int) -> Samples:
    """Noise whose power falls by `colour` powers of the frequency: 0 white, 1 pink, 2 brown."""
    n = int(seconds * RATE)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(n))
    shaped: Samples = np.fft.irfft(spectrum / np.maximum(np.fft.rfftfreq(n, 1 / RATE), 20) ** (colour / 2), n)
    return _loudest_1(shaped)


def breath(seconds: float, seed: int) -> Samples:
    """Pink noise that swells and fades every second or so."""
    swelling: Samples = noise(1, seconds, seed) * np.sin(np.pi * _time(seconds) / 0.9) ** 2
    return swelling


def clicks(seconds: float, seed: int) -> Samples:
    """A handset being moved."""
    rng = np.random.default_rng(seed)
    out = np.zeros(int(seconds * RATE))
    for at in rng.integers(0, len(out), int(4 * seconds)):
        knock = rng.standard_normal(160) * np.exp(-np.arange(160) / 25)
        out[at : at + 160] += knock[: len(out) - at]
    return _loudest_1(out)


def music(seconds: float, seed: int) -> Samples:
    """Plucked chords over a bass, three notes a second."""
    rng = np.random.default_rng(seed)
    t = _time(seconds)
    out = np.zeros_like(t)
    for start in np.arange(0, seconds, 1 / 3):
        since = np.maximum(t - start, 0)
        for step in rng.choice([0, 3, 5, 7, 10, 12], 3, replace=False):
            pitch = 220 * 2 ** (step / 12)
            for harmonic in (1, 2, 3, 4):
                out += (
                    (t >= start)
                    * np.sin(2 * np.pi * pitch * harmonic * since)
                    * np.exp(-3 * since)
                    / harmonic
                )
    return _loudest_1(out)


def clips() -> Iterator[tuple[str, bytes]]:
    """Name and mu-law of clips in which nobody speaks."""
    for seconds in SECONDS:
        made: dict[str, tuple[Samples, tuple[float, ...]]] = {"silence": (0 * _time(seconds), (0.0,))}
        for colour, name in enumerate(("white", "pink", "brown")):
            made[f"{name} noise"] = (noise(colour, seconds, colour), (0.003, 0.03, 0.3))
        made["breath"] = (breath(seconds, 11), (0.02, 0.2))
        made["clicks"] = (clicks(seconds, 12), (0.1, 0.6))
        made["hum"] = (tones((50, 100, 150), seconds, seconds, 0), (0.02, 0.2))
        made["ringback"] = (tones((440, 480), seconds, 2, 4), (0.1, 0.4))
        made["busy"] = (tones((480, 620), seconds, 0.5, 0.5), (0.1, 0.4))
        made["beep"] = (tones((1000,), seconds, 0.3, 0.7), (0.3,))
        for key, pair in DTMF.items():
            made[f"key {key}"] = (tones(pair, seconds, 0.12, 0.5), (0.4,))
        made["music"] = (music(seconds, 13), (0.1, 0.4))
        made["music 2"] = (music(seconds, 14), (0.3,))
        for name, (samples, levels) in made.items():
            for level in levels:
                yield (
                    f"{name} {level:g} {seconds:g} s",
                    pcm.float_to_mulaw((samples * level).astype(np.float32)),
                )


def cough(seconds: float, seed: int) -> Samples:
    """One or two bursts of air with a hollow ring, as long as a cough is (0.35 s each)."""
    rng = np.random.default_rng(seed)
    out = np.zeros(int(seconds * RATE))
    each = int(0.35 * RATE)
    for at in range(0, len(out) - each + 1, int(0.55 * RATE)):
        t = np.arange(each) / RATE
        air = noise(0.7, 0.35, int(rng.integers(1 << 30)))
        ring = np.sin(2 * np.pi * rng.uniform(350, 600) * t) + 0.5 * np.sin(
            2 * np.pi * rng.uniform(900, 1500) * t
        )
        out[at : at + each] += (air + 0.4 * ring * air) * np.minimum(t / 0.01, 1) * np.exp(-t / 0.09)
        if rng.random() < 0.5:
            break
    return _loudest_1(out)


def thump(seconds: float, seed: int) -> Samples:
    """A door that falls shut."""
    t = _time(seconds)
    low = np.sin(2 * np.pi * np.random.default_rng(seed).uniform(60, 110) * t) * np.exp(-t / 0.12)
    return _loudest_1(low + 0.5 * noise(1, seconds, seed) * np.exp(-t / 0.05))


NOISES: Final[Mapping[str, Callable[[float, int], Samples]]] = {
    "cough": cough,
    "thump": thump,
    "clicks": clicks,
    "breath": breath,
    "burst of noise": lambda seconds, seed: (
        noise(1, seconds, seed) * np.sin(np.pi * _time(seconds) / seconds)
    ),
}
"""What happens beside a telephone while its owner listens."""


def at_level(samples: Samples, dbfs: float) -> bytes:
    """Mu-law whose loudest 20 ms have this level (RMS, dB of full scale)."""
    floats = samples.astype(np.float32)
    frame = RATE // 50
    count = max(1, len(floats) // frame)
    power = np.square(floats[: count * frame].reshape(count, -1)).mean(axis=1).max()
    return pcm.float_to_mulaw(floats * (10 ** (dbfs / 20) / np.sqrt(power + 1e-12)))
