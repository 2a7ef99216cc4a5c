"""A language model for work beside calls: the port, and one model behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from typing import Any, Final, Protocol

import orjson

from ivr.core.errors import EngineError
from ivr.understanding.models.chat import Ask, ChatModel, Message

LIMIT_S: Final = 60.0
MOST_TOKENS: Final = 800


class Economy(Protocol):
    """A model of the economy tier. `name` stands in what is made with it."""

    name: str

    async def answer(self, system: str, text: str, schema: Mapping[str, Any]) -> dict[str, Any]:
        """An answer by a JSON Schema, not yet checked against it. Raises `EngineError`."""
        ...

    async def close(self) -> None:
        """Leave no connection."""
        ...


class Closable(ChatModel, Protocol):
    """A chat model that holds connections."""

    async def close(self) -> None: ...


class OneModel:
    """Implements `Economy` with one chat model. `limit_s`: how long an answer may take."""

    def __init__(self, name: str, chat: Closable, limit_s: float = LIMIT_S) -> None:
        self.name = name
        self._chat = chat
        self._limit_s = limit_s

    async def answer(self, system: str, text: str, schema: Mapping[str, Any]) -> dict[str, Any]:
        ask = Ask((Message("system", system), Message("user", text)), MOST_TOKENS, schema)
        written = ""
        try:
            async with asyncio.timeout(self._limit_s), aclosing(self._chat.stream(ask)) as pieces:
                async for piece in pieces:
                    written += piece.text
        except TimeoutError as error:
            raise EngineError(f"The model {self.name} did not finish within {self._limit_s:g} s.") from error
        return as_object(written, self.name)

    async def close(self) -> None:
        await self._chat.close()


def as_object(written: str, name: str) -> dict[str, Any]:
    """The JSON object in what a model wrote. Raises `EngineError`."""
    begin, end = written.find("{"), written.rfind("}")
    try:
        made = orjson.loads(written[begin : end + 1])
    except orjson.JSONDecodeError as error:
        raise EngineError(f"The model {name} answered with something else than JSON.") from error
    if not isinstance(made, dict):
        raise EngineError(f"The model {name} answered with something else than a JSON object.")
    return made
