"""Composed callers: what they say and when, known to the millisecond because we put it together.

A `Line` is mu-law with the true times of the speech in it. Lines are made of pieces (recordings or
rendered words, in which the speech is found) with silences of known length between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ivr.wire import pcm

BYTES_PER_MS: Final = 8
SILENCE: Final = b"\xff"
FRAME_MS: Final = 10
SPEECH_BELOW_LOUDEST_DB: Final = 30.0
"""Speech is what is within this of the loudest 10 ms of its piece, …"""
SPEECH_DBFS: Final = -50.0
"""… and above this in any case."""
MIN_DIGIT_MS: Final = 120
CLICK_MS: Final = 40
MARGIN_MS: Final = 60
RUN: Final = 4

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Line:
    """What a caller says in one go.

    speech   true stretches of speech, (from, to) in ms from the beginning of `audio`
    kind     what it is a sample of, such as `question` or `digits`
    expects  what a server that understands should take it for; "": nothing is expected
    """

    text: str
    kind: str
    audio: bytes
    speech: tuple[tuple[float, float], ...]
    expects: str = ""

    @property
    def onset_ms(self) -> float:
        """Where speech begins."""
        return self.speech[0][0] if self.speech else 0.0

    @property
    def end_ms(self) -> float:
        """Where the last speech ends."""
        return self.speech[-1][1] if self.speech else 0.0

    @property
    def pauses_ms(self) -> tuple[float, ...]:
        """The silences inside."""
        return tuple(b[0] - a[1] for a, b in pairwise(self.speech))


def loud(mulaw: bytes) -> Flags:
    """Whether each 10 ms holds speech."""
    samples = pcm.mulaw_to_float(mulaw)
    frame = FRAME_MS * BYTES_PER_MS
    count = len(samples) // frame
    if not count:
        return np.zeros(0, np.bool_)
    power = np.square(samples[: count * frame].reshape(count, frame)).mean(axis=1)
    level = 10 * np.log10(power + 1e-12)
    flags: Flags = level > max(float(level.max()) - SPEECH_BELOW_LOUDEST_DB, SPEECH_DBFS)
    return flags


def bounds(mulaw: bytes) -> tuple[int, int]:
    """Where speech begins and ends, ms; (0, 0) when there is none. A click of a frame or two is none.

    It begins with the first loud frame of four of which three are loud, and ends with the last such.
    """
    flags = loud(mulaw)
    firm = [at for at in np.flatnonzero(flags) if flags[at : at + RUN].sum() >= RUN - 1]
    last = [at for at in np.flatnonzero(flags) if flags[max(0, at - RUN + 1) : at + 1].sum() >= RUN - 1]
    return (int(firm[0]) * FRAME_MS, int(last[-1] + 1) * FRAME_MS) if firm and last else (0, 0)


def trimmed(mulaw: bytes) -> bytes:
    """From the first 10 ms of speech to the last; empty when there is none."""
    began, ended = bounds(mulaw)
    return mulaw[began * BYTES_PER_MS : ended * BYTES_PER_MS]


def silence(ms: float) -> bytes:
    """No sound."""
    return SILENCE * (int(ms) * BYTES_PER_MS)


def composed(
    text: str, kind: str, pieces: Sequence[bytes], pauses_ms: Sequence[float] = (), expects: str = ""
) -> Line:
    """Pieces with `pauses_ms` between their speech: a pause fewer than pieces (0 where there are too few).

    Up to `MARGIN_MS` of what a piece has around its speech stays, so that no word is clipped.
    """
    audio, speech = b"", list[tuple[float, float]]()
    for number, piece in enumerate(pieces):
        began, ended = bounds(piece)
        lead = min(began, MARGIN_MS)
        if speech:
            pause = pauses_ms[number - 1] if number <= len(pauses_ms) else 0
            audio += silence(max(0.0, pause - lead - (len(audio) / BYTES_PER_MS - speech[-1][1])))
        onset = len(audio) / BYTES_PER_MS + lead
        audio += piece[(began - lead) * BYTES_PER_MS : (ended + MARGIN_MS) * BYTES_PER_MS]
        speech.append((onset, onset + ended - began))
    return Line(text, kind, audio, tuple(speech), expects)


def dips(mulaw: bytes, at_least_ms: int = 40) -> list[int]:
    """Where one could breathe: middles (ms) of quiet stretches inside the speech, the longest first."""
    flags = loud(mulaw)
    found: list[tuple[int, int]] = []
    began: int | None = None
    for at, is_loud in enumerate(flags):
        if not is_loud and began is None:
            began = at
        elif is_loud and began is not None:
            if began and (at - began) * FRAME_MS >= at_least_ms:
                found.append((at - began, (at + began) // 2 * FRAME_MS))
            began = None
    return [middle for _, middle in sorted(found, reverse=True)]


def with_pauses(text: str, kind: str, mulaw: bytes, pauses_ms: Sequence[float], expects: str = "") -> Line:
    """A recording that stops to think: pauses where it dips, in its longest dips; as many as there are."""
    audio = trimmed(mulaw)  # a pause in a word's own dip has no margin
    cuts = sorted(dips(audio)[: len(pauses_ms)])
    edges = [0, *(cut * BYTES_PER_MS for cut in cuts), len(audio)]
    pieces = [audio[a:b] for a, b in pairwise(edges)]
    return composed(text, kind, pieces, pauses_ms, expects)


def split_words(mulaw: bytes, count: int) -> list[bytes]:
    """The `count` words of a recording of words said one by one; empty when they cannot be told apart.

    Each with `MARGIN_MS` around it, less where the next word is nearer.
    """
    flags = loud(mulaw)
    frame = FRAME_MS * BYTES_PER_MS
    for gap_ms in (30, 50, 70, 100, 140, 200, 60, 80, 120, 20):
        found = [(a, b) for a, b in _stretches(flags, gap_ms // FRAME_MS) if (b - a) * FRAME_MS > CLICK_MS]
        if len(found) == count and all((b - a) * FRAME_MS >= MIN_DIGIT_MS for a, b in found):
            edges = [0, *((one[1] + next_[0]) // 2 for one, next_ in pairwise(found)), len(flags)]
            margin = MARGIN_MS // FRAME_MS
            cuts = [
                (max(low, a - margin), min(high, b + margin))
                for (a, b), (low, high) in zip(found, pairwise(edges), strict=True)
            ]
            return [mulaw[a * frame : b * frame] for a, b in cuts]
    return []


def _stretches(flags: Flags, gap: int) -> list[tuple[int, int]]:
    """Stretches of speech, those joined that are less than `gap` frames apart."""
    out: list[list[int]] = []
    for at in np.flatnonzero(flags):
        if out and at - out[-1][1] < gap:
            out[-1][1] = int(at) + 1
        else:
            out.append([int(at), int(at) + 1])
    return [(a, b) for a, b in out]


def digit_pauses(count: int, chance: Random, longest_ms: float = 1200.0) -> list[float]:
    """Pauses of someone who reads a number: short inside a group of two to four, longer between groups."""
    pauses: list[float] = []
    left = chance.randint(2, 4)
    for _ in range(count - 1):
        left -= 1
        if left:
            pauses.append(chance.uniform(40, 250))
        else:
            pauses.append(chance.uniform(400, longest_ms))
            left = chance.randint(2, 4)
    return pauses


def thinking_pauses(count: int, chance: Random) -> list[float]:
    """Pauses of someone who speaks freely: mostly 150-500 ms, at times up to 700."""
    return [min(700.0, max(150.0, chance.lognormvariate(5.7, 0.45))) for _ in range(count)]


def loudness(mulaw: bytes, dbfs: float) -> bytes:
    """The same sound with its loudest 20 ms at this level."""
    samples = pcm.mulaw_to_float(mulaw)
    frame = 20 * BYTES_PER_MS
    count = len(samples) // frame
    if not count:
        return mulaw
    power = float(np.square(samples[: count * frame].reshape(count, frame)).mean(axis=1).max())
    return pcm.float_to_mulaw(np.float32(10 ** (dbfs / 20) / np.sqrt(power + 1e-12)) * samples)


def mixed(mulaw: bytes, noise_dbfs: float, seed: int) -> bytes:
    """The same sound over faint line noise."""
    samples = pcm.mulaw_to_float(mulaw)
    noise = np.random.default_rng(seed).standard_normal(len(samples)).astype(np.float32)
    return pcm.float_to_mulaw(samples + noise * np.float32(10 ** (noise_dbfs / 20)))
