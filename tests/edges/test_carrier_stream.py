"""A simulated carrier's stream against a server that says what the test wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from ivr.edges.carrier_stream import CarrierStream, Clock, Ears, Sound
from ivr.wire.twilio_messages import Connected, Key, Mark, Start, Stop, StreamDecoder, StreamEncoder


class Server:
    """Sends `say` on a stream, and keeps what it reads of it."""

    def __init__(self, say: list[bytes]) -> None:
        self.read: asyncio.Queue[object] = asyncio.Queue()
        self.close_code: int | None = None
        self._say = say

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        decoder = StreamDecoder()
        for message in self._say:
            await socket.send_str(message.decode())
        async for came in socket:
            self.read.put_nowait(decoder.feed(came.data))
        self.close_code = socket.close_code
        self.read.put_nowait(None)
        return socket

    async def read_until(self, last: object) -> list[object]:
        """What comes next, until `last` has come; None: the end of the stream."""
        read = [await self.read.get()]
        while read[-1] != last:
            read.append(await self.read.get())
        return read


@asynccontextmanager
async def streaming(
    say: list[bytes], ears: Ears | None = None
) -> AsyncIterator[tuple[CarrierStream, Server]]:
    server = Server(say)
    app = web.Application()
    app.router.add_get("/", server.serve)
    async with asyncio.timeout(20), TestServer(app) as running, ClientSession() as session:
        socket = await session.ws_connect(running.make_url("/"))
        stream = CarrierStream(socket, Sound(lambda: None, ears or Ears()), "MZ1", "CA1")
        await stream.begin({"token": "t"}, again=False)
        try:
            yield stream, server
        finally:
            await stream.close()


async def test_a_clock_begins_once_and_stops_for_good():
    clock = Clock()
    assert clock.now_ms == 0
    clock.start()
    began = clock.loop_time(0)
    await asyncio.sleep(0.002)
    clock.start()
    assert clock.loop_time(0) == began
    assert clock.now_ms > 0
    clock.stop(5)
    assert clock.stopped
    assert clock.now_ms == 5


async def test_it_says_whose_stream_it_is_and_goes_on_with_frames():
    async with streaming([]) as (stream, server):
        read = await server.read_until((b"\xff" * 160, 85))
        stream.press("4")
        await server.read_until(Key("4"))
        await stream.hang_up()
        await server.read_until(Stop())
        await server.read_until(None)
        await stream.closed.wait()
    assert read[:2] == [Connected(), Start("MZ1", "CA1", "AC0", {"token": "t"})]
    assert read[2:] == [(b"\xff" * 160, 65), (b"\xff" * 160, 85)]
    assert stream.fault is None
    assert stream.ended_ms > 0


async def test_marks_come_back_when_what_is_before_them_has_played():
    began: list[float] = []
    encoder = StreamEncoder("MZ1")
    say = [encoder.mark("at once"), encoder.media(bytes(400)), encoder.mark("behind")]
    async with streaming(say, Ears(on_audio_started=began.append)) as (stream, server):
        read = await server.read_until(Mark("behind"))
        assert stream._sound.clock.now_ms >= began[0] + 50
    assert [message for message in read if isinstance(message, Mark)] == [Mark("at once"), Mark("behind")]
    assert len(began) == 1


async def test_a_clear_returns_every_mark():
    cleared: list[float] = []
    encoder = StreamEncoder("MZ1")
    say = [encoder.media(bytes(80_000)), encoder.mark("never heard"), encoder.clear]
    async with streaming(say, Ears(on_clear=cleared.append)) as (_, server):
        await server.read_until(Mark("never heard"))
    assert len(cleared) == 1


async def test_a_server_that_breaks_the_protocol_is_hung_up_on():
    async with streaming([b"nonsense"]) as (stream, server):
        await stream.closed.wait()
        await server.read_until(None)
    assert "not JSON" in str(stream.fault)
    assert server.close_code == 1007


async def test_what_comes_after_the_end_is_dropped():
    async with streaming([]) as (stream, _):
        await stream.close()
        stream.press("1")
        await stream.hang_up()
        assert stream._outbox.empty()
        await stream.close()
