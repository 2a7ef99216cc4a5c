"""A simulated carrier and caller: rings a server the way Twilio does, over the real webhooks and WebSocket.

It sends the caller's audio on an absolute clock, 20 ms at a time, plays what the server sends on a true
playout clock, and keeps both sides. Times are ms since the first stream began (the server's `start`).

As a carrier does, it follows what the server says by itself: it dials when a caller is handed over, whispers
to whoever picks up, and opens another stream when the call goes on.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Self

from aiohttp import ClientWebSocketResponse, WSMsgType

from ivr.core.errors import CarrierError
from ivr.edges.carrier_playout import SILENCE, Playout, Span
from ivr.edges.carrier_voice import FRAME_MS, CallerVoice, Spoken
from ivr.edges.carrier_web import STATUS_PATH, CarrierSettings, CarrierWeb
from ivr.wire import twiml
from ivr.wire.twilio_carrier import CarrierDecoder, CarrierEncoder
from ivr.wire.twilio_messages import Audio, Clear, Mark

__all__ = ["CallEnd", "CarrierSettings", "Ears", "SimulatedCarrier", "Span", "Spoken"]

_MAX_STEPS: Final = 40  # webhooks asked in one call, so that two that name each other end
_DIALLED: Final = {"no_answer": "no-answer", "refused": "no-answer"}
_FIRST_TIMESTAMP_MS: Final = 65  # a carrier's clock runs before the stream begins


@dataclass(frozen=True, slots=True)
class CallEnd:
    """How a call ended.

    by          `server` closed the last stream (or never opened one), or `caller` hung up
    close_code  the last WebSocket close code; 1006 when the socket broke, 0 when there was none
    steps       what the server said to do next, in order; empty when it was not asked
    unheard_ms  audio the server sent that the caller never heard, because the stream ended before
    """

    by: str
    close_code: int
    steps: tuple[twiml.Instructions, ...]
    unheard_ms: float

    @property
    def dialled(self) -> str:
        """Whom the caller was handed to: a number or `sip:` address, "" for nobody."""
        return next((step.dial_to for step in reversed(self.steps) if step.dial_to), "")


def _ignore(_at_ms: float) -> None:
    """Nobody listens."""


@dataclass(slots=True)
class Ears:
    """What the caller notices of the agent, each with its time in ms. Called on the event loop."""

    on_audio_started: Callable[[float], None] = _ignore
    on_clear: Callable[[float], None] = _ignore
    on_closed: Callable[[float], None] = _ignore


class SimulatedCarrier:
    """One call. `await ring()`, speak, press keys, listen, `await ended()`; `await close()` in any case."""

    def __init__(self, settings: CarrierSettings, ears: Ears | None = None) -> None:
        self.settings = settings
        self.ears = ears or Ears()
        self.call_id = "CA" + secrets.token_hex(16)
        self.stream_id = "MZ" + secrets.token_hex(16)
        self.instructions = twiml.Instructions()
        self.whispered = twiml.Instructions()
        self._web = CarrierWeb(settings, self.call_id)
        self._encoder = CarrierEncoder(self.stream_id, self.call_id)
        self._decoder = CarrierDecoder(self.stream_id)
        self._playout = Playout()
        self._mouth = CallerVoice()
        self._outbox: asyncio.Queue[bytes] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []  # of the stream that is open
        self._following: asyncio.Task[None] | None = None
        self._steps: list[twiml.Instructions] = []
        self._outcomes = deque(settings.dial_outcome.split(","))
        self._timer: asyncio.TimerHandle | None = None
        self._socket: ClientWebSocketResponse | None = None
        self._started_at = 0.0
        self._ended_ms: float | None = None
        self._last_ms = 0.0  # when the latest stream ended
        self._by = "server"
        self._close_code = 0
        self._fault: CarrierError | None = None
        self._stream_closed = asyncio.Event()
        self._closed = asyncio.Event()  # the call is over
        self._news = asyncio.Event()  # replaced each time it is set

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.close()

    # --- the call ---

    async def ring(self) -> twiml.Instructions:
        """Call the number: ask the voice webhook, and open the stream if it says so.

        Raises `CarrierError` when the server does not answer as a carrier expects.
        """
        if self.settings.stream_url:
            self.instructions = twiml.Instructions(stream_url=self.settings.stream_url)
        else:
            self.instructions = await self._web.post(
                self._web.address(self.settings.voice_path),
                {"CallStatus": "ringing", "Direction": "inbound"},
            )
        if self.instructions.stream_url:
            await self._open(self.instructions)
        else:
            self._stream_closed.set()
        self._following = asyncio.create_task(self._follow())
        return self.instructions

    async def ended(self) -> CallEnd:
        """Wait until the call is over. Raises `CarrierError` when the server broke the protocol."""
        assert self._following, "ring first"
        await asyncio.shield(self._following)
        if self._fault:
            raise self._fault
        unheard_ms = max(0.0, self._playout.end_ms - self.now_ms)
        return CallEnd(self._by, self._close_code, tuple(self._steps), unheard_ms)

    async def hang_up(self) -> None:
        """The caller hangs up: `stop`, and the socket is closed."""
        self._by = "caller"
        if self._socket is None or self._stream_closed.is_set():
            return
        self._tasks[0].cancel()
        self._put(self._encoder.stop())
        await self._outbox.join()
        await self._socket.close()

    async def drop(self) -> None:
        """The line breaks: the connection is gone without a word."""
        await self._web.close()

    async def close(self) -> None:
        """Leave nothing behind: no task, no connection. Safe to call twice."""
        tasks = [*self._tasks, *([self._following] if self._following else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._stream_over()
        self._over()
        if self._socket is not None:
            await self._socket.close()
        await self._web.close()

    # --- the caller speaks ---

    def speak(self, mulaw: bytes) -> asyncio.Future[Spoken]:
        """Say this after what is being said. The future tells when it was on the line.

        It fails with `CarrierError` when the call ends before all has been said.
        """
        future: asyncio.Future[Spoken] = asyncio.get_running_loop().create_future()
        self._mouth.say(mulaw, future)
        if self._closed.is_set():
            self._mouth.fail()
        return future

    def press(self, key: str) -> None:
        """Press a key of the telephone: 0-9, * or #."""
        self._put(self._encoder.key(key))

    @property
    def now_ms(self) -> float:
        """Time of the stream in ms; stands still when the call is over."""
        if self._ended_ms is not None:
            return self._ended_ms
        return (asyncio.get_running_loop().time() - self._started_at) * 1000 if self._started_at else 0.0

    # --- the caller listens ---

    @property
    def is_over(self) -> bool:
        """Whether the call has ended, whoever ended it."""
        return self._closed.is_set()

    @property
    def is_agent_speaking(self) -> bool:
        return self._ended_ms is None and self._playout.end_ms > self.now_ms

    @property
    def agent_spans(self) -> list[Span]:
        """The agent's audio as the caller heard it so far, as stretches without a hole."""
        return self._playout.spans(self.now_ms)

    def agent_audio_since(self, ms: float) -> bytes:
        """What the caller heard of the agent from `ms` until now (mu-law, silence included)."""
        return self._playout.heard(ms, self.now_ms)

    def recording(self) -> tuple[bytes, bytes]:
        """Both sides so far, caller and agent: mu-law of one length, sample beside sample."""
        agent = self._playout.heard(0, self.now_ms)
        caller = bytes(self._mouth.said[: len(agent)])
        return caller + SILENCE * (len(agent) - len(caller)), agent

    async def agent_speaks(self, after_ms: float = 0.0) -> float | None:
        """Wait for the first stretch of audio that begins at or after `after_ms`: when. `None`: call over."""
        while True:
            began = self._playout.first_start(after_ms)
            if began is not None or self._closed.is_set():
                return began
            await self._wait(None)

    async def agent_quiet(self, ms: float) -> bool:
        """Wait until the agent has been silent for `ms`. False when the call was over before."""
        while not self._closed.is_set():
            missing_ms = self._playout.end_ms + ms - self.now_ms
            if missing_ms <= 0:
                return True
            await self._wait(missing_ms / 1000)
        return False

    async def _wait(self, seconds: float | None) -> None:
        """Wait for news of the agent's audio or of the end, at most `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            pass

    def _tell(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    # --- the machinery ---

    async def _open(self, step: twiml.Instructions) -> None:
        """Open a stream. Its frames go on counting where the call is."""
        for task in self._tasks:  # of the stream before
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._encoder = CarrierEncoder(self.stream_id, self.call_id)
        self._decoder = CarrierDecoder(self.stream_id)
        self._outbox = asyncio.Queue()
        self._socket = await self._web.open(step.stream_url)
        await self._socket.send_frame(self._encoder.connected(), WSMsgType.TEXT)
        await self._socket.send_frame(self._encoder.start(step.parameters), WSMsgType.TEXT)
        self._playout.clear(self._last_ms)  # what an earlier stream had not played by its end
        if not self._started_at:
            self._started_at = asyncio.get_running_loop().time()
        self._stream_closed.clear()
        self._tasks = [asyncio.create_task(work) for work in (self._talk(), self._send(), self._receive())]

    async def _follow(self) -> None:
        """Do what the server says until the call is over; the first fault ends it."""
        step = self.instructions
        try:
            while True:
                await self._stream_closed.wait()
                if self._fault or self._by == "caller" or not step.action_url:
                    break
                if len(self._steps) >= _MAX_STEPS:
                    break
                told = await self._dial(step) if step.dial_to else {}
                step = await self._web.post(step.action_url, {"CallStatus": "in-progress", **told})
                self._steps.append(step)
                if step.stream_url:
                    self.stream_id = "MZ" + secrets.token_hex(16)
                    await self._open(step)
            if not self.settings.stream_url:
                seconds = str(round(self.now_ms / 1000))
                address = self._web.address(STATUS_PATH)
                await self._web.post(address, {"CallStatus": "completed", "CallDuration": seconds})
        except CarrierError as error:
            self._fault = self._fault or error
        finally:
            self._over()

    async def _dial(self, step: twiml.Instructions) -> dict[str, str]:
        """Ring whom the server names, with the outcome that the settings say; the last one stays."""
        outcome = self._outcomes.popleft() if len(self._outcomes) > 1 else self._outcomes[0]
        if step.whisper_url and outcome in ("completed", "refused"):
            leg = {"CallSid": "CA" + secrets.token_hex(16), "ParentCallSid": self.call_id}
            self.whispered = await self._web.post(step.whisper_url, leg)
            if self.whispered.gathers:
                key = {"Digits": "1" if outcome == "completed" else "2"}
                await self._web.post(self.whispered.action_url, {**leg, **key})
        await asyncio.sleep(self.settings.ring_s)
        return {"DialCallStatus": _DIALLED.get(outcome, outcome)}

    def _put(self, message: bytes) -> None:
        if not self._stream_closed.is_set():
            self._outbox.put_nowait(message)

    async def _talk(self) -> None:
        """A frame every 20 ms of the stream's clock, speech or silence, sent when its last sample is in."""
        loop = asyncio.get_running_loop()
        first = number = -(-int(self.now_ms) // FRAME_MS) if self._last_ms else 0
        self._mouth.away(first * FRAME_MS)
        while True:
            number += 1
            delay = self._started_at + number * FRAME_MS / 1000 - loop.time()
            if delay > 0:
                await asyncio.sleep(delay)
            at_ms = (number - 1) * FRAME_MS
            timestamp = at_ms - first * FRAME_MS + _FIRST_TIMESTAMP_MS  # each stream counts anew
            self._put(self._encoder.media(self._mouth.frame(at_ms), timestamp))

    async def _send(self) -> None:
        assert self._socket
        while True:
            message = await self._outbox.get()
            try:
                await self._socket.send_frame(message, WSMsgType.TEXT)
            except ConnectionError:
                pass  # the reader learns that the line is gone
            finally:
                self._outbox.task_done()

    async def _receive(self) -> None:
        assert self._socket
        try:
            while True:
                message = await self._socket.receive()
                if message.type is not WSMsgType.TEXT:
                    break
                self._obey(self._decoder.feed(message.data))
        except CarrierError as error:
            self._fault = error
            await self._socket.close(code=error.close_code)
        finally:
            self._close_code = self._socket.close_code or 1006
            self._stream_over()

    def _obey(self, message: Audio | Mark | Clear) -> None:
        now_ms = self.now_ms
        match message:
            case Audio(mulaw):
                if self._playout.play(mulaw, now_ms):
                    self.ears.on_audio_started(now_ms)
                self._tell()
            case Mark(name):
                self._playout.mark(name, now_ms)
                self._return_marks()
            case Clear():
                for name in self._playout.clear(now_ms):
                    self._put(self._encoder.mark(name))
                self.ears.on_clear(now_ms)
                self._tell()

    def _return_marks(self) -> None:
        """Give back what has played; come again when the next has."""
        for name in self._playout.due(self.now_ms):
            self._put(self._encoder.mark(name))
        if self._timer:
            self._timer.cancel()
        due_ms = self._playout.next_due_ms()
        if due_ms is not None and not self._stream_closed.is_set():
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(self._started_at + due_ms / 1000, self._return_marks)

    def _stream_over(self) -> None:
        """The stream has ended; what it did not play by now will not be heard."""
        if self._stream_closed.is_set():
            return
        self._last_ms = self.now_ms
        self._stream_closed.set()
        if self._timer:
            self._timer.cancel()
        if self._tasks:
            self._tasks[0].cancel()

    def _over(self) -> None:
        """The call is over: stop the clock, at the end of its last stream."""
        if self._closed.is_set():
            return
        self._ended_ms = self._last_ms
        self._closed.set()
        self._mouth.fail()
        self._tell()
        self.ears.on_closed(self._ended_ms)
