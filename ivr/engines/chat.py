"""Language models over an OpenAI-compatible endpoint, streamed.

The client's own timeout is per read and its retries are blind, so both are off: time is bounded by
whoever asks. Closing a stream closes its socket, which is what makes an endpoint stop writing.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, suppress
from typing import Any, Final

import httpx2
import openai
from openai import AsyncStream
from openai.types.chat import ChatCompletionChunk

from ivr.engines.openai_speech import KEEP_ALIVE_S, without_key
from ivr.understanding.models.chat import Ask, Counts, ModelFailed, Piece, Why
from ivr.understanding.models.table import Model

CONNECT_S: Final = 5.0
"""How long opening a connection may take; who asks gives up earlier."""
READ_S: Final = 30.0
"""How long an endpoint may be silent in the middle of a stream."""

_CHARS_A_TOKEN: Final = 8
"""More characters than this for each token that was allowed: the endpoint does not keep the limit."""
_MOST_TOKENS: Final = 10_000_000
"""More than any model takes: such a count is none, and ours by the length of the text stands."""
_SHOWN: Final = 200


class OpenAIChat:
    """Implements `ChatModel` for one row of the model table. `key`: the endpoint's key, "" for none."""

    def __init__(self, model: Model, key: str = "") -> None:
        self.model = model
        limits = httpx2.Limits(keepalive_expiry=KEEP_ALIVE_S)
        self._key = key
        self._client = openai.AsyncOpenAI(
            base_url=model.endpoint,
            api_key=key or "none",
            max_retries=0,
            timeout=httpx2.Timeout(READ_S, connect=CONNECT_S),
            http_client=openai.DefaultAsyncHttpxClient(limits=limits),
        )

    async def warm(self) -> None:
        """Open a connection, so that the first caller does not wait for it. Failure is no matter yet."""
        with suppress(openai.OpenAIError, httpx2.HTTPError, TimeoutError):
            async with asyncio.timeout(CONNECT_S):
                await self._client.models.list()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def stream(self, ask: Ask) -> AsyncGenerator[Piece]:
        """The answer as it is written. Raises `ModelFailed`."""
        try:
            stream = await self._client.chat.completions.create(**self._request(ask))
            if not isinstance(stream, AsyncStream):
                raise self._failed("answered with no stream", "garbage")
            # Leaving the loop without closing would leave the endpoint writing.
            async with stream, aclosing(self._pieces(stream, ask)) as pieces:
                async for piece in pieces:
                    yield piece
        except openai.APIStatusError as refused:
            raise self._refused(refused) from refused
        except openai.APIConnectionError as broken:
            raise self._unreached(broken) from broken
        except (openai.OpenAIError, httpx2.HTTPError) as broken:
            raise self._failed(f"broke off ({self._short(broken)})", "broken") from broken
        except (ValueError, TypeError, AttributeError, LookupError) as wrong:
            # What the client raises over lines that are no JSON, or JSON of another shape.
            raise self._failed(f"sent what is no answer ({self._short(wrong)})", "garbage") from wrong

    async def _pieces(self, stream: AsyncStream[ChatCompletionChunk], ask: Ask) -> AsyncGenerator[Piece]:
        left = ask.most_tokens * _CHARS_A_TOKEN
        counts: Counts | None = None
        written = finished = False
        async for chunk in stream:
            counts = _counts(chunk) or counts  # its chunk has no choices
            for choice in chunk.choices:
                finished = finished or bool(choice.finish_reason)
                text = choice.delta.content
                if not text:
                    continue
                written = True
                yield Piece(text[:left])
                left -= len(text)
                if left <= 0:
                    return
        if not written and not finished and counts is None:
            how = "sent an empty answer: does its address end where the API begins (mostly in /v1)?"
            raise self._failed(how, "garbage")
        yield Piece(counts=counts)

    def _request(self, ask: Ask) -> dict[str, Any]:
        request: dict[str, Any] = {
            "model": self.model.remote,
            "messages": [{"role": message.role, "content": message.text} for message in ask.messages],
            "max_tokens": ask.most_tokens,
            "temperature": 0,
            "stream": True,
        }
        if "stream_usage" in self.model.abilities:
            request["stream_options"] = {"include_usage": True}
        if ask.schema is not None and "json_schema" in self.model.abilities:
            schema = {"name": "meaning", "strict": True, "schema": dict(ask.schema)}
            request["response_format"] = {"type": "json_schema", "json_schema": schema}
        return request

    def _refused(self, error: openai.APIStatusError) -> ModelFailed:
        told = without_key(self._key, " ".join(error.message.split()))
        said = told.removeprefix(f"Error code: {error.status_code} - ")[:_SHOWN]
        match error.status_code:
            case 401 | 403:
                if not self.model.key:
                    how = f"wants a key: name the variable that holds it under 'key' in its row ({said})"
                    return self._failed(how, "key")
                return self._failed(f"does not accept the key in {self.model.key}: {said}", "key")
            case 404:
                return self._failed(
                    f"knows no model '{self.model.remote}', or its address is wrong: {said}", "model"
                )
            case 402 | 408 | 409 | 429 | 503 | 529:
                why = f"is too busy or limits us ({error.status_code}: {said})"
                how = "ask for a higher limit, or add another row of its tier"
                return self._failed(f"{why}: {how}", "busy")
            case code if 400 <= code < 500:  # noqa: PLR2004 -- HTTP's classes
                return self._failed(
                    f"refuses the request ({code}: {said}): check the abilities in its row", "request"
                )
            case code:
                return self._failed(f"failed ({code}: {said}): whoever runs it must look", "server")

    def _unreached(self, error: openai.APIConnectionError) -> ModelFailed:
        causes = list(_causes(error))
        host = httpx2.URL(self.model.endpoint).host
        for cause in causes:
            if isinstance(cause, ssl.SSLCertVerificationError):
                what = "is expired" if "expired" in str(cause) else f"is not trusted ({cause.verify_message})"
                return self._failed(f"shows a certificate that {what}: renew it at {host}", "certificate")
            if isinstance(cause, socket.gaierror):
                return self._failed(f"cannot be found: there is no host '{host}'. Check its row", "host")
        if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
            return self._failed("refuses connections: is it running, and is the port right?", "refused")
        if isinstance(error, openai.APITimeoutError):
            return self._failed("did not answer in time", "broken")
        return self._failed(f"broke off ({self._short(causes[-1])})", "broken")

    def _short(self, error: BaseException) -> str:
        return f"{type(error).__name__}: {without_key(self._key, ' '.join(str(error).split()))[:_SHOWN]}"

    def _failed(self, how: str, why: Why) -> ModelFailed:
        return ModelFailed(f"the model {self.model.name} at {self.model.endpoint} {how}", why)


def _counts(chunk: ChatCompletionChunk) -> Counts | None:
    used = chunk.usage
    if used is None or not _counted(used.prompt_tokens) or not _counted(used.completion_tokens):
        return None
    details = used.prompt_tokens_details
    cached = details.cached_tokens if details else 0
    return Counts(used.prompt_tokens, used.completion_tokens, cached if cached and _counted(cached) else 0)


def _counted(tokens: object) -> bool:
    """Whether a server's count can be one: what it writes there is not checked on the way."""
    return type(tokens) is int and 0 <= tokens <= _MOST_TOKENS


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and what it came from, as far as it is known."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
