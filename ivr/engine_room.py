"""The engines that the settings name: a part of the composition root."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ivr.call.equipment import LoadedFlow
from ivr.call.ports import Recogniser, SpeechDetector
from ivr.config import Config, secrets
from ivr.core.errors import ConfigError
from ivr.core.flow.model import ActionStep, Flow
from ivr.engines.asking import ModelRoom
from ivr.engines.embedders import open_embedder
from ivr.engines.interpreter import ModelInterpreter
from ivr.engines.kept_classifiers import KeptClassifiers
from ivr.engines.models import models_dir, open_model
from ivr.engines.prompt_cache import PromptCache
from ivr.engines.reader import Readers
from ivr.engines.recogniser import WhisperRecogniser
from ivr.engines.silero import SileroDetector
from ivr.engines.voice import CachedVoice, PiperVoice
from ivr.engines.web import WebActions
from ivr.engines.workers import WorkerPool, usable_cores
from ivr.engines.writer import ModelWriter
from ivr.knowledge_files import read_knowledge
from ivr.metrics import Metrics
from ivr.sound_files import read_sounds

STRAINED_S: Final = 1.0
"""A caller who waits this long for a worker has company enough."""

_METER_EVERY_S: Final = 1.0
Step = Callable[[], Awaitable[object]]


@dataclass(slots=True)
class Engines:
    """The engines of a server. `pools` are those that run in processes of their own."""

    recogniser: Recogniser
    voice: CachedVoice
    detector: SpeechDetector
    readers: Readers
    metrics: Metrics
    web: WebActions = field(default_factory=WebActions)
    voices: dict[str, CachedVoice] = field(default_factory=dict)
    pools: list[WorkerPool] = field(default_factory=list)
    _starts: list[Step] = field(default_factory=list)
    _closes: list[Step] = field(default_factory=list)
    models: ModelRoom | None = None
    _meter: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Load every engine; returns when all are warm. Raises `ConfigError` or `EngineError`."""
        async with asyncio.TaskGroup() as group:
            for start in self._starts:
                group.create_task(_once(start))
        if self.models:
            await self.models.start()
        self._meter = asyncio.create_task(self._count(), name="engine meter")

    async def load(self, flow: Flow, source: str, path: Path) -> LoadedFlow:
        """A flow ready to take calls. `path`: of its file. Raises `FlowProblems` or `EngineError`."""
        reader = await self.readers.for_flow(flow)
        sounds = await asyncio.to_thread(read_sounds, flow, path.parent, str(path))
        if self.models is None:
            return LoadedFlow(flow, source, reader, sounds=sounds)
        texts = await asyncio.to_thread(read_knowledge, flow, path.parent, str(path), source)
        library = await self.readers.library_for(flow, texts)
        return LoadedFlow(
            flow,
            source,
            reader,
            ModelInterpreter(self.models, reader),
            ModelWriter(self.models, library, flow.language),
            sounds,
        )

    def health(self) -> dict[str, bool]:
        """Whether each engine would answer now."""
        return {pool.name: pool.healthy for pool in self.pools}

    def strained(self) -> bool:
        """Whether callers wait so long for an engine that nobody new should be let in."""
        return any(pool.longest_wait_s > STRAINED_S for pool in self.pools)

    async def close(self) -> None:
        """Leave no process and no task."""
        if self._meter:
            self._meter.cancel()
            with suppress(asyncio.CancelledError):
                await self._meter
        if self.models:
            await self.models.close()
        for close in self._closes:
            await close()
        self.readers.close()

    async def _count(self) -> None:
        restarts = {pool.name: 0 for pool in self.pools}
        shed = {pool.name: 0 for pool in self.pools}
        while True:
            for pool in self.pools:
                for _ in range(pool.shed - shed[pool.name]):
                    self.metrics.engine_failed(pool.name, "shed")
                shed[pool.name] = pool.shed
                self.metrics.engine_queue(pool.name, pool.queue_length)
                for _ in range(pool.restarts - restarts[pool.name]):
                    self.metrics.engine_restarted(pool.name)
                restarts[pool.name] = pool.restarts
            await asyncio.sleep(_METER_EVERY_S)


def make_engines(
    config: Config, environ: Mapping[str, str], metrics: Metrics, language: str = "en-US"
) -> Engines:
    """The engines that the settings name, not yet started, for callers who speak `language`.

    Raises `ConfigError` for a missing model, or one that does not know the language.
    """
    folder = models_dir(config.models_dir, environ)
    parts = _Parts(config, folder, PromptCache(config.folder("cache", environ) / "prompts"))
    recogniser = parts.recogniser(language.partition("-")[0].lower())
    voice = parts.voice(config.voice_model, config.voice_name)
    voices = {tongue: parts.voice(name, name) for tongue, name in config.voices_by_language.items()}
    detector = SileroDetector(open_model("silero-vad", folder, "detector").only(".onnx"))
    chosen = open_embedder(language, folder)
    parts.closes.append(lambda: asyncio.to_thread(chosen.close))
    cache = config.folder("cache", environ)
    readers = Readers(
        chosen.embeddings,
        kept=KeptClassifiers(cache / "understanding", chosen.digest),
        vectors=cache / "vectors" / f"knowledge-{chosen.digest[:16]}.npz",
    )
    web = WebActions(config.allowed_servers, secrets(environ))
    parts.closes.append(web.close)
    return Engines(
        recogniser, voice, detector, readers, metrics, web, voices, parts.pools, parts.starts, parts.closes
    )


class _Parts:
    """Makes engines and notes how they are started and closed."""

    def __init__(self, config: Config, folder: Path, cache: PromptCache) -> None:
        self._config = config
        self._folder = folder
        self._cache = cache
        self._key = config.speech_key.get_secret_value()
        self.pools: list[WorkerPool] = []
        self.starts: list[Step] = []
        self.closes: list[Step] = []

    def recogniser(self, language: str) -> Recogniser:
        name, url = self._config.recogniser_model, self._config.recogniser_url
        if url:
            from ivr.engines import openai_speech  # noqa: PLC0415 -- a second to import, rarely needed

            remote = openai_speech.OpenAIRecogniser(url, name, api_key=self._key, language=language)
            self.closes.append(remote.close)
            return remote
        if name.endswith(".en") and language != "en":
            raise ConfigError(
                f"The flow speaks {language!r} but the recogniser {name} knows English only. "
                "Set IVR_RECOGNISER_MODEL to a multilingual one: `ivr models list`."
            )
        files = open_model(name, self._folder, "recogniser")
        workers = self._config.recognisers or usable_cores()
        whisper = WhisperRecogniser(files.folder, workers=workers, language=language)
        self._keep(whisper.pool, whisper.start, whisper.close)
        return whisper

    def voice(self, name: str, speaker: str) -> CachedVoice:
        """A voice of this machine by its name, or a speaker of the endpoint."""
        url = self._config.voice_url
        if url:
            from ivr.engines import openai_speech  # noqa: PLC0415 -- a second to import, rarely needed

            remote = openai_speech.OpenAIVoice(
                url, self._config.voice_model, speaker, self._cache, api_key=self._key
            )
            self.closes.append(remote.close)
            return remote
        files = open_model(name, self._folder, "voice")
        piper = PiperVoice(files.only(".onnx"), self._cache)
        self._keep(piper.pool, piper.start, piper.close)
        return piper

    def _keep(self, pool: WorkerPool, start: Step, close: Step) -> None:
        self.pools.append(pool)
        self.starts.append(start)
        self.closes.append(close)


async def _once(step: Step) -> None:
    await step()


def lacks(config: Config, environ: Mapping[str, str], flow: Flow) -> list[str]:
    """What a flow asks for and the settings do not give, each in a sentence for the operator."""
    first = flow.language.partition("-")[0]
    others = sorted({language.partition("-")[0] for language in flow.family} - {first})
    told: list[str] = []
    if others and not config.recogniser_url and config.recogniser_model.endswith(".en"):
        told.append(
            f"The recogniser {config.recogniser_model} knows English only, and the flow speaks "
            f"{', '.join(others)} too. Set IVR_RECOGNISER_MODEL to a multilingual one."
        )
    told += [
        f"The voice for {first} will speak {language} too. Name another: IVR_VOICES={language}=NAME."
        for language in others
        if language not in config.voices_by_language
    ]
    kept = secrets(environ)
    wanted = {
        variable
        for sub in flow.flows.values()
        for step in sub.steps
        if isinstance(step, ActionStep)
        for _, variable in step.secrets.values()
    }
    told += [f"An action of the flow needs {name}, which is not set." for name in sorted(wanted - set(kept))]
    return told
