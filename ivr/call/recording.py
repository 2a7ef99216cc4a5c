"""The recording of a call: both sides on one axis of time, as the caller's end of the line had them.

What the caller says is placed by the carrier's timestamps. What we say is placed where the carrier played
it: a mark that comes back tells when the sound before it ended, and one that comes back too early tells
that the rest of it was cleared and never heard. Nothing here waits or touches a disk: pieces that can not
change any more are handed to a `Tape`, which writes them in its own time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ivr.call.lines import Line, Transfer
from ivr.call.ports import Tape

BYTES_PER_MS: Final = 8
SETTLED_MS: Final = 3_000
"""What is older than this does not change any more: its marks have come back, or never will."""

_SILENCE: Final = b"\xff"
_EARLY_MS: Final = 60
"""A mark that comes back this much before its sound can have ended was cleared."""
_JUMP_MS: Final = 1_000
"""A carrier's timestamp that is further than this from our clock begins a new count."""
_WRITE_MS: Final = 1_000


class Side:
    """One side: mu-law from `base_ms` on. Pieces may come in any order as long as they are not taken."""

    def __init__(self, base_ms: int) -> None:
        self.base_ms = base_ms
        self._sound = bytearray()

    def place(self, start_ms: int, audio: bytes) -> None:
        """Put sound where it was heard; what is before `base_ms` is too late."""
        offset = (start_ms - self.base_ms) * BYTES_PER_MS
        if offset < 0:
            audio, offset = audio[-offset:], 0
        missing = offset - len(self._sound)
        if missing > 0:
            self._sound += _SILENCE * missing
        self._sound[offset : offset + len(audio)] = audio

    def take(self, until_ms: int) -> bytes:
        """What was heard up to a moment, silence where there was nothing; it is forgotten here."""
        size = max(0, until_ms - self.base_ms) * BYTES_PER_MS
        sound = bytes(self._sound[:size])
        del self._sound[:size]
        self.base_ms = max(self.base_ms, until_ms)
        return sound + _SILENCE * (size - len(sound))


@dataclass(frozen=True, slots=True)
class _Sent:
    """A chunk of ours whose mark has not come back."""

    audio: bytes
    mark: str
    at_ms: int

    @property
    def length_ms(self) -> int:
        return len(self.audio) // BYTES_PER_MS


class TwoSides:
    """Both sides of a call. All times in ms since the call began; no clock is read."""

    def __init__(self, base_ms: int) -> None:
        self._caller = Side(base_ms)
        self._agent = Side(base_ms)
        self._first: tuple[int, int] | None = None  # a timestamp of the carrier's, and when it was here
        self._sent: deque[_Sent] = deque()
        self._played_to_ms = base_ms - 1
        self._way_ms = 0  # from sending a chunk to its first sound, as a mark tells it

    @property
    def base_ms(self) -> int:
        """Where the next `take` begins."""
        return self._caller.base_ms

    def caller(self, mulaw: bytes, timestamp_ms: int, now: int, *, hidden: bool = False) -> None:
        """A frame of the caller's, with the carrier's time of its first byte. `hidden`: keep silence."""
        begins = now - len(mulaw) // BYTES_PER_MS
        if self._first is not None:
            told = self._first[1] + timestamp_ms - self._first[0]
            begins = told if abs(told - begins) <= _JUMP_MS else -1
        if self._first is None or begins < 0:
            begins = now - len(mulaw) // BYTES_PER_MS
            self._first = (timestamp_ms, begins)
        self._caller.place(begins, _SILENCE * len(mulaw) if hidden else mulaw)

    def new_stream(self) -> None:
        """The carrier's timestamps begin anew, and what was not played never will be."""
        self._first = None
        self._sent.clear()

    def sent(self, audio: bytes, mark: str, now: int, *, hidden: bool = False) -> None:
        """A chunk of ours was sent. `hidden`: keep silence of the same length."""
        self._sent.append(_Sent(_SILENCE * len(audio) if hidden else audio, mark, now))

    def returned(self, mark: str, now: int) -> None:
        """A mark came back: the chunk before it has ended, or was cleared."""
        if not any(chunk.mark == mark for chunk in self._sent):
            return
        while True:
            chunk = self._sent.popleft()
            if chunk.mark == mark:
                self._ended(chunk, now)
                return
            self._place(chunk, self._expected(chunk), chunk.length_ms)

    def take(self, until_ms: int) -> tuple[bytes, bytes]:
        """Caller and agent up to a moment: mu-law of one length. It will not be given again."""
        while self._sent and self._expected(self._sent[0]) < until_ms:
            chunk = self._sent.popleft()  # a carrier without marks: it has played as computed
            begins = self._expected(chunk)
            self._place(chunk, begins, min(chunk.length_ms, until_ms - begins))
        return self._caller.take(until_ms), self._agent.take(until_ms)

    def _expected(self, chunk: _Sent) -> int:
        """When a chunk begins to sound, as far as can be known without its mark."""
        return max(self._played_to_ms, chunk.at_ms + self._way_ms)

    def _ended(self, chunk: _Sent, now: int) -> None:
        begins, length = self._expected(chunk), chunk.length_ms
        if now < begins + length - _EARLY_MS:
            self._place(chunk, begins, max(0, now - begins))
            return
        follows = chunk.at_ms + self._way_ms <= self._played_to_ms
        if not follows:  # the first chunk after silence: its mark tells when it began
            self._way_ms = max(0, now - length - chunk.at_ms)
        if not follows or now - length - begins > _EARLY_MS:
            begins = max(self._played_to_ms, now - length)
        self._place(chunk, begins, length)

    def _place(self, chunk: _Sent, begins_ms: int, length_ms: int) -> None:
        if length_ms > 0:
            self._agent.place(begins_ms, chunk.audio[: length_ms * BYTES_PER_MS])
            self._played_to_ms = begins_ms + length_ms


class Recorder:
    """Records one call onto a tape while it is told to. Given all that passes on the line, with its time."""

    def __init__(self, tape: Tape, now: int) -> None:
        self._tape = tape
        self._sides = TwoSides(now)
        self._written_at_ms = now
        self.running = True

    def start(self) -> None:
        """Go on recording; while it stood still there is silence on the tape."""
        self.running = True

    def stop(self, now: int) -> None:
        """Record no more, until `start`."""
        self._write(now)
        self._sides.new_stream()
        self.running = False

    def new_stream(self, now: int) -> None:
        """The call goes on in another stream."""
        self._write(now)
        self._sides.new_stream()

    def caller(self, mulaw: bytes, timestamp_ms: int, now: int, *, hidden: bool) -> None:
        """A frame of the caller's. `hidden`: it belongs to a sensitive turn."""
        if not self.running:
            return
        self._sides.caller(mulaw, timestamp_ms, now, hidden=hidden)
        if now - self._written_at_ms >= _WRITE_MS:
            self._written_at_ms = now
            self._write(now - SETTLED_MS)

    def sent(self, audio: bytes, mark: str, now: int, *, hidden: bool) -> None:
        """A chunk of ours went out. `hidden`: a sensitive slot is in its words."""
        if self.running:
            self._sides.sent(audio, mark, now, hidden=hidden)

    def returned(self, mark: str, now: int) -> None:
        """A mark came back."""
        self._sides.returned(mark, now)

    def close(self, now: int) -> None:
        """The call is over."""
        if self.running:
            self._write(now)
        self._tape.close()

    def _write(self, until_ms: int) -> None:
        if until_ms > self._sides.base_ms:
            self._tape.write(*self._sides.take(until_ms))


class TappedLine:
    """A `Line` that lets a recorder listen, and whose other end may be replaced while the call goes on.

    hidden  segments with a sensitive slot in their words
    """

    def __init__(self, line: Line, now: Callable[[], int]) -> None:
        self.line = line
        self.recorder: Recorder | None = None
        self.hidden: set[str] = set()
        self._now = now

    def play(self, audio: bytes, mark: str) -> None:
        if self.recorder is not None:
            hidden = bool(self.hidden) and mark.split(".", 2)[1] in self.hidden
            self.recorder.sent(audio, mark, self._now(), hidden=hidden)
        self.line.play(audio, mark)

    def clear(self) -> None:
        self.line.clear()

    def transfer(self, transfer: Transfer) -> None:
        self.line.transfer(transfer)

    def hang_up(self, reason: str) -> None:
        self.line.hang_up(reason)
