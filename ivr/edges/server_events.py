"""Server-sent events: a stream of JSON objects that a page reads with `EventSource`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

import orjson
from aiohttp import web

LOOK_S: Final = 1.0
"""How soon a stream ends whose reader has logged out."""
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

    async def send(
        self, request: web.Request, news: AsyncIterator[Any | None], allowed: Callable[[], bool]
    ) -> web.StreamResponse:
        """Send what `news` gives until it ends, the peer leaves, or it is not `allowed` any more.

        `None` keeps the stream alive.
        """
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
        guard = asyncio.create_task(_while(allowed, task))
        try:
            await response.prepare(request)
            async for item in news:
                line = b":\n\n" if item is None else b"data: " + orjson.dumps(item) + b"\n\n"
                await response.write(line)
            await response.write(b"event: end\ndata: {}\n\n")
        except (ConnectionError, asyncio.CancelledError):
            pass  # the peer left, the session ended, or the server stops
        finally:
            guard.cancel()
            self._tasks.discard(task)
        return response


async def _while(allowed: Callable[[], bool], stream: asyncio.Task[Any]) -> None:
    """End a stream when it is not allowed any more."""
    while allowed():  # noqa: ASYNC110 -- a session ends by the clock, too, and nobody tells
        await asyncio.sleep(LOOK_S)
    stream.cancel()
