"""The simulated caller's side of the line: what is said, cut into frames of 20 ms."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Final

from ivr.core.errors import CarrierError
from ivr.edges.carrier_playout import BYTES_PER_MS, SILENCE

FRAME_MS: Final = 20
FRAME_BYTES: Final = FRAME_MS * BYTES_PER_MS


@dataclass(frozen=True, slots=True)
class Spoken:
    """When an utterance of the caller was on the line (ms)."""

    began_ms: int
    ended_ms: int


class CallerVoice:
    """What the caller says, cut into frames."""

    def __init__(self) -> None:
        self.said = bytearray()  # 8 bytes a millisecond
        self._waiting: deque[tuple[bytes, asyncio.Future[Spoken]]] = deque()
        self._began_ms = 0
        self._position = 0

    def say(self, mulaw: bytes, future: asyncio.Future[Spoken]) -> None:
        self._waiting.append((mulaw, future))

    def away(self, until_ms: int) -> None:
        """The call had no stream until this moment: what was not said by then was silence."""
        self.said += SILENCE * (until_ms * BYTES_PER_MS - len(self.said))

    def frame(self, at_ms: int) -> bytes:
        """The frame that begins at `at_ms`: speech if there is any, else silence."""
        frame = b""
        if self._waiting:
            speech, future = self._waiting[0]
            if self._position == 0:
                self._began_ms = at_ms
            frame = speech[self._position : self._position + FRAME_BYTES]
            self._position += FRAME_BYTES
            if self._position >= len(speech):
                self._waiting.popleft()
                self._position = 0
                if not future.done():
                    future.set_result(Spoken(self._began_ms, self._began_ms + len(speech) // BYTES_PER_MS))
        frame += SILENCE * (FRAME_BYTES - len(frame))
        self.said += frame
        return frame

    def fail(self) -> None:
        """The call is over: nothing more will be said."""
        for _, future in self._waiting:
            if not future.done():
                future.set_exception(
                    CarrierError("the call ended before the caller had said all; see its end.")
                )
                future.exception()  # nobody has to ask for it
        self._waiting.clear()
