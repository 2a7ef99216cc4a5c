"""Which embedder understands a language: MiniLM for English, multilingual-e5-small for all others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from ivr.core.errors import ConfigError
from ivr.engines.embedder import Embedder
from ivr.engines.models import open_model
from ivr.engines.models.store import sha256_of
from ivr.engines.multilingual import MultilingualEmbedder
from ivr.understanding.classifier import Embeddings

ENGLISH: Final = "minilm"
OTHERS: Final = "e5-small"

_log = structlog.get_logger("ivr")


@dataclass(frozen=True, slots=True)
class ChosenEmbedder:
    """An embedder, and the digest that names it. `close` when done."""

    embeddings: Embeddings
    digest: str
    close: Callable[[], None] = lambda: None


def open_embedder(language: str, folder: Path, *, strict: bool = False) -> ChosenEmbedder:
    """The embedder for a language (`en-US`). Raises `ConfigError` when no model is there.

    Without the model for other languages English's stands in, which knows a little of them, and says so;
    strict  that is refused, too
    """
    if language.partition("-")[0].lower() not in ("en", ""):
        try:
            files = open_model(OTHERS, folder, "embedder")
        except ConfigError as error:
            if strict:
                raise
            _log.warning(
                "this language is understood badly without the embedder for it",
                language=language,
                why=str(error),
            )
        else:
            made = MultilingualEmbedder(files.folder)
            return ChosenEmbedder(made, sha256_of(files["e5-small-q4.bin"]), made.close)
    files = open_model(ENGLISH, folder, "embedder")
    model = files.only(".onnx")
    return ChosenEmbedder(Embedder(model, files["tokenizer.json"]), sha256_of(model))
