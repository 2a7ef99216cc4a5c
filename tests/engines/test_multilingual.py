"""The embedder in a process of its own: asked from threads, replaced when it dies."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from ivr.core.errors import ConfigError, EngineError
from ivr.engines.embedders import OTHERS, open_embedder
from ivr.engines.frames import Frame, Header
from ivr.engines.models import models_dir, open_model
from ivr.engines.multilingual import DIMENSIONS, MultilingualEmbedder
from ivr.engines.worker_main import Engine
from ivr.understanding.text import normalise

KIND = "tests.engines.test_multilingual:load"


def load(settings: Header) -> Engine:
    """A worker that embeds by length, dies of "die", hangs at "hang", fails at "fail"."""
    if settings["model"].endswith("broken"):
        raise ValueError("no such model")

    def embed(header: Header, _body: bytes) -> Frame:
        texts = header["texts"]
        if "die" in texts or ("die once" in texts and not Path(settings["model"]).exists()):
            Path(settings["model"]).touch()
            os._exit(3)
        if "fail" in texts:
            raise ValueError("it does not like this")
        if "hang" in texts:
            import time  # noqa: PLC0415 - a worker may sleep

            time.sleep(30)
        if "odd" in texts:
            return {"ok": True}, b"123"
        return {"ok": True}, np.array([[len(t)] * DIMENSIONS for t in texts], np.float32).tobytes()

    return embed


@pytest.fixture
def embedder(tmp_path: Path) -> Iterator[MultilingualEmbedder]:
    made = MultilingualEmbedder(tmp_path / "model", KIND)
    yield made
    made.close()


def test_vectors_in_order_however_many(embedder: MultilingualEmbedder) -> None:
    texts = ["x" * (i % 50) for i in range(150)]
    assert embedder.embed(texts)[:, 0].tolist() == [len(text) for text in texts]
    assert embedder.embed([]).shape == (0, DIMENSIONS)


def test_threads_take_turns(embedder: MultilingualEmbedder) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda n: embedder.embed(["x" * n])[0, 0], range(1, 40)))
    assert found == list(range(1, 40))


def test_a_worker_that_dies_is_replaced_once(embedder: MultilingualEmbedder) -> None:
    assert embedder.embed(["die once"])[0, 0] == 8
    with pytest.raises(EngineError, match="died twice"):
        embedder.embed(["die"])
    assert embedder.embed(["still there"])[0, 0] == 11


@pytest.mark.parametrize(("said", "told"), [("fail", "does not like"), ("odd", "something else than vec")])
def test_failures_are_told(embedder: MultilingualEmbedder, said: str, told: str) -> None:
    with pytest.raises(EngineError, match=told):
        embedder.embed([said])
    assert embedder.embed(["next"])[0, 0] == 4


def test_a_worker_that_hangs_is_ended(tmp_path: Path) -> None:
    embedder = MultilingualEmbedder(tmp_path / "model", KIND, call_s=0.5)
    try:
        with pytest.raises(EngineError, match=r"within 0\.5 s"):
            embedder.embed(["hang"])
        assert embedder.embed(["next"])[0, 0] == 4
    finally:
        embedder.close()


def test_a_model_that_cannot_be_loaded(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="cannot be loaded: ValueError: no such model"):
        MultilingualEmbedder(tmp_path / "broken", KIND).embed(["x"])


def test_english_does_without_the_other_model(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="minilm"):
        open_embedder("en-US", tmp_path)
    with pytest.raises(ConfigError, match="minilm"):
        open_embedder("es-ES", tmp_path)  # and the warning says what to pull


ASKED = {
    "wo kann ich parken": "gibt es hier einen Parkplatz",
    "wann macht ihr auf": "wie sind die Öffnungszeiten",
    "was kostet ein Besuch": "wie viel muss ich bezahlen",
}


@pytest.mark.engines
def test_the_real_model_knows_german() -> None:
    folder = models_dir(os.environ.get("IVR_MODELS_DIR"), os.environ)
    files = open_model(OTHERS, folder, "embedder")
    made = MultilingualEmbedder(files.folder)
    try:
        asked = made.embed([normalise(text) for text in ASKED])
        near = asked @ made.embed([normalise(text) for text in ASKED.values()]).T
    finally:
        made.close()
    assert np.allclose(np.linalg.norm(asked, axis=1), 1.0, atol=1e-4)
    assert near.argmax(axis=1).tolist() == [0, 1, 2]
