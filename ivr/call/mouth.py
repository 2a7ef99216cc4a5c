"""The mouth of a call: it turns sentences into paced audio.

Audio leaves in chunks of 200 ms, one ahead of what is playing, each followed by a mark that names
generation, segment and position. The next sentences are rendered while one plays. `stop` silences
the carrier and forgets everything of the old generation.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import Final

from ivr.call.lines import Line
from ivr.call.ports import Voice
from ivr.call.rendering import Rendering, from_quiet_place
from ivr.core.commands import Segment, Words
from ivr.core.errors import EngineError
from ivr.core.events import EngineFailed, Played, SpeakingBegan
from ivr.core.playout import CHUNK_MS

_CHUNK: Final = CHUNK_MS * 8
_SILENCE: Final = b"\xff"
LOOK_AHEAD: Final = 2
"""Sentences rendered ahead of the one that plays."""


def mark_name(generation: int, segment: int, position_ms: int, *, last: bool) -> str:
    """The name of a mark: `generation.segment.position`, with `.end` on a segment's last."""
    return f"{generation}.{segment}.{position_ms}{'.end' if last else ''}"


def read_mark(name: str) -> Played | None:
    """A mark's name read back; `None` when it is not one of ours."""
    parts = name.split(".")
    last = len(parts) == 4 and parts[3] == "end"  # noqa: PLR2004 -- the fourth part is the ending
    if len(parts) != 3 + last or not all(part.isdecimal() and len(part) < 10 for part in parts[:3]):  # noqa: PLR2004
        return None
    generation, segment, position_ms = (int(part) for part in parts[:3])
    return Played(generation, segment, position_ms, last)


class Mouth:
    """One call's voice. All times come from the event loop's clock.

    voices  for other languages, by their two letters; in a language that has none `voice` speaks
    sound  gives the mu-law of a sound by its name, for segments that are no words; `None`: there is none
    """

    def __init__(  # noqa: PLR0913 -- where it speaks, with what, and whom it tells
        self,
        line: Line,
        voice: Voice,
        post: Callable[[SpeakingBegan | EngineFailed], None],
        on_gap: Callable[[float], None] = lambda _seconds: None,
        sound: Callable[[str], bytes | None] = lambda _name: None,
        voices: Mapping[str, Voice] = {},
    ) -> None:
        self._line = line
        self._post = post
        self._on_gap = on_gap
        self._sound = sound
        self._loop = asyncio.get_running_loop()
        self._generation = 0
        self._queue: deque[Segment] = deque()
        self._rendering = Rendering(voice, voices)
        self._audio = b""  # of the segment being sent
        self._sent = 0  # bytes of it
        self._current: Segment | None = None
        self._ahead_until = 0.0  # loop time at which everything sent will have played
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    def say(self, segments: tuple[Segment, ...], generation: int, *, first: bool = False) -> None:
        """Queue sentences. first: before all that have not begun, even one whose sound is awaited."""
        if self._closed or generation != self._generation:
            return
        if first:
            self._current = self._current if self._audio else None
            self._queue.extendleft(reversed(segments))
        else:
            self._queue.extend(segments)
        self._render_ahead()
        if self._current is None and self._timer is None:
            self._next()

    def prepare(self, words: tuple[Words, ...], *, urgent: bool) -> None:
        """Have the sound of sentences ready that may be said soon."""
        if not self._closed:
            self._rendering.prepare(words, urgent=urgent)

    def stop(self, generation: int) -> None:
        """Silence now; what follows belongs to the new generation."""
        self._generation = generation
        self._forget()
        if not self._closed:
            self._line.clear()

    def close(self) -> None:
        """Stop all work. Nothing is sent any more."""
        self._closed = True
        self._forget()
        self._rendering.close()

    def _forget(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        self._rendering.drop_unprepared()
        self._queue.clear()
        self._current = None
        self._audio, self._sent = b"", 0
        self._ahead_until = 0.0

    def _render_ahead(self) -> None:
        for segment in list(self._queue)[: LOOK_AHEAD + 1]:
            if not segment.sound and self._ready(segment) is None:
                self._rendering.order(_words(segment))

    def _ready(self, segment: Segment) -> bytes | None:
        """The sound of a segment, if nothing has to be made for it."""
        return self._sound(segment.sound) if segment.sound else self._rendering.ready(_words(segment))

    def _next(self) -> None:
        """Begin the next segment, now or when its audio is there."""
        self._timer = None
        self._current = None
        if not self._queue:
            return
        segment = self._queue[0]
        audio = self._ready(segment)
        if audio is not None:
            self._begin(segment, audio)
        elif segment.sound:
            self._failed(segment, f"there is no sound '{segment.sound}'")
        else:
            self._current = segment
            task = self._rendering.order(_words(segment))
            task.add_done_callback(lambda done: self._rendered(segment, done))

    def _rendered(self, segment: Segment, task: asyncio.Task[bytes]) -> None:
        if self._closed or task.cancelled() or self._current is not segment or self._audio:
            return
        error = task.exception()
        if error is None:
            self._begin(segment, task.result())
            return
        self._failed(
            segment, str(error) if isinstance(error, EngineError) else f"{type(error).__name__}: {error}"
        )

    def _failed(self, segment: Segment, reason: str) -> None:
        self._queue.popleft()
        self._current = None
        self._post(EngineFailed("voice", reason, segment=segment.id))
        if self._current is None and not self._closed:
            self._next()

    def _begin(self, segment: Segment, audio: bytes) -> None:
        self._queue.popleft()
        self._rendering.done_with(_words(segment))
        audio = from_quiet_place(audio, segment.skip_ms) + _SILENCE * (segment.pause_ms * 8)
        self._current, self._audio, self._sent = segment, audio, 0
        self._render_ahead()
        generation = self._generation
        self._send()
        if generation == self._generation:
            self._post(SpeakingBegan(segment.id, len(audio) // 8))

    def _send(self) -> None:
        """Send the next chunk and set the timer for the one behind it."""
        self._timer = None
        segment = self._current
        if self._closed or segment is None:
            return
        now = self._loop.time()
        if self._sent and now > self._ahead_until:
            self._on_gap(now - self._ahead_until)
        chunk = self._audio[self._sent : self._sent + _CHUNK]
        self._sent += len(chunk)
        last = self._sent >= len(self._audio)
        self._line.play(chunk, mark_name(self._generation, segment.id, self._sent // 8, last=last))
        self._ahead_until = max(self._ahead_until, now) + len(chunk) / 8000
        if last:
            self._current, self._audio, self._sent = None, b"", 0
        # One chunk ahead: the next goes out when the one before the last sent has played.
        due = self._ahead_until - CHUNK_MS / 1000
        self._timer = self._loop.call_at(max(now, due), self._next if last else self._send)


def _words(segment: Segment) -> Words:
    return Words(segment.words, segment.fixed, segment.rate, segment.language)
