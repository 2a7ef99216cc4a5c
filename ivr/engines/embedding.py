"""Embedding sentences as callers say them, whatever the embedder behind it does wrong."""

from __future__ import annotations

from typing import Final

from ivr.core.errors import EngineError, IvrError
from ivr.understanding.classifier import Embeddings, Vectors
from ivr.understanding.text import normalise

_MAX_CHARS: Final = 600
"""Characters that are embedded: more than the embedder's 128 tokens hold."""


def embed_all(embeddings: Embeddings, texts: list[str]) -> Vectors:
    """Embed `texts` in their plain form. Whatever fails becomes an `EngineError`."""
    try:
        return embeddings.embed([normalise(text[:_MAX_CHARS]) for text in texts])
    except IvrError:
        raise
    except Exception as error:
        raise EngineError(
            f"The embedder failed on {len(texts)} sentence(s): {type(error).__name__}: {error}. "
            "Check its model with: ivr models verify"
        ) from error
