"""Small real classes for the ports of a call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from ivr.call.lines import Transfer
from ivr.call.ports import Transcript, Urgency, WindowJudged, WorkResult
from ivr.core.commands import Expectation, HttpRequest
from ivr.core.errors import EngineError
from ivr.core.events import Meaning
from ivr.core.flow.model import Flow

SPEECH = b"\x10"
SILENCE = b"\xff"


class FakeLine:
    """Keeps what a call sends; plays it on the loop's clock and returns marks like a carrier."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.sent: list[tuple[float, bytes, str]] = []
        self.clears: list[float] = []
        self.ended: list[str] = []
        self.transfers: list[Transfer] = []
        self.on_mark: Callable[[str], None] = lambda _name: None
        self.returns_marks = True
        self._played_until = 0.0
        self._pending: list[tuple[str, asyncio.TimerHandle]] = []

    @property
    def audio(self) -> bytes:
        return b"".join(chunk for _, chunk, _ in self.sent)

    def play(self, audio: bytes, mark: str) -> None:
        now = self.loop.time()
        self.sent.append((now, audio, mark))
        self._played_until = max(self._played_until, now) + len(audio) / 8000
        if self.returns_marks:
            timer = self.loop.call_at(self._played_until, self._return, mark)
            self._pending.append((mark, timer))

    def clear(self) -> None:
        self.clears.append(self.loop.time())
        pending, self._pending = self._pending, []
        self._played_until = 0.0
        for mark, timer in pending:
            timer.cancel()
            self.loop.call_soon(self.on_mark, mark)

    def transfer(self, transfer: Transfer) -> None:
        self.transfers.append(transfer)
        self.ended.append(f"transfer {transfer.contact.number}")

    def hang_up(self, reason: str) -> None:
        self.ended.append(f"hang up {reason}")

    def _return(self, mark: str) -> None:
        self._pending = [(name, timer) for name, timer in self._pending if name != mark]
        self.on_mark(mark)


class FakeVoice:
    """Speaks `pace` ms a character, after `delay` seconds; what is in `ready` needs none. `broken` fails."""

    def __init__(self, delay: float = 0.0, ready: tuple[str, ...] = (), pace: int = 10) -> None:
        self.delay = delay
        self.pace = pace
        self.ready = set(ready)
        self.broken = False
        self.rendered: list[str] = []
        self.rates: list[float] = []

    def ready_audio(self, text: str, rate: float = 1.0) -> bytes | None:
        return self._audio(text) if text in self.ready and rate == 1.0 else None

    async def render(self, text: str, *, keep: bool = True, rate: float = 1.0, ahead: bool = False) -> bytes:
        self.rendered.append(text)
        self.rates.append(rate)
        await asyncio.sleep(self.delay)
        if self.broken:
            raise EngineError("the voice is broken")
        return self._audio(text)

    def _audio(self, text: str) -> bytes:
        return SPEECH * (8 * self.pace * len(text))


class FakeRecogniser:
    """Hears the texts it was given, one a turn, after `delay` seconds; an exception is raised."""

    def __init__(self, *heard: str | Exception, delay: float = 0.1) -> None:
        self.heard = list(heard)
        self.delay = delay
        self.audio: list[bytes] = []
        self.languages: list[str] = []

    async def transcribe(
        self,
        audio: bytes,
        hints: tuple[str, ...] = (),
        language: str = "",
        urgency: Urgency | None = None,
    ) -> Transcript:
        self.languages.append(language)
        self.audio.append(audio)
        heard = self.heard.pop(0) if self.heard else ""
        await asyncio.sleep(self.delay)
        if isinstance(heard, Exception):
            raise heard
        return Transcript(heard, 0.9 if heard else 0.0)


class FakeReader:
    """Looks meanings up by the words."""

    def __init__(self, meanings: dict[str, Meaning]) -> None:
        self.meanings = meanings

    async def understand(self, text: str, expectation: Expectation) -> Meaning:
        await asyncio.sleep(0.01)
        return self.meanings.get(text, Meaning("nothing"))


class FakeDetector:
    """Calls any window with sound in it speech, at once."""

    def open(self, on_window: WindowJudged) -> FakeStream:
        return FakeStream(on_window)


class FakeStream:
    def __init__(self, on_window: WindowJudged) -> None:
        self._on_window = on_window

    def feed(self, window: bytes) -> None:
        share = window.count(SPEECH) / len(window)
        self._on_window(1.0 if share > 0.5 else 0.0, 0.2 * share)

    def close(self) -> None:
        pass


class MemoryJournal:
    """Keeps the rows in memory."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, int, int, dict[str, Any]]] = []
        self.began: list[str] = []
        self.ended: dict[str, str] = {}
        self.left: list[str] = []

    def begin(  # noqa: PLR0913 -- as the port has it
        self, call_id: str, *, flow: Flow, flow_source: str, caller: str, called: str, wall_ms: int
    ) -> None:
        self.began.append(call_id)

    def append(self, call_id: str, seq: int, at_ms: int, event: dict[str, Any]) -> None:
        self.rows.append((call_id, seq, at_ms, event))

    def leave(self, call_id: str) -> None:
        self.left.append(call_id)

    def end(self, call_id: str, outcome: str, path: tuple[str, ...], wall_ms: int) -> None:
        self.ended[call_id] = outcome


class FakeMeter:
    """Counts what a call counts."""

    def __init__(self) -> None:
        self.ends: list[tuple[str, float]] = []
        self.turns: list[str] = []
        self.responses: list[float] = []
        self.barge_ins: list[float] = []
        self.gaps: list[float] = []
        self.counts: dict[str, int] = {}

    def call_ended(self, outcome: str, seconds: float) -> None:
        self.ends.append((outcome, seconds))

    def turn(self, decided_by: str) -> None:
        self.turns.append(decided_by)

    def responded(self, seconds: float) -> None:
        self.responses.append(seconds)

    def barged_in(self, seconds: float) -> None:
        self.barge_ins.append(seconds)

    def counted(self, what: str, seconds: float) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    def playout_gap(self, seconds: float) -> None:
        self.gaps.append(seconds)


class FakeWeb:
    """Answers after `delay` seconds with what it was given; an exception is raised."""

    def __init__(self, answer: WorkResult | Exception, delay: float = 0.1) -> None:
        self.answer = answer
        self.delay = delay
        self.asked: list[tuple[HttpRequest, str]] = []
        self.cancelled = 0

    async def request(self, order: HttpRequest, *, once: str) -> WorkResult:
        self.asked.append((order, once))
        try:
            await asyncio.sleep(self.delay)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer
