"""A WebSocket whose text messages are taken as they arrive, and not one waking of a task later.

The library puts each message into a queue, wakes the task that waits for it, and resumes a chain of eight
coroutines down to the one that reads. With fifty frames a second of every call that is a third of what a
bare server spends on audio. Once `take` is set, a message that is whole is given to it within the very
callback in which its bytes came; all else (control frames, the end) still comes by `receive`.

This rests on how the library is built inside, so it is done only with the versions it was tried with; with
others every message comes by `receive`, which costs more and is otherwise the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

import aiohttp
from aiohttp import WSMsgType, web
from aiohttp._websocket.reader import WebSocketDataQueue, WebSocketReader
from aiohttp.http_websocket import WebSocketWriter

TRIED: Final = "3.14."
"""Versions of the library whose inside is known."""

_LIMIT: Final = 2**16
_TEXT: Final = WSMsgType.TEXT


class _Queue(WebSocketDataQueue):
    """The queue between the library's parser and `receive`, past which text messages go."""

    take: Callable[[bytes], None] | None = None

    def feed_data(self, data: Any, size: int) -> None:
        if self.take is None or data.type is not _TEXT:
            super().feed_data(data, size)
        else:
            self.take(data.data)


class MediaSocket(web.WebSocketResponse[Any]):
    """The server's side of a WebSocket without compression. Text comes as bytes."""

    def __init__(self, *, close_timeout_s: float, max_message: int) -> None:
        super().__init__(timeout=close_timeout_s, compress=False, max_msg_size=max_message, decode_text=False)
        self._queue: _Queue | None = None

    def take_at_once(self, take: Callable[[bytes], None]) -> bool:
        """Give every text message that comes from now on to `take`, which must not raise.

        Call it from the task that reads, which then must go on with `receive`: messages that came before
        come from there, and every end. False: all of them will, since the library is not one we know.
        """
        if self._queue is None:
            return False
        self._queue.take = take
        return True

    def _post_start(self, request: web.BaseRequest, protocol: str | None, writer: WebSocketWriter) -> None:
        """As the library's own, but for the queue."""
        if not aiohttp.__version__.startswith(TRIED):
            super()._post_start(request, protocol, writer)
            return
        self._ws_protocol, self._writer = protocol, writer
        self._reader = self._queue = _Queue(request.protocol, _LIMIT, loop=asyncio.get_running_loop())
        self._parser = WebSocketReader(self._queue, self._max_msg_size, compress=False, decode_text=False)
        request.protocol.set_parser(self._parser)
        request.protocol.keep_alive(False)  # noqa: FBT003 -- the library has no name for it
