"""Sentence embedding: a text becomes a vector whose cosine to another says how alike they mean."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]  # it ships no types
from numpy.typing import NDArray
from tokenizers import Tokenizer

from ivr.core.errors import EngineError

DIMENSIONS = 384
LONGEST = 128  # tokens; what a caller says in one turn is far shorter


class Embedder:
    """MiniLM (8 bit) on the processor. Synchronous; an instance may be used from several threads.

    model_path, tokenizer_path  verified files of the model `minilm`
    threads                     threads of one call; 1 is best while calls are in progress
    """

    def __init__(self, model_path: Path, tokenizer_path: Path, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(
                str(model_path), options, providers=["CPUExecutionProvider"]
            )
            self._tokenizer = Tokenizer.from_file(str(tokenizer_path))
        except Exception as error:  # both libraries raise bare exceptions of their own
            raise EngineError(
                f"The sentence embedder cannot load {model_path} and {tokenizer_path}: {error}. "
                "Fetch the model again: ivr models pull minilm"
            ) from error
        self._tokenizer.no_padding()  # the published tokenizer pads everything to 128 tokens
        self._tokenizer.enable_truncation(LONGEST)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of the texts: float32 [len(texts), 384], of unit length.

        Texts go through one at a time: in 8 bits the rounding of a batch depends on its longest and loudest
        member, so a text would mean something slightly different in other company; padding costs more
        than a batch saves, too.
        """
        vectors = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in enumerate(texts):
            ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
            (result,) = self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})
            vectors[row] = result[0]
        return vectors
