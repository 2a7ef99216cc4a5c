"""The carrier's true playout clock: what the caller really hears, and when.

No I/O and no clock: every method is told the moment, in ms since the stream began. Audio is mu-law,
8 bytes a millisecond; positions are kept in bytes (samples) so that nothing drifts.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

BYTES_PER_MS: Final = 8
SILENCE: Final = b"\xff"
"""Mu-law of no sound."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the agent's audio without a hole: from `start_ms` to `end_ms`."""

    start_ms: float
    end_ms: float


class Playout:
    """Plays what the server sends, as soon as what was sent before has been played."""

    def __init__(self) -> None:
        self._track = bytearray()  # all that was or will be played, from the start of the stream
        self._end = 0  # bytes; the playhead of audio queued so far
        self._marks: deque[tuple[int, str]] = deque()  # (due at this byte, name)
        self._spans: list[list[int]] = []  # [start, end] in bytes

    def play(self, audio: bytes, now_ms: float) -> bool:
        """Queue audio. True when it begins to sound now, because nothing was playing."""
        if not audio:
            return False
        now = _bytes(now_ms)
        begins = self._end <= now
        start = max(self._end, now)
        self._track += SILENCE * (start - len(self._track)) + audio
        self._end = start + len(audio)
        if begins and not (self._spans and self._spans[-1][1] == start):
            self._spans.append([start, self._end])
        else:
            self._spans[-1][1] = self._end
        return begins

    def mark(self, name: str, now_ms: float) -> None:
        """Queue a mark behind the audio so far."""
        self._marks.append((max(self._end, _bytes(now_ms)), name))

    def clear(self, now_ms: float) -> list[str]:
        """Stop playing. Gives all pending marks, which go back at once."""
        now = _bytes(now_ms)
        if self._end > now:
            self._end = now
            del self._track[now:]
            self._spans[-1][1] = now
            while self._spans and self._spans[-1][0] >= self._spans[-1][1]:
                self._spans.pop()
        names = [name for _, name in self._marks]
        self._marks.clear()
        return names

    def due(self, now_ms: float) -> list[str]:
        """The marks whose audio has played by now, in order. Each is given once."""
        now, names = _bytes(now_ms), []
        while self._marks and self._marks[0][0] <= now:
            names.append(self._marks.popleft()[1])
        return names

    def next_due_ms(self) -> float | None:
        """When the next mark is due."""
        return self._marks[0][0] / BYTES_PER_MS if self._marks else None

    @property
    def end_ms(self) -> float:
        """When the audio queued so far has been played."""
        return self._end / BYTES_PER_MS

    def first_start(self, after_ms: float) -> float | None:
        """When the first stretch of audio at or after a moment began, even if it began this instant."""
        starts = (start / BYTES_PER_MS for start, _ in self._spans)
        return next((start for start in starts if start >= after_ms), None)

    def spans(self, now_ms: float) -> list[Span]:
        """What was heard by now, as stretches."""
        now = _bytes(now_ms)
        return [Span(a / BYTES_PER_MS, min(b, now) / BYTES_PER_MS) for a, b in self._spans if a < now]

    def heard(self, from_ms: float, now_ms: float) -> bytes:
        """What sounded between two moments, silence included: 8 bytes a millisecond."""
        start, now = _bytes(from_ms), _bytes(now_ms)
        played = bytes(self._track[start:now])
        return played + SILENCE * (now - start - len(played))


def _bytes(ms: float) -> int:
    return max(0, int(ms * BYTES_PER_MS))
