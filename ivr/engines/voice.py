"""Voices of a call: whatever makes the sound, with the prompt cache before it.

`CachedVoice` is the port; `PiperVoice` makes the sound in worker processes.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import structlog

from ivr.core.errors import ConfigError, EngineError
from ivr.engines.prompt_cache import PromptCache, content_key
from ivr.engines.workers import LATER, LIVE, Limits, WorkerPool

_log = structlog.get_logger(__name__)

_LIMITS: Final = Limits(attempt_s=8.0)
_AHEAD_S: Final = 120.0


class CachedVoice(ABC):
    """`Voice` with a cache and one rendering of a text at a time.

    cache      where sound is kept
    voice      the voice's name or digest, and
    settings   how it speaks: both are part of what sound is kept by
    """

    def __init__(self, cache: PromptCache, *, voice: str, settings: Mapping[str, Any]) -> None:
        self._cache = cache
        self._voice = voice
        self._settings = dict(settings)
        self._rendering: dict[tuple[str, bool], asyncio.Task[bytes]] = {}

    @abstractmethod
    async def _synthesise(self, text: str, *, ahead: bool, rate: float) -> bytes:
        """Make the mu-law of a text. Raises `EngineError`.

        ahead  nobody waits for it yet
        rate   1.0 is the usual speed; less is slower
        """

    async def close(self) -> None:
        """Stop what is being rendered."""
        rendering = list(self._rendering.values())
        for task in rendering:
            task.cancel()
        if rendering:
            await asyncio.wait(rendering)

    def ready_audio(self, text: str, rate: float = 1.0) -> bytes | None:
        """The mu-law of `text` if it is in memory."""
        return self._cache.get(self._key(text, rate))

    async def render(self, text: str, *, keep: bool = True, rate: float = 1.0, ahead: bool = False) -> bytes:
        """The mu-law of one sentence. Raises `EngineError`.

        rate   1.0 is the usual speed; less is slower, and kept apart
        keep   False for what is sensitive: no trace of it stays in memory or on disk
        ahead  nobody waits for it yet
        """
        if not text.strip():
            return b""
        if not keep:
            return await self._synthesise(text, ahead=ahead, rate=rate)
        return await self._rendered(text, ahead=ahead, rate=rate)

    async def prepare(self, texts: Iterable[str]) -> int:
        """Have the sound of fixed prompts in the cache; how many had to be made. Raises `EngineError`.

        One after the other and behind what callers wait for, so that it may run during calls.
        """
        made = 0
        for text in dict.fromkeys(texts):
            if text.strip() and await self._loaded(text, 1.0) is None:
                await self._rendered(text, ahead=True, rate=1.0)
                made += 1
        return made

    async def _rendered(self, text: str, *, ahead: bool, rate: float) -> bytes:
        """The sound from the cache, from a rendering under way, or from a new one."""
        key = self._key(text, rate)
        if (audio := self._cache.get(key)) is not None:
            return audio
        task = self._rendering.get((key, ahead))  # a caller does not wait for what was queued behind callers
        if task is None:
            task = asyncio.create_task(self._made(text, ahead=ahead, rate=rate), name="render")
            self._rendering[key, ahead] = task
            task.add_done_callback(lambda done: self._rendered_once((key, ahead), done))
        try:
            return await asyncio.shield(task)  # others may wait for the same sound
        except asyncio.CancelledError:
            if task.cancelled():
                raise EngineError("the voice was closed") from None
            raise

    def _rendered_once(self, key: tuple[str, bool], task: asyncio.Task[bytes]) -> None:
        del self._rendering[key]
        if not task.cancelled():
            task.exception()  # whoever wanted the sound may have left: then nobody else looks at it

    async def _made(self, text: str, *, ahead: bool, rate: float) -> bytes:
        if (audio := await self._loaded(text, rate)) is not None:
            return audio
        audio = await self._synthesise(text, ahead=ahead, rate=rate)
        try:
            await asyncio.to_thread(self._cache.store, self._key(text, rate), audio)
        except OSError as wrong:
            _log.warning("prompt not kept on disk", why=str(wrong), do="check the cache folder and its disk")
        return audio

    async def _loaded(self, text: str, rate: float) -> bytes | None:
        return await asyncio.to_thread(self._cache.load, self._key(text, rate))

    def _key(self, text: str, rate: float) -> str:
        settings = self._settings if rate == 1.0 else {**self._settings, "rate": rate}
        return content_key(text, self._voice, settings)


class PiperVoice(CachedVoice):
    """Piper in worker processes.

    model     the `.onnx` file; its `.onnx.json` stands beside it
    digest    what tells this voice from others (its SHA-256); the file's name and size if not given
    speed     1.0 is the voice's own; greater is faster
    """

    def __init__(  # noqa: PLR0913 - keyword arguments, each with a meaning of its own
        self,
        model: Path,
        cache: PromptCache,
        *,
        digest: str = "",
        workers: int = 1,
        speed: float = 1.0,
        speaker: int | None = None,
        threads: int = 1,
        limits: Limits = _LIMITS,
    ) -> None:
        sound = {"speed": speed, "speaker": speaker, "engine": "piper 1"}
        super().__init__(cache, voice=digest or _named(model), settings=sound)
        self._model = model
        self.pool: Final = WorkerPool(
            "voice",
            {"model": str(model), "speed": speed, "speaker": speaker, "threads": threads},
            name="voice",
            workers=workers,
            limits=limits,
            warm_up=({"text": "One moment, please.", "rate": 1.0}, b""),
        )

    @property
    def healthy(self) -> bool:
        """Whether a new sentence will very likely be spoken."""
        return self.pool.healthy

    async def start(self) -> None:
        """Load the voice in every worker. Raises `ConfigError` (files missing) or `EngineError`."""
        for file in (self._model, Path(f"{self._model}.json")):
            if not file.is_file():
                raise ConfigError(f"the voice lacks {file}: run `ivr models pull`")
        await asyncio.to_thread(self._cache.prune)
        await self.pool.start()

    async def close(self) -> None:
        await super().close()
        await self.pool.close()

    async def _synthesise(self, text: str, *, ahead: bool, rate: float) -> bytes:
        _, audio = await self.pool.request(
            {"text": text, "rate": rate},
            deadline_s=_AHEAD_S if ahead else None,
            priority=LATER if ahead else LIVE,
        )
        return audio


def _named(model: Path) -> str:
    size = model.stat().st_size if model.is_file() else 0
    return f"{model.name} {size}"
