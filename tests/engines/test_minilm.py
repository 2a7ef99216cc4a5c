"""MiniLM: the graph against a plain float forward pass in numpy, and the embedder on sentences."""

import json
import math
import os
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]  # it ships no types
import pytest
from numpy.typing import NDArray

from ivr.core.errors import ConfigError, EngineError
from ivr.engines.embedder import Embedder
from ivr.engines.minilm import HEADS, HIDDEN, LAYERS, Weights, build_float, read_safetensors
from ivr.engines.models import ModelFiles, models_dir, open_model

SENTENCES = (
    "I would like to book an appointment with Doctor Smith for next Tuesday morning, please",
    "What are your opening hours on Saturday?",
    "My tooth hurts really badly and I need to see somebody today",
    "yes please",
    "Do you take American Express?",
    "Where can I park my car?",
)
Matrix = NDArray[np.float64]


@pytest.fixture(scope="module")
def model() -> ModelFiles:
    return open_model("minilm", models_dir(os.environ.get("IVR_MODELS_DIR"), os.environ), "embedder")


@pytest.fixture(scope="module")
def weights(model: ModelFiles) -> Weights:
    return read_safetensors(model.folder / "model.safetensors")


@pytest.fixture(scope="module")
def embedder(model: ModelFiles) -> Embedder:
    return Embedder(model["minilm-int8.onnx"], model["tokenizer.json"])


def norm(x: Matrix, weights: Weights, name: str) -> Matrix:
    centred = x - x.mean(-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
    return np.asarray(scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"])


def dense(x: Matrix, weights: Weights, name: str) -> Matrix:
    return x @ weights[f"{name}.weight"].T.astype(np.float64) + weights[f"{name}.bias"]


def forward(weights: Weights, ids: list[int]) -> Matrix:
    """The published architecture for one sentence, as plainly as it can be written: [384]."""
    tables = "embeddings.{}_embeddings.weight"
    x = weights[tables.format("word")][ids].astype(np.float64)
    x = x + weights[tables.format("position")][: len(ids)] + weights[tables.format("token_type")][0]
    x = norm(x, weights, "embeddings.LayerNorm")
    size = HIDDEN // HEADS
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}"
        q, k, v = (dense(x, weights, f"{layer}.attention.self.{part}") for part in ("query", "key", "value"))
        mixed = np.empty_like(x)
        for head in range(HEADS):
            part = slice(head * size, (head + 1) * size)
            scores = np.exp(q[:, part] @ k[:, part].T / math.sqrt(size))
            mixed[:, part] = scores / scores.sum(-1, keepdims=True) @ v[:, part]
        output = dense(mixed, weights, f"{layer}.attention.output.dense")
        x = norm(x + output, weights, f"{layer}.attention.output.LayerNorm")
        inner = dense(x, weights, f"{layer}.intermediate.dense")
        inner = inner * 0.5 * (1 + np.vectorize(math.erf)(inner / math.sqrt(2)))
        x = norm(x + dense(inner, weights, f"{layer}.output.dense"), weights, f"{layer}.output.LayerNorm")
    mean = x.mean(0)
    return np.asarray(mean / np.linalg.norm(mean))


def tokens(embedder: Embedder, text: str) -> list[int]:
    return list(embedder._tokenizer.encode(text).ids)


def test_the_8_bit_vectors_are_those_of_the_float_model(weights: Weights, embedder: Embedder) -> None:
    vectors = embedder.embed(SENTENCES)
    assert vectors.shape == (len(SENTENCES), 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for text, vector in zip(SENTENCES, vectors, strict=True):
        assert float(forward(weights, tokens(embedder, text)) @ vector) > 0.98, text


def test_the_float_graph_is_exact_and_padding_changes_nothing(weights: Weights, embedder: Embedder) -> None:
    session = onnxruntime.InferenceSession(
        build_float(weights).SerializeToString(), providers=["CPUExecutionProvider"]
    )
    rows = [tokens(embedder, text) for text in SENTENCES[:3]]
    longest = max(map(len, rows))
    ids = np.array([row + [0] * (longest - len(row)) for row in rows], dtype=np.int64)
    mask = np.array([[1] * len(row) + [0] * (longest - len(row)) for row in rows], dtype=np.int64)
    (together,) = session.run(None, {"input_ids": ids, "attention_mask": mask})
    for row, vector in zip(rows, together, strict=True):
        np.testing.assert_allclose(vector, forward(weights, row), atol=1e-5)


def test_alike_sentences_are_nearer_than_unlike_ones(embedder: Embedder) -> None:
    book, booking, hours, open_at = embedder.embed(
        [
            "I would like to book an appointment",
            "Can I make a booking, please?",
            "What are your opening hours?",
            "When do you open?",
        ]
    )
    assert min(book @ booking, hours @ open_at) > max(book @ hours, book @ open_at, booking @ hours)


def test_a_text_means_the_same_in_any_company(embedder: Embedder) -> None:
    alone = embedder.embed(["yes"])[0]
    among = embedder.embed([SENTENCES[0], "yes", SENTENCES[2] * 20])[1]
    np.testing.assert_array_equal(alone, among)


def test_nothing_and_far_too_much(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, 384)
    vectors = embedder.embed(["", "word " * 5000])
    assert np.isfinite(vectors).all()


def test_a_file_that_is_no_model_is_an_engine_error(tmp_path: Path, model: ModelFiles) -> None:
    (tmp_path / "junk.onnx").write_bytes(b"junk")
    with pytest.raises(EngineError, match=r"junk\.onnx.*ivr models pull minilm"):
        Embedder(tmp_path / "junk.onnx", model["tokenizer.json"])


SHORT = json.dumps({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"1234",
        struct.pack("<Q", 5) + b"{nope",
        struct.pack("<Q", 2) + b"[]",
        struct.pack("<Q", len(SHORT)) + SHORT + bytes(4),
    ],
)
def test_a_file_that_is_no_safetensors_is_a_clear_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="is not a safetensors file"):
        read_safetensors(path)


def test_other_weights_are_a_clear_error(weights: Weights) -> None:
    with pytest.raises(ConfigError, match="no tensor"):
        build_float({name: value for name, value in weights.items() if "layer.5" not in name})


def test_nothing_is_reported_to_the_makers_of_the_runtime(tmp_path: Path, model: ModelFiles) -> None:
    """With reporting on, the first session writes an identifier into the user's cache folder."""
    environ = {
        name: value for name, value in os.environ.items() if name not in {"CI", "ORT_DISABLE_TELEMETRY"}
    }
    code = (
        "import sys; from pathlib import Path; from ivr.engines.embedder import Embedder; "
        "Embedder(Path(sys.argv[1]), Path(sys.argv[2])).embed(['yes'])"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(model["minilm-int8.onnx"]), str(model["tokenizer.json"])],
        check=True,
        env={**environ, "XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path)},
    )
    assert list(tmp_path.rglob("*")) == []
