"""How often the recogniser hears words where nobody spoke, and how often it throws real words away.

    python -m bench.invented_words --model FOLDER [--speech ../shared/speech]

Decodes about 80 generated clips (silence, noise, hum, tones, keys, clicks, music) and the real
recordings, and prints what would pass by the rule of `ivr.engines.rejection`, beside simpler rules.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.rig.sounds import clips
from bench.speech_set import DEFAULT_SPEECH, recordings
from ivr.engines import whisper
from ivr.engines.rejection import Decoded, why_rejected


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
