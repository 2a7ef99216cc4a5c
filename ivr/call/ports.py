"""What one call needs from the world, as Protocols. Engines and edges implement them; fakes live beside the tests.

Audio is G.711 mu-law, 8 kHz, mono: 8 bytes a millisecond.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from ivr.core.commands import Expectation
from ivr.core.events import Meaning
from ivr.core.flow.model import Contact


@dataclass(frozen=True, slots=True)
class Transcript:
    """What the recogniser heard: plain text ("" when nothing counts as words) and 0..1 confidence.

    `why_empty` says why words were thrown away, for the log: `no_speech`, `low_probability`,
    `repetition`, `punctuation`.
    """

    text: str
    confidence: float
    why_empty: str = ""


class Recogniser(Protocol):
    """Speech to text."""

    async def transcribe(self, audio: bytes, hints: tuple[str, ...] = ()) -> Transcript:
        """Recognise an utterance (mu-law). Raises `EngineError` when the engine fails or is too slow."""
        ...


class Voice(Protocol):
    """Text to speech, with whatever caching the engine has."""

    def ready_audio(self, text: str) -> bytes | None:
        """The mu-law of `text` if it needs no synthesis (kept in memory); never blocks."""
        ...

    async def render(self, text: str) -> bytes:
        """The mu-law of one sentence. Raises `EngineError`."""
        ...


class DetectorStream(Protocol):
    """Speech detection for one call. Windows are 32 ms (256 bytes of mu-law)."""

    def feed(self, window: bytes) -> None:
        """Take one window; its speech probability comes back through the callback, in order, soon."""
        ...

    def close(self) -> None: ...


class SpeechDetector(Protocol):
    """Speech detection, batched over all calls."""

    def open(self, on_probability: Callable[[float], None]) -> DetectorStream: ...


class Reader(Protocol):
    """Words to meaning, for one flow (trained when the flow was loaded)."""

    async def understand(self, text: str, expectation: Expectation) -> Meaning:
        """Raises `EngineError`."""
        ...


class Line(Protocol):
    """The carrier's side of a call. No method blocks; what cannot be sent any more is dropped."""

    def play(self, audio: bytes, mark: str) -> None:
        """Send mu-law, then a mark that the carrier returns when the audio before it has played."""
        ...

    def clear(self) -> None:
        """Silence the carrier's buffer; pending marks come back at once."""
        ...

    def transfer(self, contact: Contact) -> None:
        """Hand the caller to `contact` and leave the call."""
        ...

    def hang_up(self, reason: str) -> None: ...


class Journal(Protocol):
    """Where the events of calls are kept, in order. Never blocks; writes soon."""

    def begin(self, call_id: str, *, flow_name: str, flow_digest: str, flow_source: str, wall_ms: int) -> None: ...

    def append(self, call_id: str, seq: int, at_ms: int, event: dict[str, Any]) -> None: ...

    def end(self, call_id: str, outcome: str) -> None: ...
