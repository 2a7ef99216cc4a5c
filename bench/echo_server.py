"""The bare baseline of the audio path bench: a media WebSocket that hears loudness and echoes.

A child process of `audio_path.py`: aiohttp on uvloop, orjson, nothing else. It decodes every frame,
tells loud from quiet with the very function of the energy detector, and sends inbound audio back in
chunks of 200 ms, each with a mark. Of these chunks it sends the share that it was told last (a line with
a number), so that it sends as much as the server it is compared with. It keeps no buffer, no time, no
call and no journal.
"""

from __future__ import annotations

import asyncio
from binascii import a2b_base64, b2a_base64
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import orjson
import uvloop
from aiohttp import WSMsgType, web

from bench import child
from ivr.engines.energy import LOUD_DBFS
from ivr.wire import pcm

CHUNK = 1600
WINDOW = 256
LOUD = 10 ** (LOUD_DBFS / 10)


@dataclass(slots=True)
class Share:
    """Of the inbound audio that is sent back, 0..1."""

    now: float = 0.0


def echo(share: Share) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The handler."""

    async def handle(request: web.Request) -> web.StreamResponse:
        socket: web.WebSocketResponse[Any] = web.WebSocketResponse(compress=False, decode_text=False)
        await socket.prepare(request)
        stream, chunk, window, marks, loud, credit = "", b"", b"", 0, False, 0.0
        async for message in socket:
            data = orjson.loads(message.data)
            event = data["event"]
            if event == "media":
                audio = a2b_base64(data["media"]["payload"])
                window += audio
                if len(window) >= WINDOW:
                    loud = pcm.mulaw_power(window[:WINDOW]) >= LOUD
                    window = window[WINDOW:]
                chunk += audio
                if len(chunk) >= CHUNK:
                    credit += share.now
                    if credit >= 1:
                        credit -= 1
                        marks += 1
                        media = {"payload": b2a_base64(chunk, newline=False).decode()}
                        out = {"event": "media", "streamSid": stream, "media": media}
                        await socket.send_frame(orjson.dumps(out), WSMsgType.TEXT)
                        mark = {"name": f"{marks}.{loud}"}
                        out = {"event": "mark", "streamSid": stream, "mark": mark}
                        await socket.send_frame(orjson.dumps(out), WSMsgType.TEXT)
                    chunk = b""
            elif event == "start":
                stream = data["streamSid"]
            elif event == "stop":
                break
        return socket

    return handle


async def serve() -> None:
    """Listen, and answer the parent."""
    share = Share()
    app = web.Application()
    app.add_routes([web.get("/twilio/stream", echo(share))])
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    child.tell({"url": f"http://127.0.0.1:{runner.addresses[0][1]}", "webhook": False})

    def handle(request: str) -> dict[str, float]:
        if request != "usage":
            share.now = float(request)
        return child.usage()

    await child.obey(handle)
    await runner.cleanup()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop_runner:
        loop_runner.run(serve())
