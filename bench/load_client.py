"""The carrier's side of many calls at once, as light as Python can make it.

A child process of `audio_path.py`. Every call sends a frame of 20 ms each 20 ms, at a moment of its own
within them, keeps a playout clock, gives marks back when the audio before them has played, and notes
where a prompt had a hole. WebSocket frames are written and read by hand, over uvloop.
"""

from __future__ import annotations

import argparse
import asyncio
from base64 import b64encode
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit

import orjson
import uvloop
from aiohttp import ClientSession

from bench import child
from ivr.wire import twiml
from ivr.wire.twilio_carrier import CarrierEncoder

FRAME = 160
FRAME_MS = 20
NEW_PROMPT_S = 0.5
"""Silence behind the end of a sentence that is the end of the prompt: a new one is no gap."""

_MASKED, _NO_MASK = 0x80, b"\x00\x00\x00\x00"
_TEXT, _CLOSE = 0x81, 0x88
_MEDIUM, _LARGE = 126, 127


class Counters:
    """What all calls did."""

    def __init__(self) -> None:
        self.frames = self.chunks = self.sound = self.marks = self.clears = self.gaps = 0
        self.worst_gap_s = self.late_s = 0.0

    def take(self) -> dict[str, Any]:
        """The counts since the last time."""
        told = dict(vars(self))
        vars(self).update(vars(Counters()))
        return told


class Call(asyncio.Protocol):
    """One call's socket."""

    def __init__(self, host: str, encoder: CarrierEncoder, stream_id: str, counters: Counters) -> None:
        self.open = asyncio.get_running_loop().create_future()
        self.gone = False
        self._host, self._encoder, self._counters = host, encoder, counters
        self._tail = b'"},"streamSid":"' + stream_id.encode() + b'"}'
        self._sequence = 1
        self._buffer = b""
        self._upgraded = False
        self._loop = asyncio.get_running_loop()
        self._ends = 0.0
        self._inside = False  # of a sentence
        self._pending: dict[str, asyncio.TimerHandle] = {}
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._transport.write(
            f"GET /twilio/stream HTTP/1.1\r\nHost: {self._host}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        )

    def connection_lost(self, error: Exception | None) -> None:
        self.gone = True
        for timer in self._pending.values():
            timer.cancel()
        if not self.open.done():
            self.open.set_exception(error or ConnectionError("the server closed the socket"))

    def say(self, number: int, payload: bytes) -> None:
        """Send frame `number` (from 0) of the call."""
        if self.gone:
            return
        self._sequence += 1
        self.send(
            b'{"event":"media","sequenceNumber":"%d","media":{"track":"inbound","chunk":"%d",'
            b'"timestamp":"%d","payload":"%b%b'
            % (self._sequence, number + 1, number * FRAME_MS + 65, payload, self._tail)
        )
        self._counters.frames += 1

    def send(self, text: bytes) -> None:
        """Send a text message."""
        size = len(text)
        head = bytes((_TEXT, _MASKED | size)) if size < _MEDIUM else bytes((_TEXT, _MASKED | _MEDIUM))
        length = b"" if size < _MEDIUM else size.to_bytes(2, "big")
        self._transport.write(head + length + _NO_MASK + text)

    def start(self, parameters: dict[str, str]) -> None:
        """Say `connected` and `start`."""
        self.send(self._encoder.connected())
        self.send(self._encoder.start(parameters))

    def hang_up(self) -> None:
        """Say `stop` and leave."""
        if not self.gone:
            self.send(self._encoder.stop())
            self._transport.write(bytes((_CLOSE, _MASKED | 2)) + _NO_MASK + b"\x03\xe8")
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._upgraded:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in head.split(b"\r\n", 1)[0]:
                self.open.set_exception(ConnectionError(head.decode(errors="replace")))
                return
            self._upgraded, self._buffer = True, rest
            self.open.set_result(None)
        while (message := self._next()) is not None:
            self._heard(orjson.loads(message))

    def _next(self) -> bytes | None:
        """The next message of the buffer. Control frames end the call."""
        data = self._buffer
        if len(data) < 4:
            return None
        if data[0] != _TEXT:
            self._transport.close()
            return None
        size, at = data[1], 2
        if size == _MEDIUM:
            size, at = int.from_bytes(data[2:4], "big"), 4
        elif size == _LARGE:
            size, at = int.from_bytes(data[2:10], "big"), 10
        if len(data) < at + size:
            return None
        self._buffer = data[at + size :]
        return data[at : at + size]

    def _heard(self, message: dict[str, Any]) -> None:
        now = self._loop.time()
        event = message["event"]
        if event == "media":
            size = len(message["media"]["payload"]) * 3 // 4
            self._counters.chunks += 1
            self._counters.sound += size
            gap = now - self._ends
            if self._ends and gap > 0 and (self._inside or gap < NEW_PROMPT_S):
                self._counters.gaps += 1
                self._counters.worst_gap_s = max(self._counters.worst_gap_s, gap)
            self._inside = True
            self._ends = max(self._ends, now) + size / 8000
        elif event == "mark":
            name = message["mark"]["name"]
            self._inside = not name.endswith(".end")
            self._pending[name] = self._loop.call_at(self._ends, self._played, name)
        elif event == "clear":
            self._counters.clears += 1
            self._ends, self._inside = 0.0, False
            for name, timer in list(self._pending.items()):
                timer.cancel()
                self._played(name)

    def _played(self, name: str) -> None:
        self._pending.pop(name, None)
        if not self.gone:
            self._counters.marks += 1
            self.send(self._encoder.mark(name))


def _same(call: Call) -> Call:
    return call


class Load:
    """All calls of the process."""

    def __init__(self, url: str, sound: bytes, *, calls: int, webhook: bool, pace: int) -> None:
        self._url, self._calls, self._webhook, self._pace = url, calls, webhook, pace
        self._frames = [b64encode(sound[at : at + FRAME]) for at in range(0, len(sound), FRAME)]
        self.counters = Counters()
        self.calls: list[Call] = []
        self._going = asyncio.Event()

    async def ring(self) -> None:
        """Open every call."""
        where = urlsplit(self._url)
        async with ClientSession() as web:
            for _ in range(self._calls):
                stream, call_id = "MZ" + token_hex(16), "CA" + token_hex(16)
                parameters = await self._admitted(web, call_id) if self._webhook else {}
                call = Call(where.netloc, CarrierEncoder(stream, call_id), stream, self.counters)
                await asyncio.get_running_loop().create_connection(
                    partial(_same, call), where.hostname or "", where.port or 80
                )
                await call.open
                call.start(parameters)
                self.calls.append(call)

    async def _admitted(self, web: ClientSession, call_id: str) -> dict[str, str]:
        form = {"CallSid": call_id, "From": "+15550100001", "To": "+15550100002"}
        async with web.post(self._url + "/twilio/voice", data=form) as answer:
            answer.raise_for_status()
            return twiml.read(await answer.text()).parameters

    async def talk(self) -> None:
        """Send frames while told to, each call at its own moment of the 20 ms and its own place."""
        loop = asyncio.get_running_loop()
        slots: list[list[tuple[Call, int]]] = [[] for _ in range(FRAME_MS)]
        for number, call in enumerate(self.calls):
            place = number * len(self._frames) // max(1, len(self.calls))
            slots[number * 7 % FRAME_MS].append((call, place))
        began, tick, total = loop.time(), 0, len(self._frames)
        while True:
            if not self._going.is_set():
                await self._going.wait()
                began = loop.time() - tick / 1000
            due = began + tick / 1000
            delay = due - loop.time()
            if delay > 0:
                await asyncio.sleep(delay)
            else:
                self.counters.late_s = max(self.counters.late_s, -delay)
            first = tick // FRAME_MS * self._pace
            for call, place in slots[tick % FRAME_MS]:
                for number in range(first, first + self._pace):
                    call.say(number, self._frames[(number + place) % total])
            tick += 1
            if tick % FRAME_MS == 0:
                await asyncio.sleep(0)

    def obey(self, request: str) -> dict[str, Any]:
        """`go` or `pause`, else nothing; answers the counters since the last answer."""
        if request == "go":
            self._going.set()
        elif request == "pause":
            self._going.clear()
        return {**self.counters.take(), "lost": sum(call.gone for call in self.calls)}


async def run(chosen: argparse.Namespace) -> None:
    """Ring, talk, and answer the parent until it has heard enough."""
    sound = chosen.sound.read_bytes()
    load = Load(chosen.url, sound, calls=chosen.calls, webhook=chosen.webhook, pace=chosen.pace)
    await load.ring()
    talking = asyncio.create_task(load.talk())
    child.tell({"calls": len(load.calls)})
    await child.obey(load.obey)
    talking.cancel()
    for call in load.calls:
        call.hang_up()
    await asyncio.sleep(0.1)


def main() -> None:
    """Run as a child of the bench."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--calls", type=int, required=True)
    parser.add_argument("--sound", type=Path, required=True, help="mu-law that every caller repeats")
    parser.add_argument("--webhook", action="store_true", help="ask the voice webhook for a token first")
    parser.add_argument("--pace", type=int, default=1, help="how many times as fast as a real caller")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
