"""Asking each model of a table one small thing, to see what its endpoint does and what its row says of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, Final

from ivr.engines.chat import OpenAIChat
from ivr.understanding.models.chat import Ask, Counts, Message, ModelFailed
from ivr.understanding.models.routing import LIMITS
from ivr.understanding.models.table import Model, Table

LIMIT_S: Final = 20.0
SLOW_MS: Final = LIMITS["intent"].first_ms
"""A model that is silent for longer is given up in a turn."""
_SCHEMA: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {"colour": {"type": "string", "enum": ["vermilion", "ultramarine"]}},
    "required": ["colour"],
    "additionalProperties": False,
}
_ASK: Final = Ask(
    (
        Message("system", "Answer with one word."),
        Message("user", "What colour has a clear sky at noon?"),
    ),
    40,
    _SCHEMA,
)
"""Without the schema nobody answers in this form, so an answer in it shows that the schema is kept."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of a model. Without an `error` it answers.

    first_ms     until the first token
    json_schema  whether an answer keeps to a JSON Schema; stream_usage: whether it counts tokens
    advice       what to change in its row
    """

    model: Model
    error: str = ""
    first_ms: int = -1
    json_schema: bool = False
    stream_usage: bool = False
    advice: tuple[str, ...] = ()


async def check_models(table: Table, keys: Mapping[str, str]) -> list[Finding]:
    """Ask every model at the same time. Each answers, or the finding says why it does not."""
    return list(
        await asyncio.gather(*(_check(model, keys.get(name, "")) for name, model in table.models.items()))
    )


async def _check(model: Model, key: str) -> Finding:
    every = frozenset(("json_schema", "stream_usage"))
    found = await _ask(model, every, key)
    if found.error and found.first_ms < 0 and _refused_an_ability(found):
        # It may dislike one of the two: ask without, and with each alone.
        plain = await _ask(model, frozenset(), key)
        if plain.error:
            return plain
        schema = await _ask(model, frozenset(("json_schema",)), key)
        usage = await _ask(model, frozenset(("stream_usage",)), key)
        found = replace(plain, json_schema=schema.json_schema, stream_usage=usage.stream_usage)
    return replace(found, advice=tuple(_advice(found)))


def _refused_an_ability(found: Finding) -> bool:
    return "refuses the request" in found.error


async def _ask(model: Model, abilities: frozenset[str], key: str) -> Finding:
    chat = OpenAIChat(replace(model, abilities=abilities), key)
    loop = asyncio.get_running_loop()
    began, first_ms, text = loop.time(), -1, ""
    counts: Counts | None = None
    try:
        async with asyncio.timeout(LIMIT_S), aclosing(chat.stream(_ASK)) as pieces:
            async for piece in pieces:
                if piece.text and first_ms < 0:
                    first_ms = int((loop.time() - began) * 1000)
                text += piece.text
                counts = piece.counts or counts
    except TimeoutError:
        late = "ended no answer" if first_ms >= 0 else "did not answer"
        error = f"{_named(model)} {late} within {LIMIT_S:g} s: is it overloaded, or still loading?"
        return Finding(model, error, first_ms)
    except ModelFailed as failed:
        return Finding(model, str(failed), first_ms)
    finally:
        await chat.close()
    if not text.strip():
        error = f"{_named(model)} wrote nothing when it was asked a plain question: is it a model for chats?"
        return Finding(model, error, first_ms)
    return Finding(model, "", first_ms, _keeps_schema(text), counts is not None)


def _named(model: Model) -> str:
    return f"the model {model.name} at {model.endpoint}"


def _keeps_schema(text: str) -> bool:
    try:
        return json.loads(text).get("colour") in _SCHEMA["properties"]["colour"]["enum"]
    except (ValueError, AttributeError):
        return False


def _advice(found: Finding) -> list[str]:
    advice: list[str] = []
    if found.error:
        return advice
    for ability, has in (("json_schema", found.json_schema), ("stream_usage", found.stream_usage)):
        if has and ability not in found.model.abilities:
            advice.append(f"add {ability} to its abilities")
        elif not has and ability in found.model.abilities:
            advice.append(f"take {ability} out of its abilities: it is ignored")
    if found.first_ms > SLOW_MS:
        slow = f"its first token took {found.first_ms / 1000:.1f} s, and a caller waits {SLOW_MS / 1000:g} s"
        advice.append(f"{slow}: put a quicker one before it, or ask again when it is warm")
    if not found.model.prices.known:
        advice.append("write its prices: until then what it costs is unknown")
    return advice
