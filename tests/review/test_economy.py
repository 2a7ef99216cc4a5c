"""One model for work beside calls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from ivr.core.errors import EngineError
from ivr.review.economy import OneModel
from ivr.understanding.models.chat import Ask, Counts, Piece


class Chat:
    def __init__(self, *texts: str, stalls: bool = False) -> None:
        self.texts = texts
        self.stalls = stalls
        self.closed = False
        self.asked: Ask | None = None

    async def close(self) -> None: ...

    async def stream(self, ask: Ask) -> AsyncGenerator[Piece]:
        self.asked = ask
        try:
            for text in self.texts:
                yield Piece(text)
            if self.stalls:
                await asyncio.Event().wait()
            yield Piece(counts=Counts(1, 1))
        finally:
            self.closed = True


async def test_pieces_become_an_object_whatever_stands_around_it() -> None:
    chat = Chat('```json\n{"a"', ": 1}\n```")
    assert await OneModel("m", chat).answer("s", "t", {"type": "object"}) == {"a": 1}
    assert chat.asked is not None
    assert [m.role for m in chat.asked.messages] == ["system", "user"]


@pytest.mark.parametrize("text", ["no object", "{broken", "[1]", ""])
async def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(EngineError, match="model m answered with something else"):
        await OneModel("m", Chat(text)).answer("s", "t", {})


async def test_a_model_that_stalls_is_given_up_and_stopped() -> None:
    chat = Chat('{"a"', stalls=True)
    with pytest.raises(EngineError, match="did not finish"):
        await OneModel("m", chat, limit_s=0.01).answer("s", "t", {})
    assert chat.closed
