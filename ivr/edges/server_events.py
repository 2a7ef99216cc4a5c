"""Server-sent events: a stream of JSON objects that a page reads with `EventSource`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

import orjson
from aiohttp import web

KEEP_ALIVE_S: Final = 15.0
"""How often a silent stream says that it is still there, so that proxies keep it open."""


class EventStreams:
    """All open streams of a server; its shutdown ends them."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    async def close_all(self, _app: web.Application) -> None:
        """End every stream."""
        for task in list(self._tasks):
            task.cancel()

    async def send(self, request: web.Request, news: AsyncIterator[Any | None]) -> web.StreamResponse:
        """Send what `news` gives until it ends or the peer leaves. `None` keeps the stream alive."""
        response = web.StreamResponse(
            headers={
                "Content-Type": "text/event-stream",
                "Cache-Control": "no-store",
                "X-Accel-Buffering": "no",
            }
        )
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await response.prepare(request)
            async for item in news:
                line = b":\n\n" if item is None else b"data: " + orjson.dumps(item) + b"\n\n"
                await response.write(line)
            await response.write(b"event: end\ndata: {}\n\n")
        except (ConnectionError, asyncio.CancelledError):
            pass  # the peer left, or the server stops
        finally:
            self._tasks.discard(task)
        return response
