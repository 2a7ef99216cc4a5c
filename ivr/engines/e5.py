"""multilingual-e5-small in 4 bits, through its C library. Runs inside a worker process only.

The library is machine code that came with the weights, in a wheel whose digest is pinned. It is loaded by
nobody but this process, which has nothing but sentences to lose, and no Python of the wheel is run.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ivr.engines.frames import Frame, Header
from ivr.engines.worker_main import Engine

DIMENSIONS: Final = 384
_QUERY: Final = 1

_USUAL: Final = (
    "I would like to make an appointment",
    "what time do you open tomorrow",
    "can I pay my bill by card",
    "where is the nearest station",
    "how much does it cost",
    "my package has not arrived",
    "tell me something about music",
    "the weather is nice today",
    "ich möchte einen Termin vereinbaren",
    "wann haben Sie geöffnet",
    "wo kann ich parken",
    "mein Paket ist nicht angekommen",
    "je voudrais prendre rendez-vous",
    "combien ça coûte",
    "où est la gare",
    "ma carte ne fonctionne pas",
    "quisiera pedir una cita",
    "a qué hora abren",
    "dónde puedo aparcar",
    "no he recibido mi paquete",
    "vorrei prenotare un tavolo",
    "quanto costa il biglietto",
    "gostaria de marcar uma consulta",
    "onde fica a estação",
    "ik wil graag een afspraak maken",
    "hoe laat gaat u open",
    "chciałbym umówić się na wizytę",
    "ile to kosztuje",
)
"""Things that are said everywhere. All vectors of this model point nearly the same way (cosines above 0.75):
taking the mean of these away leaves what is particular to a sentence, on the scale of other embedders."""


class Library:
    """The loaded model. `folder` holds `engine.so`, `libgomp.so` and `e5-small-q4.bin`."""

    def __init__(self, folder: Path) -> None:
        ctypes.CDLL(str(folder / "libgomp.so"), mode=ctypes.RTLD_GLOBAL)  # the engine asks for it by its name
        self._library = ctypes.CDLL(str(folder / "engine.so"))
        self._library.e5_load.restype = ctypes.c_void_p
        self._library.e5_load.argtypes = [ctypes.c_char_p]
        self._library.e5_embed.restype = ctypes.c_int
        self._library.e5_embed.argtypes = [
            ctypes.c_void_p,
            ctypes.c_char_p,
            ctypes.c_int,
            ctypes.POINTER(ctypes.c_float),
        ]
        self._model = self._library.e5_load(str(folder / "e5-small-q4.bin").encode())
        if not self._model:
            raise ValueError(f"the library refuses the model in {folder}")
        self._usual = np.zeros(DIMENSIONS, np.float32)
        self._usual = np.mean([self._embed(text) for text in _USUAL], axis=0, dtype=np.float32)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Float32 [len(texts), 384], of unit length."""
        vectors = np.stack([self._embed(text) for text in texts]) - self._usual
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)

    def _embed(self, text: str) -> NDArray[np.float32]:
        vector = np.empty(DIMENSIONS, dtype=np.float32)
        at = vector.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
        said = text.replace("\0", " ").encode()
        if self._library.e5_embed(self._model, said, _QUERY, at) != 0:
            raise ValueError("the library cannot embed this sentence")
        return vector


def load(settings: Header) -> Engine:
    """The embedder as a worker's engine. Settings: `model` (folder). A request has `texts`."""
    library = Library(Path(settings["model"]))

    def embed(header: Header, _body: bytes) -> Frame:
        return {"ok": True}, library.embed(header["texts"]).tobytes() if header["texts"] else b""

    return embed
