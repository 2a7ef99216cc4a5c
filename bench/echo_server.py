"""The bare baseline of the audio path bench: a media WebSocket that hears loudness and echoes.

A child process of `audio_path.py`: aiohttp on uvloop, orjson, nothing else. It decodes every frame,
tells loud from quiet with the very function of the energy detector, and sends inbound audio back in
chunks of 200 ms, each with a mark. Of these chunks it sends the share that it was told, so that it
sends as much as the server it is compared with. It keeps no buffer, no time, no call and no journal.
"""

from __future__ import annotations

import argparse
import asyncio
from binascii import a2b_base64, b2a_base64
from collections.abc import Awaitable, Callable
from typing import Any

import child
import orjson
import uvloop
from aiohttp import WSMsgType, web

from ivr.engines.energy import LOUD_DBFS
from ivr.wire import pcm

CHUNK = 1600
WINDOW = 256
LOUD = 10 ** (LOUD_DBFS / 10)


def echo(share: float) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The handler. `share`: of the inbound audio that is sent back, 0..1."""

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
                    credit += share
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


async def serve(share: float) -> None:
    """Listen, and answer the parent."""
    app = web.Application()
    app.add_routes([web.get("/twilio/stream", echo(share))])
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    child.tell({"url": f"http://127.0.0.1:{runner.addresses[0][1]}", "webhook": False})
    await child.obey(lambda _request: child.usage())
    await runner.cleanup()


def main() -> None:
    """Run as a child of the bench."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, required=True, help="share of the audio to send back, 0..1")
    share = parser.parse_args().share
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(share))


if __name__ == "__main__":
    main()
