"""Peaks of a recording, for drawing it: the loudest sample of each stretch, on both sides.

They are read once a recording, in a thread, and kept while pages ask for them.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

PER_SECOND: Final = 50
"""Stretches a second: 20 ms each."""

_HEADER: Final = 44
_KEPT: Final = 8
_CHANNELS: Final = 2


@dataclass(frozen=True, slots=True)
class Peaks:
    """Loudest samples, 0..255: `both[i]` is (caller, agent) of the stretch from `i / PER_SECOND` s on."""

    both: NDArray[np.uint8]

    @property
    def seconds(self) -> float:
        """How long the recording is."""
        return len(self.both) / PER_SECOND

    def narrowed(self, most: int) -> Peaks:
        """The same in `most` stretches or fewer, each as loud as its loudest part."""
        if len(self.both) <= most:
            return self
        step = -(-len(self.both) // most)
        short = -len(self.both) % step
        padded = np.pad(self.both, ((0, short), (0, 0)))
        return Peaks(padded.reshape(-1, step, _CHANNELS).max(axis=1))


def read_peaks(path: Path, rate_hz: int = 8000) -> Peaks:
    """The peaks of a 16-bit stereo WAV. Raises `OSError`. Blocks: about 0.1 s for half an hour."""
    raw = np.memmap(path, dtype="<i2", mode="r", offset=_HEADER) if path.stat().st_size > _HEADER else None
    if raw is None:
        return Peaks(np.zeros((0, _CHANNELS), np.uint8))
    frames = len(raw) // _CHANNELS
    samples = raw[: frames * _CHANNELS].reshape(frames, _CHANNELS)
    width = rate_hz // PER_SECOND
    whole = frames // width
    sides = [_loudest(samples[: whole * width, side].reshape(whole, width)) for side in range(_CHANNELS)]
    return Peaks(np.stack(sides, axis=1))


def _loudest(stretches: NDArray[np.int16]) -> NDArray[np.uint8]:
    """The loudest sample of each row, 0..255."""
    rows = np.ascontiguousarray(stretches)
    loud: NDArray[np.int16] = np.maximum(rows.max(axis=1), -rows.min(axis=1).clip(-32767, 0))
    return (loud >> 7).astype(np.uint8)


class PeaksShelf:
    """Keeps the peaks of the recordings that were asked for last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int], Peaks] = OrderedDict()

    def get(self, path: Path) -> Peaks:
        """The peaks of a recording, read again when it has grown. Raises `OSError`. Blocks."""
        key = (str(path), path.stat().st_size)
        if key not in self._kept:
            self._kept[key] = read_peaks(path)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]
