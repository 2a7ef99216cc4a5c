"""A small server that speaks the chat protocol as well, or as badly, as a test wants. Real sockets."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Reply = Callable[[web.Request, dict[str, Any]], Awaitable[web.StreamResponse]]

PROMPT_TOKENS = 120


@dataclass
class Request:
    """A request that came in. `closed`: the client went away before the end."""

    body: dict[str, Any]
    headers: dict[str, str]
    port: int
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    written: int = 0


CAME = web.RequestKey("came", Request)


class ModelServer:
    """Answers `POST /v1/chat/completions` with `reply`; keeps what it was asked."""

    def __init__(self, reply: Reply | None = None) -> None:
        self.reply = reply or says("Hello.")
        self.requests: list[Request] = []
        self.url = ""
        self._runner: web.AppRunner | None = None

    async def start(self, tls: ssl.SSLContext | None = None) -> ModelServer:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._chat)
        app.router.add_get("/v1/models", self._models)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=tls).start()
        port = self._runner.addresses[0][1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}/v1"
        return self

    async def close(self) -> None:
        if self._runner:
            await self._runner.cleanup()

    async def _models(self, _request: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": []})

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        port = request.transport.get_extra_info("peername")[1] if request.transport else 0
        came = Request(body, dict(request.headers), port)
        self.requests.append(came)
        request[CAME] = came
        try:
            return await self.reply(request, body)
        except ConnectionError:
            came.closed.set()
            return web.Response()  # nobody reads it
        except asyncio.CancelledError:
            came.closed.set()
            raise


def chunk(text: str | None, finish: str | None = None) -> dict[str, Any]:
    delta = {} if text is None else {"content": text}
    return {
        "id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }  # fmt: skip


async def send(response: web.StreamResponse, data: object) -> None:
    line = data if isinstance(data, str) else json.dumps(data)
    await response.write(f"data: {line}\n\n".encode())


async def begin(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"content-type": "text/event-stream"})
    await response.prepare(request)
    return response


def says(
    text: str, *, first_s: float = 0.0, token_s: float = 0.0, cached: int = 0, counted: int = PROMPT_TOKENS
) -> Reply:
    """Writes `text`, a word a token, the first after `first_s`, then one every `token_s` seconds."""

    async def reply(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        response = await begin(request)
        await asyncio.sleep(first_s)
        words = text.split(" ")
        for number, word in enumerate(words):
            if number:
                await asyncio.sleep(token_s)
            await send(response, chunk(word if number == 0 else f" {word}"))
            request[CAME].written += 1
        await send(response, chunk(None, "stop"))
        if (body.get("stream_options") or {}).get("include_usage"):
            usage = {
                "prompt_tokens": counted, "completion_tokens": len(words),
                "total_tokens": PROMPT_TOKENS + len(words),
                "prompt_tokens_details": {"cached_tokens": cached},
            }  # fmt: skip
            await send(response, chunk(None) | {"choices": [], "usage": usage})
        await send(response, "[DONE]")
        return response

    return reply


def refuses(status: int, message: str = "no") -> Reply:
    async def reply(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        return web.json_response({"error": {"message": message}}, status=status)

    return reply


async def stalls(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    """Begins a stream and never writes a token."""
    response = await begin(request)
    while True:
        await asyncio.sleep(0.02)
        await response.write(b": keep-alive\n\n")


async def never_stops(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    """Writes sentences for ever."""
    response = await begin(request)
    while True:
        await send(response, chunk("and so on. "))
        request[CAME].written += 1
        await asyncio.sleep(0.001)


def breaks_off(text: str) -> Reply:
    """Writes some text, then drops the line."""

    async def reply(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        response = await begin(request)
        await send(response, chunk(text))
        await asyncio.sleep(0.02)
        assert request.transport is not None
        request.transport.abort()
        return response

    return reply


def sends(raw: bytes, content_type: str = "text/event-stream") -> Reply:
    """Sends these bytes, whatever they are."""

    async def reply(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        return web.Response(body=raw, content_type=content_type)

    return reply
