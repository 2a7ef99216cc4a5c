"""What was learnt from a flow's examples, kept on disk: a second start learns nothing and embeds nothing.

One file per set of examples and embedder, named by the digest of both, so a changed example or another
model is never taken for an old one. The files hold arrays and JSON, nothing that runs. It is a cache: what
cannot be read or written is learnt again.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson

from ivr.understanding.classifier import Classifier, Label, Linear, WordModel, middles
from ivr.understanding.examples import unshared

LEARNING: Final = 2
"""Goes up whenever `ivr.understanding.training` learns something else from the same examples."""
MOST: Final = 40
"""Files that are kept; beyond that those longest unused go."""

Examples = Sequence[tuple[Label, str]]
_ARRAYS: Final = ("examples", "owners", "meaning", "meaning_bias", "wording", "wording_bias", "idf")


class KeptClassifiers:
    """Classifiers by their examples.

    folder    where the files are; made when the first one is kept
    embedder  names the embedder whose vectors they are made of, by its digest
    """

    def __init__(self, folder: Path, embedder: str) -> None:
        self._folder = folder
        self._embedder = embedder

    def get(self, examples: Examples) -> Classifier | None:
        """What was learnt from just these examples, or None."""
        path = self._path(examples)
        with suppress(OSError, ValueError, KeyError, TypeError, EOFError, IndexError, zipfile.BadZipFile):
            with path.open("rb") as file:
                kept = np.load(file, allow_pickle=False)
                classifier = _unpacked({name: kept[name] for name in (*_ARRAYS, "facts")})
            os.utime(path)
            return classifier
        return None

    def put(self, examples: Examples, classifier: Classifier) -> None:
        """Keep what was learnt. Nobody else sees a file that is half written."""
        path = self._path(examples)
        beside = path.with_suffix(f".{os.getpid()}.tmp")
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            with beside.open("wb") as out:
                np.savez(out, **_packed(classifier))
            beside.replace(path)
            self._tidy()
        with suppress(OSError):
            beside.unlink(missing_ok=True)

    def _path(self, examples: Examples) -> Path:
        told = [LEARNING, self._embedder, [[label.kind, label.name, text] for label, text in examples]]
        return self._folder / f"{hashlib.sha256(orjson.dumps(told)).hexdigest()[:32]}.npz"

    def _tidy(self) -> None:
        files = sorted(self._folder.glob("*.npz"), key=lambda file: file.stat().st_mtime, reverse=True)
        for file in files[MOST:]:
            file.unlink(missing_ok=True)


def _packed(made: Classifier) -> dict[str, Any]:
    facts = {
        "labels": [[label.kind, label.name] for label in made.labels],
        "spoken": made.spoken,
        "grams": sorted(made.word_model.columns, key=made.word_model.columns.__getitem__),
        "threshold": made.threshold,
        "sharpness": made.sharpness,
    }
    return {
        "examples": made.examples,
        "owners": made.owners.astype(np.int64),
        "meaning": made.meaning.weights,
        "meaning_bias": made.meaning.bias,
        "wording": made.wording.weights,
        "wording_bias": made.wording.bias,
        "idf": made.word_model.idf,
        "facts": np.frombuffer(orjson.dumps(facts), dtype=np.uint8),
    }


def _unpacked(kept: dict[str, Any]) -> Classifier:
    """Raises `ValueError`, `KeyError` or `TypeError` on what was not written by `_packed`."""
    facts = orjson.loads(kept["facts"].tobytes())
    spoken = tuple(tuple(words) for words in facts["spoken"])
    columns = {tuple(gram): i for i, gram in enumerate(facts["grams"])}
    labels = tuple(Label(kind, name) for kind, name in facts["labels"])
    owners = kept["owners"].astype(np.intp)
    shapes = {
        "examples": (len(spoken), kept["meaning"].shape[-1]),
        "owners": (len(spoken),),
        "meaning": (len(labels), kept["examples"].shape[-1]),
        "meaning_bias": (len(labels),),
        "wording": (len(labels), len(columns)),
        "wording_bias": (len(labels),),
        "idf": (len(columns),),
    }
    if any(kept[name].shape != shape for name, shape in shapes.items()) or owners.max() >= len(labels):
        raise ValueError("the arrays do not fit each other")
    of_labels, of_all = middles(kept["examples"], owners, len(labels))
    return Classifier(
        labels=labels,
        examples=kept["examples"],
        owners=owners,
        middles=of_labels,
        topic=of_all,
        spoken=spoken,
        phrases=unshared(spoken, owners.tolist()),
        meaning=Linear(kept["meaning"], kept["meaning_bias"]),
        wording=Linear(kept["wording"], kept["wording_bias"]),
        word_model=WordModel(columns, kept["idf"]),
        threshold=float(facts["threshold"]),
        sharpness=float(facts["sharpness"]),
    )
