"""The sound of a call's sentences, ordered before it is needed, and kept until it is said.

What is ordered lives in this call only: sentences with a caller's data in them are in no cache. Few are
kept, the least lately wanted go first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Final

from ivr.call.ports import Voice
from ivr.core.commands import Words

MOST: Final = 12
"""Sentences that one call keeps ready."""


class Rendering:
    """Sentences under way and ready, for one call.

    voices  for other languages, by their two letters; in a language that has none `voice` speaks
    """

    def __init__(self, voice: Voice, voices: Mapping[str, Voice]) -> None:
        self._voice = voice
        self._voices = voices
        self._tasks: dict[Words, asyncio.Task[bytes]] = {}  # the least lately wanted first
        self._prepared: set[Words] = set()

    def ready(self, words: Words) -> bytes | None:
        """The sound, if nothing has to be made for it any more."""
        if not words.spoken:
            return b""
        task = self._tasks.get(words)
        if task is not None and task.done() and not task.cancelled() and task.exception() is None:
            return task.result()
        return self._voice_of(words).ready_audio(words.spoken, words.rate)

    def order(self, words: Words, *, ahead: bool = False) -> asyncio.Task[bytes]:
        """Have it made; the task of whoever ordered it first. One that failed is tried again."""
        task = self._tasks.pop(words, None)
        if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
            work = self._voice_of(words).render(words.spoken, keep=words.fixed, rate=words.rate, ahead=ahead)
            task = asyncio.get_running_loop().create_task(work)
            # A sentence that nobody wants any more has nobody left to hear of its failure.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._tasks[words] = task
        self._trim()
        return task

    def prepare(self, several: Iterable[Words], *, urgent: bool) -> None:
        """Have ready what may be said soon."""
        for words in several:
            if self.ready(words) is None:
                self._prepared.add(words)
                self.order(words, ahead=not urgent)

    def done_with(self, words: Words) -> None:
        """It is being said: it need not be kept."""
        self._prepared.discard(words)
        task = self._tasks.pop(words, None)
        if task is not None:
            task.cancel()

    def drop_unprepared(self) -> None:
        """What was ordered because it was about to be said will not be said."""
        for words in [words for words in self._tasks if words not in self._prepared]:
            self.done_with(words)

    def close(self) -> None:
        """Stop everything."""
        for words in list(self._tasks):
            self.done_with(words)

    def _voice_of(self, words: Words) -> Voice:
        return self._voices.get(words.language.partition("-")[0], self._voice)

    def _trim(self) -> None:
        while len(self._tasks) > MOST:
            self.done_with(next(iter(self._tasks)))


def from_quiet_place(audio: bytes, at_ms: int) -> bytes:
    """The sound (mu-law) from the quietest moment near `at_ms` on, so that no word is cut in two."""
    frame = _FRAME_MS * 8
    first = max(0, at_ms - _BEFORE_MS) // _FRAME_MS
    last = min(len(audio) // frame - 1, (at_ms + _AFTER_MS) // _FRAME_MS)
    if at_ms <= 0 or last <= first:
        return audio if at_ms <= 0 else audio[at_ms * 8 :]
    quietest = min(range(first, last + 1), key=lambda n: _loudness(audio[n * frame : (n + 1) * frame]))
    return audio[quietest * frame :]


_FRAME_MS: Final = 10
_BEFORE_MS: Final = 160
_AFTER_MS: Final = 60


def _loudness(mulaw: bytes) -> int:
    """Something that grows with the sound: the sum of the magnitudes' codes."""
    return sum(~byte & 0x7F for byte in mulaw)
