"""Sentence embedding for languages other than English: a worker process of its own, asked from threads."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import numpy as np
import orjson

from ivr.core.errors import EngineError
from ivr.engines.frames import PREFIX, Frame, Header, lengths, pack
from ivr.understanding.classifier import Vectors

DIMENSIONS: Final = 384
_KIND: Final = "embedder"
_LOAD_S: Final = 60.0
_CALL_S: Final = 5.0
_PER_TEXT_S: Final = 0.5
_BATCH: Final = 64
_ONE_THREAD: Final = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


class MultilingualEmbedder:
    """Implements `Embeddings`. Several threads may use it; they take turns. Close it when done.

    folder  of the model `e5-small`, verified
    kind    of worker; see `ivr.engines.worker_main`
    call_s  how long a sentence may take (s); each more has half a second
    """

    def __init__(self, folder: Path, kind: str = _KIND, call_s: float = _CALL_S) -> None:
        self._call_s = call_s
        self._settings: Header = {"model": str(folder)}
        self._kind = kind
        self._turn = threading.Lock()
        self._worker: subprocess.Popen[bytes] | None = None

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Float32 [len(texts), 384], of unit length. Raises `EngineError`."""
        vectors = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
        with self._turn:
            for start in range(0, len(texts), _BATCH):
                part = list(texts[start : start + _BATCH])
                body = self._asked({"texts": part}, self._call_s + _PER_TEXT_S * (len(part) - 1))
                if len(body) != len(part) * DIMENSIONS * 4:
                    raise EngineError("The embedder answered with something else than vectors.")
                vectors[start : start + len(part)] = np.frombuffer(body, np.float32).reshape(-1, DIMENSIONS)
        return vectors

    def close(self) -> None:
        """End the worker."""
        with self._turn:
            self._end()

    def _asked(self, header: Header, seconds: float) -> bytes:
        for last in (False, True):
            try:
                answer, body = self._request(header, seconds)
            except TimeoutError as error:
                self._end()
                raise EngineError(f"The embedder did not answer within {seconds:g} s.") from error
            except (OSError, ValueError, EOFError) as error:
                self._end()
                if last:
                    told = f"The embedder died twice on one request ({error})."
                    raise EngineError(f"{told} Check its model: ivr models verify") from error
                continue
            if "error" in answer:
                raise EngineError(f"The embedder failed: {answer['error']}.")
            return body
        raise EngineError("The embedder was not asked.")

    def _request(self, header: Header, seconds: float) -> Frame:
        if self._worker is None:
            self._worker = self._started()
            answer, _ = self._spoken(self._settings, _LOAD_S)
            if "error" in answer:
                self._end()
                raise EngineError(f"The embedder cannot be loaded: {answer['error']}. Try: ivr models verify")
        return self._spoken(header, seconds)

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 -- our own interpreter and module
            [sys.executable, "-m", "ivr.engines.worker_main", self._kind],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **_ONE_THREAD},
            start_new_session=True,  # Ctrl-C ends the calls first, then we end the worker
        )

    def _spoken(self, header: Header, seconds: float) -> Frame:
        worker = self._worker
        if worker is None or worker.stdin is None:
            raise EOFError("there is no worker")
        worker.stdin.write(pack(header))
        worker.stdin.flush()
        until = time.monotonic() + seconds
        head, body = lengths(self._read(PREFIX.size, until))
        return orjson.loads(self._read(head, until)), self._read(body, until)

    def _read(self, size: int, until: float) -> bytes:
        """So many bytes of the answer. Raises `TimeoutError` or `EOFError`."""
        worker = self._worker
        if worker is None or worker.stdout is None:
            raise EOFError("there is no worker")
        read = b""
        while len(read) < size:
            ready, _, _ = select.select([worker.stdout], [], [], max(until - time.monotonic(), 0))
            if not ready:
                raise TimeoutError
            part = os.read(worker.stdout.fileno(), size - len(read))
            if not part:
                raise EOFError("it is gone")
            read += part
        return read

    def _end(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None:
            return
        worker.kill()
        worker.wait()
        for pipe in (worker.stdin, worker.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
