"""MiniLM-L6 as an ONNX graph, made from the published weights without any training framework.

The graph is the BERT encoder (6 layers, hidden size 384, 12 heads) with mean pooling over the attention
mask and scaling to unit length inside:

    input_ids, attention_mask   int64 [batch, length]; the mask is 1 on words and 0 on padding
    embedding                   float32 [batch, 384], of unit length
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from ivr.core.errors import ConfigError

LAYERS = 6
HIDDEN = 384
HEADS = 12
HEAD_SIZE = HIDDEN // HEADS
LAYER_NORM_EPSILON = 1e-12
OPSET = 17
IR_VERSION = 8
MASKED = np.float32(-1e4)  # added to the scores of padding: their softmax weight is 0
SHORTEST = np.float32(1e-12)  # keeps the division by a length or a count away from 0

Weights = Mapping[str, NDArray[np.float32]]


def read_safetensors(path: Path) -> dict[str, NDArray[np.float32]]:
    """The float32 tensors of a safetensors file, by name.

    The format: 8 bytes little-endian header length, a JSON header, then the tensors one after another.
    Raises `ConfigError` when the file is not of that form.
    """
    data = path.read_bytes()
    try:
        (length,) = struct.unpack_from("<Q", data)
        header = json.loads(data[8 : 8 + length])
        body = memoryview(data)[8 + length :]
        return {
            name: np.frombuffer(body[slice(*entry["data_offsets"])], dtype="<f4").reshape(entry["shape"])
            for name, entry in header.items()
            if name != "__metadata__" and entry["dtype"] == "F32"
        }
    except (struct.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(
            f"{path} is not a safetensors file ({error}). Fetch it again: ivr models pull minilm"
        ) from error


class _Graph:
    """Collects nodes and constants; every method returns the name of its output."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        return self.ops(kind, inputs, 1, **attributes)[0]

    def ops(self, kind: str, inputs: Iterable[str], outputs: int, **attributes: Any) -> list[str]:
        names = [f"{kind}_{len(self.nodes)}_{index}" for index in range(outputs)]
        self.nodes.append(
            helper.make_node(kind, list(inputs), names, name=f"{kind}_{len(self.nodes)}", **attributes)
        )
        return names

    def constant(self, value: NDArray[np.float32] | NDArray[np.int64] | np.float32) -> str:
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def shape(self, *sizes: int) -> str:
        return self.constant(np.array(sizes, dtype=np.int64))

    def dense(self, x: str, weight: NDArray[np.float32], bias: NDArray[np.float32]) -> str:
        """`x @ weight.T + bias`, for weights as [out, in]."""
        product = self.op("MatMul", x, self.constant(np.ascontiguousarray(weight.T)))
        return self.op("Add", product, self.constant(bias))

    def normalise(self, x: str, weights: Weights, prefix: str) -> str:
        scale, bias = self.constant(weights[f"{prefix}.weight"]), self.constant(weights[f"{prefix}.bias"])
        return self.op("LayerNormalization", x, scale, bias, axis=-1, epsilon=LAYER_NORM_EPSILON)

    def gelu(self, x: str) -> str:
        erf = self.op("Erf", self.op("Div", x, self.constant(np.float32(np.sqrt(2.0)))))
        grown = self.op("Mul", x, self.op("Add", erf, self.constant(np.float32(1.0))))
        return self.op("Mul", grown, self.constant(np.float32(0.5)))


def build_float(weights: Weights) -> onnx.ModelProto:
    """The float32 graph. Raises `ConfigError` when a tensor is missing."""
    graph = _Graph()
    try:
        mask = graph.op("Cast", "attention_mask", to=TensorProto.FLOAT)
        hidden = _embed(graph, weights)
        bias = _mask_bias(graph, mask)
        for layer in range(LAYERS):
            hidden = _layer(graph, weights, f"encoder.layer.{layer}", hidden, bias)
    except KeyError as error:
        raise ConfigError(f"The MiniLM weights have no tensor {error}: this is another model.") from error
    output = _pool(graph, hidden, mask)
    graph.nodes.append(helper.make_node("Identity", [output], ["embedding"], name="embedding"))
    tokens = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])
        for name in ("input_ids", "attention_mask")
    ]
    result = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", HIDDEN])
    body = helper.make_graph(graph.nodes, "minilm", tokens, [result], graph.constants)
    model = helper.make_model(body, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="ivr")
    model.ir_version = IR_VERSION
    return model


def _embed(graph: _Graph, weights: Weights) -> str:
    """Words plus positions plus the one segment that a single sentence has."""
    words = graph.op("Gather", graph.constant(weights["embeddings.word_embeddings.weight"]), "input_ids")
    segment = weights["embeddings.token_type_embeddings.weight"][0]
    positions = graph.constant(weights["embeddings.position_embeddings.weight"] + segment)
    length = graph.op("Slice", graph.op("Shape", "input_ids"), graph.shape(1), graph.shape(2))
    here = graph.op("Slice", positions, graph.shape(0), length, graph.shape(0))
    return graph.normalise(graph.op("Add", words, here), weights, "embeddings.LayerNorm")


def _mask_bias(graph: _Graph, mask: str) -> str:
    """[batch, 1, 1, length]: 0 on words, very negative on padding."""
    padding = graph.op("Sub", graph.constant(np.float32(1.0)), mask)
    return graph.op("Unsqueeze", graph.op("Mul", padding, graph.constant(MASKED)), graph.shape(1, 2))


def _layer(graph: _Graph, weights: Weights, prefix: str, hidden: str, bias: str) -> str:
    attention = _attention(graph, weights, f"{prefix}.attention.self", hidden, bias)
    output = f"{prefix}.attention.output"
    attention = graph.dense(attention, weights[f"{output}.dense.weight"], weights[f"{output}.dense.bias"])
    hidden = graph.normalise(graph.op("Add", attention, hidden), weights, f"{output}.LayerNorm")
    inner = f"{prefix}.intermediate.dense"
    wide = graph.gelu(graph.dense(hidden, weights[f"{inner}.weight"], weights[f"{inner}.bias"]))
    outer = f"{prefix}.output"
    narrow = graph.dense(wide, weights[f"{outer}.dense.weight"], weights[f"{outer}.dense.bias"])
    return graph.normalise(graph.op("Add", narrow, hidden), weights, f"{outer}.LayerNorm")


def _attention(graph: _Graph, weights: Weights, prefix: str, hidden: str, bias: str) -> str:
    """Query, key and value come from one product: three times fewer calls for short sentences."""
    parts = ("query", "key", "value")
    weight = np.concatenate([weights[f"{prefix}.{part}.weight"] for part in parts])
    offset = np.concatenate([weights[f"{prefix}.{part}.bias"] for part in parts])
    together = graph.dense(hidden, weight, offset)
    split = graph.ops("Split", [together, graph.shape(HIDDEN, HIDDEN, HIDDEN)], 3, axis=-1)
    heads = [graph.op("Reshape", part, graph.shape(0, 0, HEADS, HEAD_SIZE)) for part in split]
    query, value = (graph.op("Transpose", part, perm=[0, 2, 1, 3]) for part in (heads[0], heads[2]))
    key = graph.op("Transpose", heads[1], perm=[0, 2, 3, 1])
    scale = graph.constant(np.float32(1.0 / np.sqrt(HEAD_SIZE)))
    scores = graph.op("Add", graph.op("Mul", graph.op("MatMul", query, key), scale), bias)
    mixed = graph.op("MatMul", graph.op("Softmax", scores, axis=-1), value)
    return graph.op("Reshape", graph.op("Transpose", mixed, perm=[0, 2, 1, 3]), graph.shape(0, 0, HIDDEN))


def _pool(graph: _Graph, hidden: str, mask: str) -> str:
    """The mean of the words' vectors, scaled to unit length."""
    weight = graph.op("Unsqueeze", mask, graph.shape(2))
    total = graph.op("ReduceSum", graph.op("Mul", hidden, weight), graph.shape(1), keepdims=0)
    count = graph.op(
        "Max", graph.op("ReduceSum", weight, graph.shape(1), keepdims=0), graph.constant(SHORTEST)
    )
    mean = graph.op("Div", total, count)
    length = graph.op("ReduceL2", mean, axes=[1], keepdims=1)
    return graph.op("Div", mean, graph.op("Max", length, graph.constant(SHORTEST)))
