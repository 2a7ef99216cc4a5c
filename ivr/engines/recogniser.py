"""The recogniser of a call: Whisper in worker processes behind the `Recogniser` port."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ivr.call.ports import Transcript, Urgency
from ivr.core.errors import ConfigError
from ivr.engines.frames import Frame, Header
from ivr.engines.workers import Limits, WorkerPool
from ivr.wire import pcm

_LIMITS: Final = Limits(attempt_s=6.0)
"""The longest utterance takes 2-3 s on a busy core; killing a worker that is only slow makes it worse."""

_WARM_UP: Final[Frame] = ({}, bytes([0x80, 0x00]) * (250 * pcm.BYTES_PER_MS))
"""Half a second of a loud buzz, so that the whole way through the model is gone once."""

_NEEDED: Final = ("model.bin", "config.json", "tokenizer.json")


class WhisperRecogniser:
    """`Recogniser` over a pool of worker processes, each with a model of its own (about 140 MB for tiny).

    model      folder of a CTranslate2 Whisper model
    workers    utterances recognised at the same time; one a core is the most that helps
    language   two-letter code of what callers speak
    """

    def __init__(
        self,
        model: Path,
        *,
        workers: int = 1,
        language: str = "en",
        beam_size: int | None = None,
        limits: Limits = _LIMITS,
    ) -> None:
        self._model = model
        settings: Header = {"model": str(model), "language": language}
        if beam_size is not None:
            settings["beam_size"] = beam_size
        self.pool: Final = WorkerPool(
            "recogniser", settings, name="recogniser", workers=workers, limits=limits, warm_up=_WARM_UP
        )

    @property
    def healthy(self) -> bool:
        """Whether words will very likely come back."""
        return self.pool.healthy

    async def start(self) -> None:
        """Load the model in every worker. Raises `ConfigError` (files missing) or `EngineError`."""
        missing = [name for name in _NEEDED if not (self._model / name).is_file()]
        if missing:
            raise ConfigError(
                f"the recogniser's model in {self._model} lacks {', '.join(missing)}: run `ivr models pull`"
            )
        await self.pool.start()

    async def close(self) -> None:
        """End the workers."""
        await self.pool.close()

    async def transcribe(
        self,
        audio: bytes,
        hints: tuple[str, ...] = (),
        language: str = "",
        urgency: Urgency | None = None,
    ) -> Transcript:
        """The words of an utterance (mu-law); of more than 27 s the last 27. Raises `EngineError`."""
        answer, _ = await self.pool.request(
            {"hints": list(hints), "language": language.partition("-")[0]}, audio, urgency=urgency
        )
        return Transcript(answer["text"], answer["confidence"], answer["why_empty"])
