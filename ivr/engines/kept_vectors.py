"""Vectors of sentences kept on disk, for those who embed the same sentences again and again: test runs.

One file per embedder, named by its digest, so that another model never reads them. It is a cache: what
cannot be read or written is embedded again.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import numpy as np
import orjson

from ivr.understanding.classifier import Embeddings, Vectors

MOST: Final = 20_000
"""Vectors that are kept: 30 MB."""


class KeptEmbeddings:
    """Embeddings in front of others, that remember. Implements `Embeddings`; call `save` when done."""

    def __init__(self, embeddings: Embeddings, path: Path) -> None:
        self._embeddings = embeddings
        self._path = path
        self._vectors = _read(path)
        self._new = False

    def embed(self, texts: Sequence[str]) -> Vectors:
        missing = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if missing:
            self._vectors.update(zip(missing, self._embeddings.embed(missing), strict=True))
            self._new = True
        if not texts:
            return self._embeddings.embed(texts)
        return np.stack([self._vectors[text] for text in texts])

    def save(self) -> None:
        """Write what is new. Nobody else sees a file that is half written."""
        if not self._new:
            return
        kept = dict(list(self._vectors.items())[-MOST:])
        beside = self._path.with_suffix(f".{os.getpid()}.tmp")
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with beside.open("wb") as out:
                texts = np.frombuffer(orjson.dumps(list(kept)), dtype=np.uint8)
                np.savez(out, texts=texts, vectors=np.stack(list(kept.values())))
            beside.replace(self._path)
            self._new = False
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def _read(path: Path) -> dict[str, Vectors]:
    with suppress(OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile), path.open("rb") as file:
        kept = np.load(file)
        vectors = kept["vectors"]
        texts = orjson.loads(kept["texts"].tobytes())
        if vectors.dtype == np.float32 and vectors.ndim == 2 and len(texts) == len(vectors):  # noqa: PLR2004 -- rows of numbers
            return dict(zip(texts, vectors, strict=True))
    return {}
