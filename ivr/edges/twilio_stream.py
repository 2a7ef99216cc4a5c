"""The media WebSocket: one call's audio, keys and marks, both ways.

A socket is read by the request's own task until the call begins, then in the callbacks in which messages
come (`twilio_socket`), and written by one more task. Nobody else waits: `Line` puts
messages into a bounded queue and returns. A socket that breaks the protocol, says nothing, or does not
read is closed with the code that says why; what went wrong is one line in the log.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import structlog
from aiohttp import WebSocketError, WSMsgType, web

from ivr.call.lines import CallHandler, IncomingCall, Transfer
from ivr.call.registry import Ending, EndingKind
from ivr.core.errors import CarrierError
from ivr.edges.twilio_guard import STREAM, Guard, TwilioPorts, TwilioSettings
from ivr.edges.twilio_socket import MediaSocket
from ivr.wire.twilio_messages import Key, Mark, Start, Stop, StreamDecoder, StreamEncoder
from ivr.wire.websocket import text_frame

_log = structlog.get_logger("ivr.twilio")

BYTES_PER_S: Final = 8000
_OK, _GOING_AWAY, _NOT_TEXT, _POLICY, _OUR_FAULT = 1000, 1001, 1003, 1008, 1011
_WORDS: Final = {1002: "protocol", 1003: "not_supported", 1007: "not_data", 1009: "too_big"}
_ENDINGS: Final[dict[str, EndingKind]] = {
    "us": "hang_up",
    "caller": "caller",
    "carrier": "broken",
    "operator": "operator",
}
_IDLE_CHECKS: Final = 2
_AT_ONCE: Final = 4
"""Messages of one write at most: what is written can no longer be dropped."""
_UNREAD: Final = 65_536
"""Bytes that may wait for a peer that does not read, before we wait for it, too."""
_SLOW_READER_S: Final = 0.02


def _nobody(_mulaw: bytes, _timestamp_ms: int) -> None:
    """Audio before anybody has answered: the decoder lets none through."""


@dataclass(frozen=True, slots=True)
class _Close:
    """Why a socket is closed by us. `reason` is a label: few different values."""

    code: int
    reason: str
    by: str
    detail: str = ""


class TwilioStreams:
    """All media sockets at one path. `check` raises HTTP errors for those who may not open one."""

    def __init__(
        self,
        settings: TwilioSettings,
        ports: TwilioPorts,
        path: str = STREAM,
        check: Callable[[web.Request], None] | None = None,
    ) -> None:
        self._settings = settings
        self._ports = ports
        self._path = path
        self._check = check or Guard(settings, ports.meter).check_upgrade
        self._open: set[_Stream] = set()

    def routes(self) -> list[web.RouteDef]:
        """What to add to the application's router."""
        return [web.get(self._path, self.stream)]

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Serve one media socket from its upgrade to its end."""
        self._check(request)
        socket = MediaSocket(
            close_timeout_s=self._settings.close_timeout_s, max_message=self._settings.max_message
        )
        if not socket.can_prepare(request):
            raise web.HTTPUpgradeRequired(text="Open a WebSocket here.\n")
        if sum(not stream.started for stream in self._open) >= self._settings.max_waiting:
            self._ports.meter.stream_rejected("too_many_waiting")
            raise web.HTTPServiceUnavailable(text="Too many streams wait for their start.\n")
        stream = _Stream(socket, self._settings, self._ports)
        self._open.add(stream)
        try:
            await stream.run(request)
        finally:
            self._open.discard(stream)
        return socket if socket.prepared else web.Response()  # the peer left during the upgrade

    async def close_all(self) -> None:
        """Take leave of every stream (shutdown), and wait until all are gone."""
        streams = list(self._open)
        for stream in streams:
            stream.close(_Close(_GOING_AWAY, "shutdown", "operator"))
        await asyncio.gather(*(stream.gone.wait() for stream in streams))


class _Stream:
    """One media socket: the `Line` of its call."""

    def __init__(self, socket: MediaSocket, settings: TwilioSettings, ports: TwilioPorts) -> None:
        self._socket = socket
        self._settings = settings
        self._ports = ports
        self._decoder = StreamDecoder(settings.max_payload)
        self._feed = self._decoder.feed
        self._in_context = contextvars.copy_context().run
        self._encoder = StreamEncoder("")
        self._call_id = ""
        self._handler: CallHandler | None = None
        self._audio: Callable[[bytes, int], None] = _nobody
        self._log = _log
        self._transport: asyncio.Transport | None = None
        self._queue: deque[tuple[int, bytes]] = deque()  # (bytes of audio, message)
        self._queued = 0  # bytes of audio in the queue
        self._wake = asyncio.Event()
        self._reading: asyncio.Timeout | None = None
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._close: _Close | None = None
        self._by = "carrier"
        self._seen = 0
        self.gone = asyncio.Event()

    @property
    def started(self) -> bool:
        return self._handler is not None

    # --- the Line ---

    def play(self, audio: bytes, mark: str) -> None:
        if self._close:
            return
        self._queue.append((len(audio), self._encoder.media(audio)))
        self._queue.append((0, self._encoder.mark(mark)))
        self._queued += len(audio)
        self._wake.set()
        if self._queued > self._settings.max_queued_s * BYTES_PER_S:
            self.close(_Close(_POLICY, "not_reading", "carrier", "the carrier does not read what we send"))

    def clear(self) -> None:
        if self._close:
            return
        self._queue = deque(item for item in self._queue if not item[0])  # marks still come back
        self._queued = 0
        self._queue.append((0, self._encoder.clear))
        self._wake.set()

    def transfer(self, transfer: Transfer) -> None:
        self._end(Ending("transfer", transfer, "transfer"))

    def hang_up(self, reason: str) -> None:
        self._end(Ending("hang_up", reason=reason))

    def _end(self, ending: Ending) -> None:
        if self._close:
            return
        self._ports.registry.note_ending(self._call_id, ending, self._ports.clock())
        self.close(_Close(_OK, ending.kind, "us"))

    def close(self, why: _Close) -> None:
        """Close soon, after what is queued; for good when the peer takes too long about it."""
        if self._close:
            return
        self._close = why
        self._by = why.by
        self._wake.set()
        loop = asyncio.get_running_loop()
        self._timers["abort"] = loop.call_later(self._settings.close_timeout_s, self._abort)

    def _abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    # --- the socket's life ---

    async def run(self, request: web.Request) -> None:
        """Upgrade, read until the end, take leave. Nothing of this stream is left behind."""
        try:
            await self._socket.prepare(request)
        except ConnectionError:
            return
        self._transport = request.transport
        loop = asyncio.get_running_loop()
        self._timers["quiet"] = loop.call_later(self._settings.handshake_timeout_s, self._check_started)
        writer = asyncio.create_task(self._write())
        try:
            async with asyncio.timeout(None) as self._reading:
                await self._read()
        except TimeoutError:
            pass  # our own `_stop_reading`
        except asyncio.CancelledError:
            lost = self._transport is None or self._transport.is_closing()
            self._by = "carrier" if lost else "operator"
            self._abort()
            raise
        except Exception:  # noqa: BLE001 - whatever a call does wrong, its stream ends in order
            self._failed()
        finally:
            self._reading = None
            self._leave()
            await self._finish(writer)

    async def _read(self) -> None:
        """Take what comes by `receive`: all until the call has begun, then what is no text."""
        receive = self._socket.receive
        while True:
            message = await receive()
            try:
                if message.type is not WSMsgType.TEXT:
                    self._on_end(message)
                    return
                self._take(message.data)
            except CarrierError as error:
                self._refuse(error)
            if self._close:
                return

    def _take(self, raw: bytes) -> None:
        """Take one message."""
        self._seen += 1
        what = self._feed(raw)
        if type(what) is tuple:
            self._audio(what[0], what[1])
        elif what is not None:
            self._notice(what)

    def _take_at_once(self, raw: bytes) -> None:
        """Take one message within the callback in which it came."""
        if self._close:
            return
        try:
            self._in_context(self._take, raw)
        except CarrierError as error:
            self._refuse(error)
        except Exception:  # noqa: BLE001 - as in `run`
            self._failed()
        if self._close:
            self._stop_reading()

    def _refuse(self, error: CarrierError) -> None:
        reason = _WORDS.get(error.close_code, "protocol")
        self.close(_Close(error.close_code, reason, "carrier", str(error)))

    def _failed(self) -> None:
        """Our own fault; called where it is handled."""
        self._ports.registry.note_ending(self._call_id, Ending("broken", reason="bug"), self._ports.clock())
        self._log.exception("a call failed in its stream's callback; please report this")
        self.close(_Close(_OUR_FAULT, "bug", "us"))

    def _notice(self, what: object) -> None:
        """Whatever comes seldom."""
        match what:
            case Start():
                self._start(what)
            case Key(digit) if self._handler:
                self._handler.key(digit)
            case Mark(name) if self._handler:
                self._handler.mark(name)
            case Stop():
                self.close(_Close(_OK, "stop", "caller"))

    def _start(self, start: Start) -> None:
        """Spend the token; let somebody answer."""
        token, ports = start.parameters.get("token", ""), self._ports
        self._log = self._log.bind(call_id=start.call_id)
        verdict, admission = ports.registry.redeem(token, start.call_id, ports.clock())
        if admission is None:
            reason = f"token_{verdict}" if token else "token_missing"
            self.close(_Close(_POLICY, reason, "carrier", "the stream's token was refused"))
            return
        self._call_id = start.call_id
        self._encoder = StreamEncoder(start.stream_id)
        structlog.contextvars.bind_contextvars(call_id=start.call_id)
        call = IncomingCall(
            start.call_id,
            admission.caller,
            admission.called,
            start.stream_id,
            dict(admission.slots),
            admission.step,
            admission.resumes,
        )
        self._handler = ports.answer(call, self)
        self._audio = self._handler.audio
        self._timers.pop("quiet").cancel()
        self._check_idle(self._seen, misses=0)
        self._log.info("stream open", stream_id=start.stream_id)
        self._in_context = contextvars.copy_context().run
        self._socket.take_at_once(self._take_at_once)

    def _check_started(self) -> None:
        if not self.started:
            detail = f"no `start` within {self._settings.handshake_timeout_s:g} s"
            self.close(_Close(_POLICY, "no_start", "carrier", detail))

    def _check_idle(self, seen: int, misses: int) -> None:
        """Close when nothing came for one to one and a half idle times. Costs two timers an idle time."""
        misses = misses + 1 if seen == self._seen else 0
        if misses > _IDLE_CHECKS:
            detail = f"no message for {self._settings.idle_timeout_s:g} s"
            self.close(_Close(_POLICY, "idle", "carrier", detail))
            return
        self._timers["quiet"] = asyncio.get_running_loop().call_later(
            self._settings.idle_timeout_s / _IDLE_CHECKS,
            self._check_idle,
            self._seen,
            misses,
        )

    def _on_end(self, message: Any) -> None:
        """The peer closed, or sent what is no text."""
        if message.type is WSMsgType.BINARY:
            raise CarrierError("a binary message came; media streams are text (JSON).", _NOT_TEXT)
        if message.type is WSMsgType.ERROR:
            code = message.data.code if isinstance(message.data, WebSocketError) else 0
            if code in _WORDS:  # the library has closed it already, with this code
                self.close(_Close(code, _WORDS[code], "carrier", str(message.data)))

    async def _write(self) -> None:
        """Send what is queued; when the stream is to close, let the reader do so."""
        try:
            while True:
                while self._queue:
                    await self._send([self._dequeue() for _ in range(min(_AT_ONCE, len(self._queue)))])
                if self._close:
                    break
                self._wake.clear()
                await self._wake.wait()
        except ConnectionError:
            self._queue.clear()  # the peer is gone, which the reader learns by itself
        if self._close:
            self._stop_reading()

    def _dequeue(self) -> bytes:
        size, message = self._queue.popleft()
        self._queued -= size
        return message

    async def _send(self, messages: list[bytes]) -> None:
        """Write messages at once: audio and its mark are one call to the system. Wait for a slow reader."""
        transport = self._transport
        if transport is None or transport.is_closing() or self._socket.closed:
            raise ConnectionResetError
        transport.write(b"".join(map(text_frame, messages)))
        while transport.get_write_buffer_size() > _UNREAD and not transport.is_closing():  # noqa: ASYNC110 -- the library's own drain is not ours to use
            await asyncio.sleep(_SLOW_READER_S)

    def _stop_reading(self) -> None:
        reading, self._reading = self._reading, None
        if reading is not None:
            reading.reschedule(asyncio.get_running_loop().time())

    def _leave(self) -> None:
        """Tell the call and the registry, once, and write the one line of the log."""
        why, self._close = self._close, self._close or _Close(_OK, "peer_closed", self._by)
        self._wake.set()
        if self._handler:
            try:
                self._handler.closed(self._by)
            except Exception:  # noqa: BLE001 - a call's mistake must not keep its place taken
                self._log.exception("a call failed when its line was closed; please report this")
        if self._call_id:
            ending = Ending(_ENDINGS[self._by], reason=self._close.reason)
            self._ports.registry.finish(self._call_id, ending, self._ports.clock())
        for reason, count in self._decoder.ignored.items():
            self._ports.meter.frames_ignored(reason, count)
        facts: dict[str, Any] = {"by": self._by, "reason": self._close.reason, "messages": self._seen}
        if why and why.by == "carrier":
            self._ports.meter.stream_rejected(why.reason)
            self._log.warning("stream rejected", code=why.code, detail=why.detail, **facts)
        else:
            self._log.info("stream closed", ignored=self._decoder.ignored, **facts)

    async def _finish(self, writer: asyncio.Task[None]) -> None:
        assert self._close
        try:
            await writer
            await self._socket.close(code=self._close.code, message=self._close.reason.encode())
        finally:
            writer.cancel()
            for timer in self._timers.values():
                timer.cancel()
            self._abort()
            structlog.contextvars.unbind_contextvars("call_id")
            self.gone.set()
