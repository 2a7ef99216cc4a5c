"""How often the recogniser hears words where nobody spoke, and how often it throws real words away.

    python bench/invented_words.py --model FOLDER [--speech ../shared/speech]

Decodes about 80 generated clips (silence, noise, hum, tones, keys, clicks, music) and the real
recordings, and prints what would pass by the rule of `ivr.engines.rejection`, beside simpler rules.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from speech_set import DEFAULT_SPEECH, recordings

from ivr.engines import whisper
from ivr.engines.rejection import Decoded, why_rejected
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


def run(
    model: Path, speech: Path, *, beam_size: int = whisper.BEAM_SIZE, verbose: bool = False
) -> dict[str, float]:
    """Counts by rule: `invented …` of the generated clips, `lost …` of the real recordings."""
    decoder = whisper.Decoder(model, beam_size=beam_size)
    empty = [(name, decoder.decode(audio)) for name, audio in clips()]
    spoken = [(r.name, decoder.decode(r.audio)) for r in recordings(speech)]
    rules: dict[str, Callable[[Decoded], bool]] = {
        "no rule": lambda d: not d.text,
        "either limit": lambda d: not d.text or d.no_speech >= 0.55 or d.average_logprob <= -1,
        "ours": lambda d: bool(why_rejected(d)),
    }
    console = Console()
    table = Table("rule", f"invented, of {len(empty)}", f"real words lost, of {len(spoken)}")
    counts: dict[str, float] = {"clips": len(empty), "recordings": len(spoken)}
    for name, rejects in rules.items():
        counts[f"invented, {name}"] = sum(not rejects(d) for _, d in empty)
        counts[f"lost, {name}"] = sum(rejects(d) for _, d in spoken)
        table.add_row(name, f"{counts[f'invented, {name}']:g}", f"{counts[f'lost, {name}']:g}")
    console.print(table)
    if verbose:
        for name, decoded in sorted(empty + spoken, key=lambda pair: pair[1].no_speech):
            console.print(f"{_line(decoded)}  {name}: {decoded.text!r}", highlight=False)
    return counts


def _line(d: Decoded) -> str:
    return f"{d.no_speech:.2f} {d.average_logprob:6.2f} {why_rejected(d) or 'kept':<16}"


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, required=True, help="folder of a CTranslate2 whisper model")
    parser.add_argument(
        "--speech", type=Path, default=DEFAULT_SPEECH, help="folder of transcript.tsv, ulaw8k/"
    )
    parser.add_argument("--beam", type=int, default=whisper.BEAM_SIZE)
    parser.add_argument("--verbose", action="store_true", help="print every clip")
    chosen = parser.parse_args()
    run(chosen.model, chosen.speech, beam_size=chosen.beam, verbose=chosen.verbose)


if __name__ == "__main__":
    main()
