"""Callers' words as the line would hear them: spoken by the voice, sent as mu-law, and recognised.

For `ivr test --audio`. The engines are those of the settings.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from ivr.config import load
from ivr.core.speaking.reading import reader
from ivr.engine_room import make_engines
from ivr.engines.workers import usable_cores
from ivr.metrics import Metrics
from ivr.rehearsal.talk import AsHeard

_SILENCE: Final = b"\xff" * 8 * 300
"""Before and behind the words (mu-law), as the ears leave it."""


def hear(
    texts: Iterable[str], language: str, done: Callable[[int], None] = lambda _count: None
) -> Mapping[str, AsHeard]:
    """What the recogniser makes of each text, spoken in `language`; `done` is told how many are.

    Raises `ConfigError` when a model is missing, `EngineError` when an engine fails.
    """
    return asyncio.run(_hear(tuple(dict.fromkeys(texts)), language, done))


async def _hear(texts: tuple[str, ...], language: str, done: Callable[[int], None]) -> Mapping[str, AsHeard]:
    engines = make_engines(load(os.environ).config, os.environ, Metrics(lambda: 0), language)
    aloud = reader(language, {})
    heard: dict[str, AsHeard] = {}
    turns = asyncio.Semaphore(usable_cores())

    async def one(text: str) -> None:
        async with turns:
            sound = await engines.voice.render(aloud.say(text))
            transcript = await engines.recogniser.transcribe(_SILENCE + sound + _SILENCE)
            heard[text] = AsHeard(transcript.text, round(transcript.confidence, 3))
            done(len(heard))

    try:
        await engines.start()
        async with asyncio.TaskGroup() as group:
            for text in texts:
                group.create_task(one(text))
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None
    finally:
        await engines.close()
    return heard
