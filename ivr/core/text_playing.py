"""How prompts play to a caller in text: how long they take, and what the carrier tells of them."""

from __future__ import annotations

from collections import deque
from typing import Final

from ivr.core.commands import Segment
from ivr.core.events import Played, SpeakingBegan

MS_A_CHARACTER: Final = 60
"""How long a character of speech takes, ours and the caller's (ms): about 170 words a minute."""
BEGIN_MS: Final = 50
"""From an order to speak to the first sound, and from a sound to its being noticed (ms)."""
CHUNK_MS: Final = 200
"""How often the carrier tells how far it has played (ms)."""


class TextPlaying:
    """The sentences that are playing or about to. True as long as there are any.

    due_ms  when the carrier tells of them next (ms since the call began)
    coarse  it tells of whole sentences only
    """

    def __init__(self) -> None:
        self.due_ms = 0
        self.coarse = False
        self._queue: deque[tuple[int, Segment]] = deque()
        self._position_ms = -1  # in the segment that plays; -1: its first sound is still to come
        self._reach_ms = 0  # how far it will have played by `due_ms`

    def __bool__(self) -> bool:
        return bool(self._queue)

    def say(self, generation: int, segments: tuple[Segment, ...], now: int, *, first: bool) -> None:
        """Play these after what is there; `first`: before what has not begun."""
        before = first and self._position_ms < 0
        if not self._queue or before:
            self._begin_next(now)
        if before:
            self._queue.extendleft((generation, segment) for segment in reversed(segments))
        else:
            self._queue.extend((generation, segment) for segment in segments)

    def stop(self) -> None:
        """Drop everything."""
        self._queue.clear()

    def go_on(self, now: int) -> SpeakingBegan | Played:
        """What the carrier tells at `due_ms`: the voice has begun, or how far it has played."""
        generation, segment = self._queue[0]
        length = max(1, round(len(segment.text) * MS_A_CHARACTER / segment.rate))
        if self._position_ms < 0:
            self._position_ms = 0
            self._mark_next(length, now)
            return SpeakingBegan(segment.id, length)
        self._position_ms = position = self._reach_ms
        last = position >= length
        if last:
            self._queue.popleft()
            self._begin_next(now)
        else:
            self._mark_next(length, now)
        return Played(generation, segment.id, position, last=last)

    def _mark_next(self, length: int, now: int) -> None:
        left = length - self._position_ms
        chunk = left if self.coarse else min(CHUNK_MS, left)
        self._reach_ms = self._position_ms + chunk
        self.due_ms = now + chunk

    def _begin_next(self, now: int) -> None:
        self._position_ms = -1
        self.due_ms = now + BEGIN_MS
