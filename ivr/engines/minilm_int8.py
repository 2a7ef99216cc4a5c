"""The MiniLM graph in 8 bits: a quarter of the bytes, two thirds of the time, nearly the same vectors.

Three things, in this order:

1. The table of words becomes int8 with one scale per word.
2. The inputs of the matrix products are evened out: a few channels are many times larger than the rest and
   would use up the 256 steps that one scale for all of them allows. Each channel is divided by a factor and
   its weights multiplied by it, which changes nothing but the rounding ("SmoothQuant"). The factors come
   from the channels' largest values over a fixed run of vocabulary entries.
3. ONNX Runtime's dynamic quantisation: weights int8 with one scale per output channel, in seven bits,
   because on processors without VNNI the sum of two 8-bit products overflows a 16-bit register.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import onnx
import onnxruntime  # type: ignore[import-untyped]  # it ships no types
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic  # type: ignore[import-untyped]  # likewise

from ivr.engines.minilm import build_float, read_safetensors

SMOOTHING = 0.6  # 0: leave the inputs as they are; 1: move all of the unevenness into the weights
TINY = np.float32(1e-5)
BEGIN, END = 101, 102  # [CLS] and [SEP] in the BERT vocabulary


def build_int8(source: Path, target: Path) -> None:
    """Read the safetensors file `source`, write the 8-bit graph to `target`."""
    model = build_float(read_safetensors(source))
    _quantise_words(model.graph)
    _even_out(model)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch, _quiet_root_logger():
        plain = Path(scratch) / "float.onnx"
        onnx.save(model, str(plain))
        quantize_dynamic(
            plain,
            target,
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul"],
        )


def _quantise_words(graph: onnx.GraphProto) -> None:
    """Put the table of words (the first Gather of the graph) into int8, with one scale per row."""
    place, gather = next((place, node) for place, node in enumerate(graph.node) if node.op_type == "Gather")
    table = next(constant for constant in graph.initializer if constant.name == gather.input[0])
    rows = numpy_helper.to_array(table)
    scale = np.maximum(np.abs(rows).max(axis=1, keepdims=True) / 127, TINY).astype(np.float32)
    graph.initializer.remove(table)
    graph.initializer.append(numpy_helper.from_array(np.round(rows / scale).astype(np.int8), "words"))
    graph.initializer.append(numpy_helper.from_array(scale, "words_scale"))
    ids, output = gather.input[1], gather.output[0]
    graph.node.remove(gather)
    for node in (
        helper.make_node("Mul", ["words_float", "words_row_scale"], [output], name="words_scaled"),
        helper.make_node("Gather", ["words_scale", ids], ["words_row_scale"], name="words_row_scale"),
        helper.make_node("Cast", ["words_int8"], ["words_float"], name="words_float", to=TensorProto.FLOAT),
        helper.make_node("Gather", ["words", ids], ["words_int8"], name="words_int8"),
    ):
        graph.node.insert(place, node)


def _even_out(model: onnx.ModelProto) -> None:
    """Divide the channels of each product's input by a factor, and multiply the weights by it."""
    graph = model.graph
    constants = {constant.name: constant for constant in graph.initializer}
    products = [node for node in graph.node if node.op_type == "MatMul" and node.input[1] in constants]
    largest = _largest_inputs(model, [node.input[0] for node in products])
    for node in products:
        constant = constants[node.input[1]]
        weight = numpy_helper.to_array(constant)
        inputs = np.maximum(largest[node.input[0]], TINY)
        weights = np.maximum(np.abs(weight).max(axis=1), TINY)
        factor = (inputs**SMOOTHING / weights ** (1 - SMOOTHING)).astype(np.float32)
        factor /= factor.mean()
        constant.CopyFrom(numpy_helper.from_array(weight * factor[:, None], constant.name))
        graph.initializer.append(numpy_helper.from_array(1 / factor, f"{node.name}_even"))
        even = helper.make_node(
            "Mul", [node.input[0], f"{node.name}_even"], [f"{node.name}_in"], name=f"{node.name}_in"
        )
        graph.node.insert(list(graph.node).index(node), even)
        node.input[0] = f"{node.name}_in"


def _largest_inputs(model: onnx.ModelProto, names: list[str]) -> dict[str, NDArray[np.float32]]:
    """The largest absolute value of each channel of the named tensors, over the sample."""
    probe = onnx.ModelProto()
    probe.CopyFrom(model)
    for name in dict.fromkeys(names):
        probe.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        probe.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    largest: dict[str, NDArray[np.float32]] = {}
    for ids in _sample():
        values = session.run(names, {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        for name, value in zip(names, values, strict=True):
            seen = np.abs(value).max(axis=(0, 1))
            largest[name] = np.maximum(largest[name], seen) if name in largest else seen
    return largest


def _sample() -> Iterator[NDArray[np.int64]]:
    """Rows of vocabulary entries: which channels are large depends little on which words they are."""
    words = np.arange(1_000, 29_365, 61, dtype=np.int64).reshape(-1, 15)
    single = np.arange(2_000, 4_000, 67, dtype=np.int64)[:, None]
    for rows in (words, single):
        edge = np.ones((len(rows), 1), dtype=np.int64)
        yield np.concatenate([BEGIN * edge, rows, END * edge], axis=1)


@contextmanager
def _quiet_root_logger() -> Iterator[None]:
    """The quantiser gives advice through the root logger that does not apply here."""
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.ERROR)
    try:
        yield
    finally:
        root.setLevel(before)
