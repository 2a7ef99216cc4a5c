"""A simulated carrier and caller: rings a server the way Twilio does, over the real webhooks and WebSocket.

It keeps what both sides say. Times are ms since the first stream began (the server's `start`).

As a carrier does, it follows what the server says by itself: it dials when a caller is handed over, whispers
to whoever picks up, and opens another stream when the call goes on.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from dataclasses import dataclass
from typing import Final, Self

from ivr.core.errors import CarrierError
from ivr.edges.carrier_playout import SILENCE, Span
from ivr.edges.carrier_stream import CarrierStream, Ears, Sound
from ivr.edges.carrier_voice import Spoken
from ivr.edges.carrier_web import STATUS_PATH, CarrierSettings, CarrierWeb
from ivr.wire import twiml

__all__ = ["CallEnd", "CarrierSettings", "Ears", "SimulatedCarrier", "Span", "Spoken"]

_MAX_STEPS: Final = 40  # webhooks asked in one call, so that two that name each other end
_DIALLED: Final = {"no_answer": "no-answer", "refused": "no-answer"}


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
        self._sound = Sound(self._tell, self.ears)
        self._stream: CarrierStream | None = None  # the latest
        self._following: asyncio.Task[None] | None = None
        self._steps: list[twiml.Instructions] = []
        self._outcomes = deque(settings.dial_outcome.split(","))
        self._by = "server"
        self._fault: CarrierError | None = None
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
        self._following = asyncio.create_task(self._follow())
        return self.instructions

    async def ended(self) -> CallEnd:
        """Wait until the call is over. Raises `CarrierError` when the server broke the protocol."""
        assert self._following, "ring first"
        await asyncio.shield(self._following)
        if self._fault:
            raise self._fault
        unheard_ms = max(0.0, self._sound.playout.end_ms - self.now_ms)
        close_code = self._stream.close_code if self._stream else 0
        return CallEnd(self._by, close_code, tuple(self._steps), unheard_ms)

    async def hang_up(self) -> None:
        """The caller hangs up: `stop`, and the socket is closed."""
        self._by = "caller"
        if self._stream:
            await self._stream.hang_up()

    async def drop(self) -> None:
        """The line breaks: the connection is gone without a word."""
        await self._web.close()

    async def close(self) -> None:
        """Leave nothing behind: no task, no connection. Safe to call twice."""
        if self._stream:
            self._stream.over()
        if self._following:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
        if self._stream:
            await self._stream.close()
        self._over()
        await self._web.close()

    # --- the caller speaks ---

    def speak(self, mulaw: bytes) -> asyncio.Future[Spoken]:
        """Say this after what is being said. The future tells when it was on the line.

        It fails with `CarrierError` when the call ends before all has been said.
        """
        future: asyncio.Future[Spoken] = asyncio.get_running_loop().create_future()
        self._sound.mouth.say(mulaw, future)
        if self._closed.is_set():
            self._sound.mouth.fail()
        return future

    def press(self, key: str) -> None:
        """Press a key of the telephone: 0-9, * or #."""
        if self._stream:
            self._stream.press(key)

    @property
    def now_ms(self) -> float:
        """Time of the stream in ms; stands still when the call is over."""
        return self._sound.clock.now_ms

    # --- the caller listens ---

    @property
    def is_over(self) -> bool:
        """Whether the call has ended, whoever ended it."""
        return self._closed.is_set()

    @property
    def is_agent_speaking(self) -> bool:
        return not self._sound.clock.stopped and self._sound.playout.end_ms > self.now_ms

    @property
    def agent_spans(self) -> list[Span]:
        """The agent's audio as the caller heard it so far, as stretches without a hole."""
        return self._sound.playout.spans(self.now_ms)

    def agent_audio_since(self, ms: float) -> bytes:
        """What the caller heard of the agent from `ms` until now (mu-law, silence included)."""
        return self._sound.playout.heard(ms, self.now_ms)

    def recording(self) -> tuple[bytes, bytes]:
        """Both sides so far, caller and agent: mu-law of one length, sample beside sample."""
        agent = self._sound.playout.heard(0, self.now_ms)
        caller = bytes(self._sound.mouth.said[: len(agent)])
        return caller + SILENCE * (len(agent) - len(caller)), agent

    async def agent_speaks(self, after_ms: float = 0.0) -> float | None:
        """Wait for the first stretch of audio that begins at or after `after_ms`: when. `None`: call over."""
        while True:
            began = self._sound.playout.first_start(after_ms)
            if began is not None or self._closed.is_set():
                return began
            await self._wait(None)

    async def agent_quiet(self, ms: float) -> bool:
        """Wait until the agent has been silent for `ms`. False when the call was over before."""
        while not self._closed.is_set():
            missing_ms = self._sound.playout.end_ms + ms - self.now_ms
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

    @property
    def _last_ms(self) -> float:
        """When the latest stream ended."""
        return self._stream.ended_ms if self._stream else 0.0

    async def _open(self, step: twiml.Instructions) -> None:
        """Open a stream. Its frames go on counting where the call is."""
        if self._stream:
            await self._stream.close()
        socket = await self._web.open(step.stream_url)
        stream = CarrierStream(socket, self._sound, self.stream_id, self.call_id)
        self._sound.playout.clear(self._last_ms)  # what an earlier stream had not played by its end
        await stream.begin(step.parameters, again=self._stream is not None)
        self._stream = stream

    async def _follow(self) -> None:
        """Do what the server says until the call is over; the first fault ends it."""
        step = self.instructions
        try:
            while True:
                if self._stream:
                    await self._stream.closed.wait()
                    self._fault = self._stream.fault
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

    def _over(self) -> None:
        """The call is over: stop the clock, at the end of its last stream."""
        if self._closed.is_set():
            return
        self._sound.clock.stop(self._last_ms)
        self._closed.set()
        self._sound.mouth.fail()
        self._tell()
        self.ears.on_closed(self.now_ms)
