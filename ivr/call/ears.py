"""The ears of a call: they keep what the caller says and notice when speech begins and ends.

Frames come in on the carrier's pace (usually 20 ms of mu-law); a gap in their timestamps is filled
with silence, so that a position in the buffer is a time on the line. The detector sees windows of
32 ms. Only beginnings and ends of speech become events.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ivr.call.ports import DetectorStream, SpeechDetector
from ivr.core.events import SpeechBegan, SpeechEnded

BYTES_PER_MS: Final = 8
WINDOW_MS: Final = 32
_WINDOW: Final = WINDOW_MS * BYTES_PER_MS
_SILENCE: Final = b"\xff"
KEEP_MS: Final = 45_000
"""Audio that is kept for the recogniser: more than the longest turn."""
_FULL: Final = KEEP_MS * BYTES_PER_MS + _WINDOW * 100
MAX_GAP_MS: Final = 2_000
"""A longer gap in the carrier's timestamps is a new start, not lost audio."""


@dataclass(frozen=True, slots=True)
class SpeechSettings:
    """When a run of probabilities counts as speech.

    begin, end   probability at which speech begins, and below which it may end (0..1)
    end_ms       how long it must stay below `end`
    tail_db      sound this far below the loudest of the utterance is no speech any more, whatever the
                 detector says: it lets go of a word 100 to 300 ms late, and the caller should not wait
                 for that
    faint_ms     so much of such sound ends the speech; `brief_faint_ms` where it was shorter than
                 `brief_ms`, as a yes or no is
    floor_db     nor is sound speech that is less than this above the noise of the line
    early_ms     but where speech begins, so much of sound before it that is above that noise belongs to it:
                 the detector is sure of a voice, and late for the breath or the "s" that it begins with
    """

    begin: float = 0.4
    end: float = 0.35
    end_ms: int = 96
    tail_db: float = 30.0
    faint_ms: int = 128
    brief_ms: int = 800
    brief_faint_ms: int = 96
    floor_db: float = 6.0
    early_ms: int = 96


_QUIETEST: Final = 1e-7
"""Power of a line without any noise: -70 dBFS."""
_LOUDEST_FLOOR: Final = 10 ** (-42 / 10)
"""Of louder noise only so much counts, so that a soft voice over music is still heard."""
_FLOOR_PACE: Final = 0.06
"""Share of each window without speech in the estimate of the noise: it follows within half a second."""
_RECENT_MS: Final = 640
"""The loudness of an utterance is kept for so long after its end: what is faint beside it is no speech."""


class SpeechGate:
    """Judgements of 32 ms windows in, beginnings and ends of speech out. Pure."""

    def __init__(self, settings: SpeechSettings) -> None:
        self._settings = settings
        self._tail = 10 ** (-settings.tail_db / 10)
        self._above = 10 ** (settings.floor_db / 10)
        self._speaking = False
        self._spoken_ms = 0  # since the speech began
        self._quiet_ms = 0  # how long the detector has called it no speech
        self._audible_ms = 0  # how long it has been louder than the noise, without speech
        self._faint_ms = 0  # how long nothing has been loud enough for speech
        self._loudest = 0.0
        self._floor = _QUIETEST

    @property
    def floor(self) -> float:
        """The power of the line's own noise, as far as it is known."""
        return self._floor

    @property
    def ended_ms_ago(self) -> int:
        """After `take` gave `ended`: how long before the end of that window the last sound of speech was."""
        return max(self._quiet_ms, self._faint_ms)

    @property
    def began_ms_ago(self) -> int:
        """After `take` gave `began`: how long before the end of that window the speech began."""
        return WINDOW_MS + min(self._audible_ms, self._settings.early_ms)

    def take(self, probability: float, power: float) -> str:
        """Gives `began` (see `began_ms_ago`), `ended` (see `ended_ms_ago`), or an empty string."""
        faint = power < max(self._loudest * self._tail, self._floor * self._above)
        if not self._speaking:
            audible = power > self._floor * self._above
            self._wait(probability, power)
            if probability < self._settings.begin or faint:
                self._audible_ms = self._audible_ms + WINDOW_MS if audible else 0
                return ""
            self._speaking, self._loudest = True, power
            self._spoken_ms = self._quiet_ms = self._faint_ms = 0
            return "began"
        self._spoken_ms += WINDOW_MS
        self._loudest = max(self._loudest, power)
        self._faint_ms = self._faint_ms + WINDOW_MS if faint else 0
        self._quiet_ms = self._quiet_ms + WINDOW_MS if probability < self._settings.end else 0
        if self._quiet_ms < self._settings.end_ms and self._faint_ms < self._limit_ms():
            return ""
        self._speaking, self._audible_ms = False, 0
        return "ended"

    def _limit_ms(self) -> int:
        brief = self._spoken_ms - self._faint_ms < self._settings.brief_ms
        return self._settings.brief_faint_ms if brief else self._settings.faint_ms

    def _wait(self, probability: float, power: float) -> None:
        """A window without speech: learn the noise of the line, forget the loudness of what was said."""
        self._quiet_ms += WINDOW_MS
        if self._quiet_ms > _RECENT_MS:
            self._loudest = 0.0
        if probability < self._settings.end:
            noise = min(max(power, _QUIETEST), _LOUDEST_FLOOR)
            self._floor += _FLOOR_PACE * (noise - self._floor)


_SOONEST_OF_MS: Final = 3_000


class LineClock:
    """When a position on the line was, on the call's clock (ms).

    Audio may come late, and then in a burst, but never early: what came soonest in the last seconds tells.
    """

    def __init__(self) -> None:
        self.offset_ms: int = 0
        self._soonest = 0
        self._until_ms = -1

    def came(self, position_ms: int, now_ms: int) -> None:
        """Audio up to this position is here now."""
        offset = now_ms - position_ms
        if self._until_ms < 0:
            self.offset_ms, self._soonest, self._until_ms = offset, offset, position_ms + _SOONEST_OF_MS
        self._soonest = min(self._soonest, offset)
        self.offset_ms = min(self.offset_ms, offset)
        if position_ms >= self._until_ms:
            self.offset_ms, self._soonest = self._soonest, offset
            self._until_ms = position_ms + _SOONEST_OF_MS

    def restart(self) -> None:
        """What comes next has nothing to do with what came before."""
        self._until_ms = -1


class Ears:
    """One caller's audio. `now` gives ms since the call began; `post` takes the events.

    keeping  true while a message is taken: nothing is dropped, however long it gets
    """

    def __init__(
        self,
        detector: SpeechDetector,
        post: Callable[[SpeechBegan | SpeechEnded], None],
        now: Callable[[], int],
        settings: SpeechSettings | None = None,
    ) -> None:
        self._post = post
        self._now = now
        self._gate = SpeechGate(settings or SpeechSettings())
        self._stream: DetectorStream = detector.open(self._judged)
        self._buffer = bytearray()
        self._dropped_ms = 0  # audio before the buffer's first byte
        self._fed = 0  # bytes of the buffer the detector has seen
        self._judged_ms = 0  # position on the line that the detector's answers have reached
        self._clock = LineClock()
        self._began_ms = 0  # when speech last began
        self._next_timestamp = -1
        self._closed = False
        self.keeping = False

    @property
    def position_ms(self) -> int:
        """How much audio has come in."""
        return self._dropped_ms + len(self._buffer) // BYTES_PER_MS

    def frame(self, mulaw: bytes, timestamp_ms: int) -> None:
        """Take a frame. Late and repeated frames are dropped; lost ones become silence."""
        if timestamp_ms != self._next_timestamp and not self._resumes(timestamp_ms):
            return
        self._next_timestamp = timestamp_ms + len(mulaw) // BYTES_PER_MS
        self._append(mulaw)

    def _resumes(self, timestamp_ms: int) -> bool:
        """Whether to take a frame that is not the next one; silence stands in for those between."""
        if self._closed:
            return False
        gap = timestamp_ms - self._next_timestamp
        if self._next_timestamp < 0 or not -MAX_GAP_MS <= gap <= MAX_GAP_MS:
            self._clock.restart()  # the first frame, or the carrier's clock jumped: go on from here
            return True
        if gap > 0:
            self._append(_SILENCE * (gap * BYTES_PER_MS))
        return gap > 0

    def cut(self, from_ms: int, to_ms: int) -> bytes:
        """The caller's audio between two moments of the call, as far as it is still kept."""
        offset = self._clock.offset_ms + self._dropped_ms
        begin = max(0, from_ms - offset) * BYTES_PER_MS
        end = max(0, to_ms - offset) * BYTES_PER_MS
        return bytes(self._buffer[begin:end])

    def close(self) -> None:
        """Keep nothing, and take no frame any more."""
        self._closed, self._next_timestamp = True, -1
        self._stream.close()
        self._buffer.clear()

    def _append(self, mulaw: bytes) -> None:
        buffer = self._buffer
        buffer += mulaw
        if len(buffer) - self._fed < _WINDOW:
            return
        self._clock.came(self.position_ms, self._now())
        while len(buffer) - self._fed >= _WINDOW:  # what a window brings about may close the ears
            window = bytes(buffer[self._fed : self._fed + _WINDOW])
            self._fed += _WINDOW
            self._stream.feed(window)
        if len(buffer) >= _FULL and not self.keeping:  # drop in large steps: moving the buffer costs
            surplus = len(buffer) - KEEP_MS * BYTES_PER_MS
            surplus -= surplus % BYTES_PER_MS
            del self._buffer[:surplus]
            self._fed -= surplus
            self._dropped_ms += surplus // BYTES_PER_MS

    def _judged(self, probability: float, power: float) -> None:
        self._judged_ms += WINDOW_MS
        change = self._gate.take(probability, power)
        if not change:
            return
        end_of_window = self._clock.offset_ms + self._judged_ms
        if change == "began":
            self._began_ms = max(0, end_of_window - self._gate.began_ms_ago)
            self._post(SpeechBegan(self._began_ms))
        else:
            self._post(SpeechEnded(max(self._began_ms, end_of_window - self._gate.ended_ms_ago)))
