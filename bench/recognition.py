"""Recognition against the stock library on the same recordings, in one run and one process.

    python -m bench.recognition --model FOLDER [--speech ../shared/speech] [--rounds 3]

Prints CPU seconds per utterance (all of them, and those of 2 to 4 s) and word error (counted as
`speech_set` says) of `faster_whisper.WhisperModel.transcribe` and of our decoder, whose rejection rule
is in force: words it throws away count as errors. Both use int8, one thread and a beam of 5; the
stock library does not look at timestamps or former text, as ours does not.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path
from statistics import mean

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"  # before numpy is imported

from faster_whisper import WhisperModel  # type: ignore[import-untyped]  # the package carries no types
from rich.console import Console
from rich.table import Table

from bench.speech_set import DEFAULT_SPEECH, Recording, recordings, word_error
from ivr.engines import audio, whisper

Recognise = Callable[[bytes], str]
GOAL_RATIO = 0.35
GOAL_POINTS = 1.0
SHORT_S = (2.0, 4.0)


def stock(model: Path) -> Recognise:
    """The library as it comes, with a beam of 5 and without timestamps."""
    loaded = WhisperModel(str(model), device="cpu", compute_type="int8", cpu_threads=1, num_workers=1)

    def recognise(sound: bytes) -> str:
        segments, _ = loaded.transcribe(
            audio.from_mulaw(sound),
            language="en",
            beam_size=whisper.BEAM_SIZE,
            without_timestamps=True,
            condition_on_previous_text=False,
        )
        return " ".join(segment.text for segment in segments)

    return recognise


def ours(model: Path, beam_size: int = whisper.BEAM_SIZE) -> Recognise:
    """What a worker process does with a request."""
    decoder = whisper.Decoder(model, beam_size=beam_size)
    return lambda sound: str(whisper.transcribed(decoder.decode(sound))["text"])


def run(
    model: Path, speech: Path, *, rounds: int = 3, beam_size: int = whisper.BEAM_SIZE
) -> dict[str, float]:
    """CPU seconds per utterance, word errors (in per cent), their ratio and their difference."""
    said = recordings(speech)
    engines = {"stock": stock(model), "ours": ours(model, beam_size)}
    heard: dict[str, dict[str, str]] = {name: {} for name in engines}
    spent: dict[str, dict[str, list[float]]] = {name: {r.name: [] for r in said} for name in engines}
    for recognise in engines.values():
        recognise(said[0].audio)
    for _ in range(rounds):
        for recording in said:  # in turn, so that a busy moment of the machine hits both
            for name, recognise in engines.items():
                before_s = time.process_time()
                heard[name][recording.name] = recognise(recording.audio)
                spent[name][recording.name].append(time.process_time() - before_s)
    return _told(said, heard, spent)


def _told(
    said: list[Recording], heard: dict[str, dict[str, str]], spent: dict[str, dict[str, list[float]]]
) -> dict[str, float]:
    short = [r for r in said if SHORT_S[0] <= r.seconds <= SHORT_S[1]]
    facts: dict[str, float] = {"utterances": len(said), "utterances of 2-4 s": len(short)}
    table = Table("", "CPU s, 2-4 s", "CPU s, all", "word error")
    for name in heard:
        facts[f"{name} cpu_s"] = mean(min(spent[name][r.name]) for r in short)
        facts[f"{name} cpu_s all"] = mean(min(spent[name][r.name]) for r in said)
        facts[f"{name} word_error"] = 100 * word_error((r.text, heard[name][r.name]) for r in said)
        table.add_row(
            name,
            f"{facts[f'{name} cpu_s']:.3f}",
            f"{facts[f'{name} cpu_s all']:.3f}",
            f"{facts[f'{name} word_error']:.1f} %",
        )
    facts["cpu ratio"] = facts["ours cpu_s"] / facts["stock cpu_s"]
    facts["points"] = facts["ours word_error"] - facts["stock word_error"]
    all_ratio = facts["ours cpu_s all"] / facts["stock cpu_s all"]
    table.add_row(
        "ours to stock", f"{facts['cpu ratio']:.2f}x", f"{all_ratio:.2f}x", f"{facts['points']:+.1f} points"
    )
    table.add_row("goal, at most", f"{GOAL_RATIO}x", "", f"{GOAL_POINTS:+.1f} points")
    Console().print(table)
    return facts


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, required=True, help="folder of a CTranslate2 whisper model")
    parser.add_argument(
        "--speech", type=Path, default=DEFAULT_SPEECH, help="folder of transcript.tsv, ulaw8k/"
    )
    parser.add_argument("--rounds", type=int, default=3, help="the fastest of so many rounds counts")
    parser.add_argument("--beam", type=int, default=whisper.BEAM_SIZE, help="our beam")
    chosen = parser.parse_args()
    facts = run(chosen.model, chosen.speech, rounds=chosen.rounds, beam_size=chosen.beam)
    if facts["cpu ratio"] > GOAL_RATIO or facts["points"] > GOAL_POINTS:
        raise SystemExit("the goal was missed")


if __name__ == "__main__":
    main()
