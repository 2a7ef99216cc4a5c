"""The real client against a real server that does what endpoints do."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from ivr.engines.chat import OpenAIChat
from ivr.understanding.models.chat import Ask, Counts, Message, ModelFailed, Piece
from ivr.understanding.models.table import Model
from tests.engines import model_server as srv

ASK = Ask((Message("system", "Be brief."), Message("user", "Hello?")), 40)
SCHEMA = {"type": "object", "properties": {"meaning": {"enum": ["a", "b"]}}, "required": ["meaning"]}


@pytest.fixture
async def server() -> AsyncIterator[srv.ModelServer]:
    running = await srv.ModelServer().start()
    yield running
    await running.close()


def chat(server_url: str, *abilities: str, key: str = "") -> OpenAIChat:
    model = Model("small", server_url, "economy", "vendor/small", "SMALL_KEY", abilities=frozenset(abilities))
    return OpenAIChat(model, key)


async def pieces(of: OpenAIChat, ask: Ask = ASK) -> list[Piece]:
    async with aclosing(of.stream(ask)) as stream:
        return [piece async for piece in stream]


async def failure(of: OpenAIChat, ask: Ask = ASK) -> ModelFailed:
    with pytest.raises(ModelFailed) as raised:
        await pieces(of, ask)
    await of.close()
    return raised.value


@pytest.mark.parametrize("counted", [10**30, 10**17, -1])
async def test_a_count_that_cannot_be_one_is_none(server: srv.ModelServer, counted: int) -> None:
    server.reply = srv.says("We open at nine.", counted=counted)
    model = chat(server.url, "stream_usage")
    got = await pieces(model)
    assert "".join(piece.text for piece in got) == "We open at nine."
    assert all(piece.counts is None for piece in got)
    await model.close()


async def test_an_answer_comes_in_pieces_with_its_counts(server: srv.ModelServer) -> None:
    server.reply = srv.says("We open at nine.", cached=64)
    model = chat(server.url, "stream_usage", key="secret")
    got = await pieces(model)
    assert "".join(piece.text for piece in got) == "We open at nine."
    assert len(got) == 5
    assert got[-1].counts == Counts(srv.PROMPT_TOKENS, 4, 64)
    (request,) = server.requests
    assert request.headers["Authorization"] == "Bearer secret"
    assert request.body["model"] == "vendor/small"
    assert request.body["max_tokens"] == 40
    assert request.body["messages"][1] == {"role": "user", "content": "Hello?"}
    await model.close()


async def test_an_ability_that_the_row_does_not_name_is_not_used(server: srv.ModelServer) -> None:
    plain, able = chat(server.url), chat(server.url, "json_schema")
    ask = Ask(ASK.messages, 40, SCHEMA)
    assert (await pieces(plain, ask))[-1].counts is None
    await pieces(able, ask)
    first, second = server.requests
    assert "response_format" not in first.body
    assert "stream_options" not in first.body
    assert second.body["response_format"]["json_schema"]["schema"] == SCHEMA
    await plain.close()
    await able.close()


async def test_the_connection_stays_for_the_next_turn(server: srv.ModelServer) -> None:
    model = chat(server.url)
    await model.warm()
    await pieces(model)
    await pieces(model)
    assert len({request.port for request in server.requests}) == 1
    await model.close()


@pytest.mark.parametrize(
    ("status", "why", "words"),
    [
        (401, "key", "does not accept the key in SMALL_KEY"),
        (404, "model", "knows no model 'vendor/small'"),
        (429, "busy", "is too busy or limits us (429"),
        (400, "request", "check the abilities in its row"),
        (500, "server", "failed (500"),
    ],
)
async def test_a_refusal_says_who_must_act(
    server: srv.ModelServer, status: int, why: str, words: str
) -> None:
    server.reply = srv.refuses(status, "because")
    failed = await failure(chat(server.url))
    assert failed.why == why
    assert words in str(failed)
    assert "because" in str(failed)
    assert len(server.requests) == 1, "a turn has no time for blind retries"


@pytest.mark.parametrize(
    "raw",
    [b"", b"data: {not json\n\n", b"data: [1,2]\n\n", b"<html>Welcome</html>", b'data: {"choices": 7}\n\n'],
)
async def test_what_is_no_answer_is_told_as_such(server: srv.ModelServer, raw: bytes) -> None:
    server.reply = srv.sends(raw)
    failed = await failure(chat(server.url))
    assert failed.why in ("garbage", "broken"), failed


async def test_a_stream_that_breaks_off_is_told(server: srv.ModelServer) -> None:
    server.reply = srv.breaks_off("We open")
    model = chat(server.url)
    stream = model.stream(ASK)
    assert (await anext(stream)).text == "We open"
    with pytest.raises(ModelFailed) as raised:
        await anext(stream)
    assert raised.value.why == "broken"
    await model.close()


async def test_closing_the_stream_stops_the_server(server: srv.ModelServer) -> None:
    server.reply = srv.never_stops
    model = chat(server.url)
    async with aclosing(model.stream(ASK)) as stream:
        await anext(stream)
    await asyncio.wait_for(server.requests[0].closed.wait(), 20)
    await model.close()


async def test_an_endpoint_that_writes_for_ever_is_cut_off(server: srv.ModelServer) -> None:
    server.reply = srv.never_stops
    model = chat(server.url)
    text = "".join(piece.text for piece in await pieces(model))
    assert len(text) == 40 * 8
    await asyncio.wait_for(server.requests[0].closed.wait(), 20)
    await model.close()


async def test_an_unknown_host_is_named() -> None:
    failed = await failure(chat("http://no-such-host.invalid/v1"))
    assert failed.why == "host"
    assert "there is no host 'no-such-host.invalid'" in str(failed)


async def test_a_port_that_nobody_listens_on_is_told() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        failed = await failure(chat(f"http://127.0.0.1:{held.getsockname()[1]}/v1"))
    assert failed.why == "refused"
    assert "is it running" in str(failed)


@pytest.mark.parametrize(
    ("file", "words"), [("expired.pem", "is expired"), ("untrusted.pem", "is not trusted")]
)
async def test_a_bad_certificate_is_told(file: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path(__file__).with_name(file)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(path)
    server = await srv.ModelServer().start(tls)
    if file == "expired.pem":  # trusted, so that only its date is wrong
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
    failed = await failure(chat(server.url))
    assert failed.why == "certificate"
    assert words in str(failed)
    await server.close()


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
async def test_an_endpoint_that_repeats_the_key_does_not_show_it(
    server: srv.ModelServer, status: int
) -> None:
    key = "sk-" + "SECRETKEY" * 3
    server.reply = srv.refuses(status, "x" * 170 + f" bad key {key}")  # cut in the middle of it
    failed = await failure(chat(server.url, key=key))
    assert "SECRETKEY" not in str(failed)
    assert "bad key" in str(failed)
