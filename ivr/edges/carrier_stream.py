"""One media stream of a simulated call: sends the caller's frames on an absolute clock, obeys the server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from aiohttp import ClientWebSocketResponse, WSMsgType

from ivr.core.errors import CarrierError
from ivr.edges.carrier_playout import Playout
from ivr.edges.carrier_voice import FRAME_MS, CallerVoice
from ivr.wire.twilio_carrier import CarrierDecoder, CarrierEncoder
from ivr.wire.twilio_messages import Audio, Clear, Mark

_FIRST_TIMESTAMP_MS: Final = 65  # a carrier's clock runs before the stream begins


def _ignore(_at_ms: float) -> None:
    """Nobody listens."""


@dataclass(slots=True)
class Ears:
    """What the caller notices of the agent, each with its time in ms. Called on the event loop."""

    on_audio_started: Callable[[float], None] = _ignore
    on_clear: Callable[[float], None] = _ignore
    on_closed: Callable[[float], None] = _ignore


class Clock:
    """The time of a call in ms since its first stream began; 0 before it."""

    def __init__(self) -> None:
        self._began: float | None = None
        self._stopped_ms: float | None = None

    def start(self) -> None:
        """The first stream has begun. What comes after changes nothing."""
        if self._began is None:
            self._began = asyncio.get_running_loop().time()

    def stop(self, at_ms: float) -> None:
        """Stand still from now on."""
        self._stopped_ms = at_ms

    @property
    def stopped(self) -> bool:
        """Whether it stands still for good."""
        return self._stopped_ms is not None

    @property
    def now_ms(self) -> float:
        """The time of the call."""
        if self._stopped_ms is not None:
            return self._stopped_ms
        return (asyncio.get_running_loop().time() - self._began) * 1000 if self._began is not None else 0.0

    def loop_time(self, ms: float) -> float:
        """When it is `ms` by this clock, by the event loop's (s)."""
        return (self._began or 0.0) + ms / 1000


@dataclass(slots=True)
class Sound:
    """Both sides of a call, through all of its streams. tell: says that the agent's audio has changed."""

    tell: Callable[[], None]
    ears: Ears
    clock: Clock = field(default_factory=Clock)
    playout: Playout = field(default_factory=Playout)
    mouth: CallerVoice = field(default_factory=CallerVoice)


class CarrierStream:
    """A stream that is open; `closed` says when it is no longer.

    fault       what the server did against the protocol, if it did
    close_code  the WebSocket's close code, when it is closed; 1006 when the socket broke
    ended_ms    when it ended, by the call's clock
    """

    def __init__(self, socket: ClientWebSocketResponse, sound: Sound, stream_id: str, call_id: str) -> None:
        self.closed = asyncio.Event()
        self.fault: CarrierError | None = None
        self.close_code = 0
        self.ended_ms = 0.0
        self._socket = socket
        self._sound = sound
        self._encoder = CarrierEncoder(stream_id, call_id)
        self._decoder = CarrierDecoder(stream_id)
        self._outbox: asyncio.Queue[bytes] = asyncio.Queue()
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def begin(self, parameters: dict[str, str], *, again: bool) -> None:
        """Say whose stream it is, and start to talk. `again`: the call had another before."""
        await self._socket.send_frame(self._encoder.connected(), WSMsgType.TEXT)
        await self._socket.send_frame(self._encoder.start(parameters), WSMsgType.TEXT)
        self._sound.clock.start()
        works = (self._talk(again=again), self._send(), self._receive())
        self._tasks = [asyncio.create_task(work) for work in works]

    async def hang_up(self) -> None:
        """The caller hangs up: `stop`, and the socket is closed."""
        if self.closed.is_set():
            return
        self._tasks[0].cancel()
        self._put(self._encoder.stop())
        await self._outbox.join()
        await self._socket.close()

    async def close(self) -> None:
        """Leave no task and no connection behind."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.over()
        await self._socket.close()

    def over(self) -> None:
        """The stream has ended; what it did not play by now will not be heard."""
        if self.closed.is_set():
            return
        self.ended_ms = self._sound.clock.now_ms
        self.closed.set()
        if self._timer:
            self._timer.cancel()
        if self._tasks:
            self._tasks[0].cancel()

    def press(self, key: str) -> None:
        """Press a key of the telephone."""
        self._put(self._encoder.key(key))

    def _put(self, message: bytes) -> None:
        if not self.closed.is_set():
            self._outbox.put_nowait(message)

    async def _talk(self, *, again: bool) -> None:
        """A frame every 20 ms of the call's clock, speech or silence, sent when its last sample is in."""
        loop, clock, mouth = asyncio.get_running_loop(), self._sound.clock, self._sound.mouth
        first = number = -(-int(clock.now_ms) // FRAME_MS) if again else 0
        mouth.away(first * FRAME_MS)
        while True:
            number += 1
            delay = clock.loop_time(number * FRAME_MS) - loop.time()
            if delay > 0:
                await asyncio.sleep(delay)
            at_ms = (number - 1) * FRAME_MS
            timestamp = at_ms - first * FRAME_MS + _FIRST_TIMESTAMP_MS  # each stream counts anew
            self._put(self._encoder.media(mouth.frame(at_ms), timestamp))

    async def _send(self) -> None:
        while True:
            message = await self._outbox.get()
            try:
                await self._socket.send_frame(message, WSMsgType.TEXT)
            except ConnectionError:
                pass  # the reader learns that the line is gone
            finally:
                self._outbox.task_done()

    async def _receive(self) -> None:
        try:
            while True:
                message = await self._socket.receive()
                if message.type is not WSMsgType.TEXT:
                    break
                self._obey(self._decoder.feed(message.data))
        except CarrierError as error:
            self.fault = error
            await self._socket.close(code=error.close_code)
        finally:
            self.close_code = self._socket.close_code or 1006
            self.over()

    def _obey(self, message: Audio | Mark | Clear) -> None:
        sound = self._sound
        now_ms = sound.clock.now_ms
        match message:
            case Audio(mulaw):
                if sound.playout.play(mulaw, now_ms):
                    sound.ears.on_audio_started(now_ms)
                sound.tell()
            case Mark(name):
                sound.playout.mark(name, now_ms)
                self._return_marks()
            case Clear():
                for name in sound.playout.clear(now_ms):
                    self._put(self._encoder.mark(name))
                sound.ears.on_clear(now_ms)
                sound.tell()

    def _return_marks(self) -> None:
        """Give back what has played; come again when the next has."""
        clock, playout = self._sound.clock, self._sound.playout
        for name in playout.due(clock.now_ms):
            self._put(self._encoder.mark(name))
        if self._timer:
            self._timer.cancel()
        due_ms = playout.next_due_ms()
        if due_ms is not None and not self.closed.is_set():
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(clock.loop_time(due_ms), self._return_marks)
