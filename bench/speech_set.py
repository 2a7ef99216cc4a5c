"""The recordings of real speech that benches measure with, and how word error is counted.

Word error: both texts are lower-cased, hyphens become spaces, punctuation goes, numbers from 0 to 10
written as digits become words (each digit of a string on its own, except 10), "oh" between digits is
"zero". Then the edit distance in words over the words of the reference.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ivr.wire import pcm

DEFAULT_SPEECH = Path(os.environ.get("IVR_BENCH_SPEECH", "../shared/speech"))

_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_HEADER = b"data"


@dataclass(frozen=True, slots=True)
class Recording:
    """A real utterance: what was said, and its mu-law at 8 kHz."""

    name: str
    kind: str
    text: str
    audio: bytes

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.audio) / pcm.SAMPLE_RATE_HZ


def recordings(folder: Path) -> list[Recording]:
    """The recordings of a folder with `transcript.tsv` and `ulaw8k/*.wav`."""
    table = folder / "transcript.tsv"
    if not table.is_file():
        raise SystemExit(
            f"no recordings: {table} is missing. Give a folder with transcript.tsv (columns id, kind, text)"
            " and ulaw8k/ID.wav (G.711 mu-law, 8 kHz) by --speech."
        )
    with table.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        Recording(row["id"], row["kind"], row["text"], read_mulaw_wav(folder / "ulaw8k" / f"{row['id']}.wav"))
        for row in rows
    ]


def read_mulaw_wav(path: Path) -> bytes:
    """The sound of a mu-law WAV file (the standard library reads PCM only)."""
    data = path.read_bytes()
    at = 12
    while data[at : at + 4] != _HEADER:
        at += 8 + int.from_bytes(data[at + 4 : at + 8], "little")
        if at >= len(data):
            raise SystemExit(f"{path} is no WAV file")
    return data[at + 8 : at + 8 + int.from_bytes(data[at + 4 : at + 8], "little")]


def words(text: str) -> list[str]:
    """The words of a text, normalised as the module says."""
    plain = re.sub(r"[^\w\s']", " ", text.casefold().replace("-", " ")).replace("'", "")
    out: list[str] = []
    for word in plain.split():
        if word == "10":
            out.append("ten")
        elif word.isdecimal():
            out += [_DIGITS[int(digit)] for digit in word]
        else:
            out.append(word)
    return ["zero" if word == "oh" and _among_digits(out, n) else word for n, word in enumerate(out)]


def _among_digits(text: Sequence[str], n: int) -> bool:
    return any(word in _DIGITS for word in (*text[max(0, n - 1) : n], *text[n + 1 : n + 2]))


def errors(reference: Sequence[str], heard: Sequence[str]) -> int:
    """The least number of words to insert, delete or exchange."""
    row = list(range(len(heard) + 1))
    for i, wanted in enumerate(reference, 1):
        before, row[0] = row[0], i
        for j, got in enumerate(heard, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (wanted != got))
    return row[-1]


def word_error(pairs: Iterable[tuple[str, str]]) -> float:
    """Word errors of (reference, heard) pairs over the words of the references, 0..1 (or more)."""
    wrong = total = 0
    for reference, heard in pairs:
        wanted = words(reference)
        wrong += errors(wanted, words(heard))
        total += len(wanted)
    return wrong / max(1, total)
