"""A webhook receiver: a real HTTP server that keeps what it is told, and may be away."""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from ivr.engines.webhook import signature


class Receiver:
    """`status`: what it answers; `messages`: what it took."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.status = 200
        self.messages: list[dict[str, Any]] = []
        self.deliveries: list[str] = []
        self.wrongly_signed = 0
        self.url = ""
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/hook", self._take)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/hook"

    async def stop(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        timestamp = int(request.headers["X-Ivr-Timestamp"])
        if request.headers.get("X-Ivr-Signature") != signature(self.secret, timestamp, body):
            self.wrongly_signed += 1
            return web.Response(status=401)
        if self.status == 200:
            self.messages.append(orjson.loads(body))
            self.deliveries.append(request.headers["X-Ivr-Delivery"])
        return web.Response(status=self.status)
