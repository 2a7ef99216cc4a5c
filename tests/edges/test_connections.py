"""Connections that say nothing, and what no HTTP is."""

import asyncio
import logging

import pytest
from aiohttp import ClientSession, web

from ivr.edges import connections as c

PATIENCE_S = 10


class Line:
    def __init__(self) -> None:
        self.closed = False

    def force_close(self) -> None:
        self.closed = True


def test_a_connection_that_sends_no_request_is_closed_and_forgotten():
    now = [0.0]
    watch, silent, late = c.Connections(lambda: now[0]), Line(), Line()
    assert watch.look([silent]) == 0
    now[0] = c.HEAD_S - 1
    assert watch.look([silent, late]) == 0
    now[0] = c.HEAD_S + 1
    assert watch.look([silent, late]) == 1
    assert (silent.closed, late.closed) == (True, False)
    assert watch.look([]) == 0
    assert not watch._silent


async def test_only_those_are_closed_that_have_sent_no_whole_request():
    now = [0.0]
    watch = c.Connections(lambda: now[0])
    app = web.Application(middlewares=[watch.heard])

    async def here(_request: web.Request) -> web.Response:
        return web.Response(text="here")

    app.router.add_get("/", here)
    runner = web.AppRunner(app, logger=c.http_logger())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nX-A")
        async with ClientSession() as session:
            async with session.get(f"http://{host}:{port}/") as answer:
                assert await answer.text() == "here"
            assert runner.server is not None
            while len(runner.server.connections) < 2:  # noqa: ASYNC110 -- the other end is the server's
                await asyncio.sleep(0.01)
            watch.look(runner.server.connections)
            now[0] = c.HEAD_S + 1
            assert watch.look(runner.server.connections) == 1
            async with asyncio.timeout(PATIENCE_S):
                assert await reader.read() == b""
            async with session.get(f"http://{host}:{port}/") as answer:
                assert await answer.text() == "here"
        writer.close()
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("sent", "lines"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 0),  # the library keeps it for debugging
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 20_000 + b"\r\n\r\n", 1),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n", 1),
    ],
    ids=["TLS", "a long header", "no length"],
)
async def test_what_is_no_http_costs_one_line(sent: bytes, lines: int, caplog: pytest.LogCaptureFixture):
    runner = web.AppRunner(web.Application(), logger=c.http_logger())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    caplog.set_level(logging.INFO, "ivr.http")
    try:
        reader, writer = await asyncio.open_connection(*runner.addresses[0][:2])
        writer.write(sent)
        async with asyncio.timeout(PATIENCE_S):
            assert b" 400 " in await reader.readline()
        writer.close()
    finally:
        await runner.cleanup()
    ours = [record for record in caplog.records if record.name == "ivr.http"]
    assert len(ours) == lines
    for record in ours:
        assert (record.levelname, record.exc_info) == ("INFO", None)
        assert "not understood" in record.getMessage()
        assert "\n" not in record.getMessage()


def test_a_fault_of_ours_keeps_its_traceback():
    try:
        int("ours")
    except ValueError as wrong:
        record = logging.LogRecord("x", logging.ERROR, "", 1, "bad", (), (ValueError, wrong, None))
    assert c.NotHttp().filter(record)
    assert (record.levelno, record.exc_info is None) == (logging.ERROR, False)


def test_files_are_few_only_near_the_limit():
    c.raise_file_limit()
    assert c.open_files() > 0
    assert not c.files_are_few()
