"""Messages that are taken as they arrive, over a real WebSocket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType, web
from aiohttp.test_utils import TestClient, TestServer

from ivr.edges import twilio_socket
from ivr.edges.twilio_socket import TRIED, MediaSocket


@dataclass
class Server:
    """Takes messages at once from the second on. `ways`: how each came."""

    ways: list[tuple[str, bytes]] = field(default_factory=list)
    at_once: bool = False
    ended: list[WSMsgType] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        socket = MediaSocket(close_timeout_s=1.0, max_message=100)
        await socket.prepare(request)
        while True:
            message = await socket.receive()
            if message.type is not WSMsgType.TEXT:
                self.ended.append(message.type)
                break
            if not self.ways:
                self.at_once = socket.take_at_once(lambda raw: self.ways.append(("at once", raw)))
            self.ways.append(("received", message.data))
        self.over.set()
        return socket

    async def until(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.ways) < count:  # noqa: ASYNC110 -- what is tested tells nobody
                await asyncio.sleep(0.001)


@asynccontextmanager
async def ringing(server: Server) -> AsyncIterator[ClientWebSocketResponse]:
    app = web.Application()
    app.add_routes([web.get("/", server.answer)])
    async with TestClient(TestServer(app)) as client, client.ws_connect("/") as socket:
        yield socket


def test_the_library_that_is_installed_is_one_that_was_tried() -> None:
    assert aiohttp.__version__.startswith(TRIED), "try twilio_socket with it, then say so in TRIED"


async def test_messages_are_taken_at_once_in_their_order_and_the_end_is_received() -> None:
    server = Server()
    async with ringing(server) as socket:
        await socket.send_str("a")
        await server.until(1)
        for text in ("b", "c", "d"):
            await socket.send_str(text)
        await server.until(4)
        await socket.close()
        await asyncio.wait_for(server.over.wait(), 5)
    assert server.at_once
    assert server.ways == [("received", b"a"), ("at once", b"b"), ("at once", b"c"), ("at once", b"d")]
    assert server.ended == [WSMsgType.CLOSE]


async def test_messages_that_come_together_keep_their_order() -> None:
    server = Server()
    async with ringing(server) as socket:
        await asyncio.gather(*(socket.send_str(text) for text in "abcdefgh"))
        await server.until(8)
    assert b"".join(raw for _, raw in server.ways) == b"abcdefgh"


@pytest.mark.parametrize(
    ("send", "end"),
    [
        (lambda socket: socket.send_bytes(b"x"), WSMsgType.BINARY),
        (lambda socket: socket.send_str("x" * 200), WSMsgType.ERROR),
    ],
    ids=["binary", "too long"],
)
async def test_what_is_no_text_or_too_long_is_received(
    send: Callable[[ClientWebSocketResponse], Awaitable[None]], end: WSMsgType
) -> None:
    server = Server()
    async with ringing(server) as socket:
        await socket.send_str("a")
        await server.until(1)
        await send(socket)
        await asyncio.wait_for(server.over.wait(), 5)
    assert server.ended == [end]


async def test_a_ping_is_answered_while_messages_are_taken() -> None:
    server = Server()
    app = web.Application()
    app.add_routes([web.get("/", server.answer)])
    async with TestClient(TestServer(app)) as client, client.ws_connect("/", autoping=False) as socket:
        await socket.send_str("a")
        await server.until(1)
        await socket.ping(b"there?")
        answer = await socket.receive(timeout=5)
    assert (answer.type, answer.data) == (WSMsgType.PONG, b"there?")


async def test_with_another_library_every_message_is_received(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twilio_socket, "TRIED", "2.")
    server = Server()
    async with ringing(server) as socket:
        for text in "abc":
            await socket.send_str(text)
        await server.until(3)
    assert not server.at_once
    assert server.ways == [("received", b"a"), ("received", b"b"), ("received", b"c")]
