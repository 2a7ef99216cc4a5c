"""The engines that the settings name: a part of the composition root."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ivr.call.ports import Reader, Recogniser, SpeechDetector
from ivr.config import Config
from ivr.core.flow.model import Flow
from ivr.engines.embedder import Embedder
from ivr.engines.models import models_dir, open_model
from ivr.engines.openai_speech import OpenAIRecogniser, OpenAIVoice
from ivr.engines.prompt_cache import PromptCache
from ivr.engines.reader import Readers
from ivr.engines.recogniser import WhisperRecogniser
from ivr.engines.silero import SileroDetector
from ivr.engines.voice import CachedVoice, PiperVoice
from ivr.engines.workers import WorkerPool
from ivr.metrics import Metrics

_METER_EVERY_S: Final = 1.0


@dataclass(slots=True)
class Engines:
    """The engines of a server. `pools` are those that run in processes of their own."""

    recogniser: Recogniser
    voice: CachedVoice
    detector: SpeechDetector
    readers: Readers
    pools: tuple[WorkerPool, ...]
    starters: tuple[WhisperRecogniser | PiperVoice, ...]
    closers: tuple[WhisperRecogniser | CachedVoice | OpenAIRecogniser, ...]
    metrics: Metrics
    _meter: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Load every engine; returns when all are warm. Raises `ConfigError` or `EngineError`."""
        await asyncio.gather(*(starter.start() for starter in self.starters))
        self._meter = asyncio.create_task(self._count(), name="engine meter")

    async def read(self, flow: Flow) -> Reader:
        """Train the understanding of a flow."""
        return await self.readers.for_flow(flow)

    def health(self) -> dict[str, bool]:
        """Whether each engine would answer now."""
        return {pool.name: pool.healthy for pool in self.pools}

    async def close(self) -> None:
        """Leave no process and no task."""
        if self._meter:
            self._meter.cancel()
        for closer in self.closers:
            await closer.close()
        self.readers.close()

    async def _count(self) -> None:
        restarts = {pool.name: 0 for pool in self.pools}
        while True:
            for pool in self.pools:
                self.metrics.engine_queue(pool.name, pool.queue_length)
                for _ in range(pool.restarts - restarts[pool.name]):
                    self.metrics.engine_restarted(pool.name)
                restarts[pool.name] = pool.restarts
            await asyncio.sleep(_METER_EVERY_S)


def make_engines(config: Config, environ: Mapping[str, str], metrics: Metrics) -> Engines:
    """The engines that the settings name, not yet started. Raises `ConfigError` for a missing model."""
    folder = models_dir(config.models_dir, environ)
    cache = PromptCache(config.folder("cache", environ) / "prompts")
    key = config.speech_key.get_secret_value()
    pools: list[WorkerPool] = []
    starters: list[WhisperRecogniser | PiperVoice] = []
    recogniser: WhisperRecogniser | OpenAIRecogniser
    voice: CachedVoice
    if config.recogniser_url:
        recogniser = OpenAIRecogniser(config.recogniser_url, key, model=config.recogniser_model)
    else:
        files = open_model(config.recogniser_model, folder, "recogniser")
        workers = config.recognisers or max(1, os.cpu_count() or 1)
        recogniser = WhisperRecogniser(files.folder, workers=workers)
        pools.append(recogniser.pool)
        starters.append(recogniser)
    if config.voice_url:
        voice = OpenAIVoice(config.voice_url, key, cache, model=config.voice_model, voice=config.voice_name)
    else:
        files = open_model(config.voice_model, folder, "voice")
        piper = PiperVoice(files.only(".onnx"), cache, digest=config.voice_model)
        pools.append(piper.pool)
        starters.append(piper)
        voice = piper
    detector = SileroDetector(open_model("silero-vad", folder, "detector").only(".onnx"))
    minilm = open_model("minilm", folder, "embedder")
    embedder = Embedder(minilm.only(".onnx"), minilm["tokenizer.json"])
    return Engines(
        recogniser,
        voice,
        detector,
        Readers(embedder),
        tuple(pools),
        tuple(starters),
        (recogniser, voice),
        metrics,
    )
