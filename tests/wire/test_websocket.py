from __future__ import annotations

import asyncio

import pytest
from aiohttp import WSMsgType
from aiohttp._websocket.reader import WebSocketDataQueue
from aiohttp.base_protocol import BaseProtocol
from aiohttp.http_websocket import WebSocketReader

from ivr.wire.websocket import text_frame


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65535, 65536, 70000])
async def test_another_implementation_reads_the_message_behind_its_frame(size: int) -> None:
    loop = asyncio.get_running_loop()
    queue = WebSocketDataQueue(BaseProtocol(loop), 2**20, loop=loop)
    reader = WebSocketReader(queue, 2**20, compress=False, decode_text=False)
    message = bytes(number % 128 for number in range(size))
    reader.feed_data(text_frame(message) + text_frame(b"next"))
    read = [await queue.read(), await queue.read()]
    assert [(one.type, one.data) for one in read] == [(WSMsgType.TEXT, message), (WSMsgType.TEXT, b"next")]


def test_a_short_frame_is_as_the_standard_shows_it() -> None:
    assert text_frame(b"Hello") == bytes.fromhex("81 05 48 65 6c 6c 6f")
