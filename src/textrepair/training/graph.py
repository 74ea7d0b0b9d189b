"""The network of a model folder as ONNX graphs, which name its weights and do not hold them.

`textrepair train` writes them; `python -m textrepair.training.graph FOLDER` does for a folder without them.
There are two, since few of the places that are encoded are worth naming pieces for.

The runtime gives them those of `model.safetensors` as it opens them (`textrepair.rerank.network`): weights
are stored once, and the graph of an architecture is the same whatever was learnt.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import typer
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer

from textrepair.files import whole
from textrepair.models import GRAPHS, write_manifest
from textrepair.rerank.network import HIDDEN, NAMED, RELATIVE, TOKENS, buckets, nameable
from textrepair.rerank.weights import weight_shapes

OPSET, IR = 20, 9  # of 2023, the first that know Gelu


class _Nodes:
    """The nodes and constants of a graph in the making; each method returns the name of what it adds."""

    def __init__(self, epsilon: float) -> None:
        self.epsilon = epsilon
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def add(self, operator: str, *inputs: str, named: str = "", **attributes: Any) -> str:
        out = named or f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [out], name=out, **attributes))
        return out

    def several(self, operator: str, *inputs: str, outputs: Sequence[str], **attributes: Any) -> str:
        self.nodes.append(helper.make_node(operator, inputs, outputs, name=outputs[0], **attributes))
        return outputs[0]

    def constant(self, value: Any, kind: type = np.int64, named: str = "") -> str:
        name = named or f"constant {value}"
        self.constants[name] = numpy_helper.from_array(np.array(value, kind), name)
        return name

    def linear(self, x: str, layer: str) -> str:
        return self.add("Gemm", x, f"{layer}.weight", f"{layer}.bias", transB=1)

    def norm(self, x: str, layer: str) -> str:
        scale, bias = f"{layer}.LayerNorm.weight", f"{layer}.LayerNorm.bias"
        return self.add("LayerNormalization", x, scale, bias, axis=-1, epsilon=self.epsilon)


def encoder(config: Mapping[str, Any], shapes: Mapping[str, list[int]]) -> onnx.ModelProto:
    """The graph of a BERT and of the head that doubts pieces, given weights of these names and shapes.

    In: `ids`, the pieces of rows padded to one length; `mask`, 0 where they are padding, else 1. Out, the
    rows laid end to end: `hidden`, what each piece is in its context; `replaced`, the log odds that another
    one stood there.
    """
    width, heads = config["hidden_size"], config["num_attention_heads"]
    g = _Nodes(config["layer_norm_eps"])
    embeddings = "bert.embeddings"
    shape = g.add("Shape", "ids")
    length = g.add("Slice", shape, g.constant([1]), g.constant([2]))
    positions = g.add(
        "Slice", f"{embeddings}.position_embeddings.weight", g.constant([0]), length, g.constant([0])
    )
    kind = g.add(
        "Slice",
        f"{embeddings}.token_type_embeddings.weight",
        g.constant([0]),
        g.constant([1]),
        g.constant([0]),
    )
    x = g.add("Add", g.add("Gather", TOKENS, "ids"), g.add("Add", positions, kind))
    x = g.add("Reshape", g.norm(x, embeddings), g.constant([-1, width]))
    mask = g.add("Unsqueeze", g.add("Cast", "mask", to=TensorProto.FLOAT), g.constant([1, 2]))
    hide = g.add("Mul", g.add("Sub", g.constant(1.0, np.float32), mask), g.constant(HIDDEN, np.float32))
    if RELATIVE in shapes:
        hide = g.add("Add", hide, _by_distance(g, length, config))
    by_head = g.add("Concat", shape, g.constant([heads, width // heads]), axis=0)
    for k in range(config["num_hidden_layers"]):
        layer = f"bert.encoder.layer.{k}"
        query, key, value = (
            g.add("Reshape", g.linear(x, f"{layer}.attention.self.{name}"), by_head)
            for name in ("query", "key", "value")
        )
        query, value = (g.add("Transpose", part, perm=(0, 2, 1, 3)) for part in (query, value))
        scores = g.add("MatMul", query, g.add("Transpose", key, perm=(0, 2, 3, 1)))
        scores = g.add("Add", g.add("Mul", scores, g.constant((width / heads) ** -0.5, np.float32)), hide)
        seen = g.add("MatMul", g.add("Softmax", scores, axis=-1), value)
        seen = g.add("Reshape", g.add("Transpose", seen, perm=(0, 2, 1, 3)), g.constant([-1, width]))
        seen = g.linear(seen, f"{layer}.attention.output.dense")
        x = g.norm(g.add("Add", seen, x), f"{layer}.attention.output")
        inner = g.add("Gelu", g.linear(x, f"{layer}.intermediate.dense"))
        x = g.norm(g.add("Add", g.linear(inner, f"{layer}.output.dense"), x), f"{layer}.output")
    odds = g.linear(g.add("Gelu", g.linear(x, "replaced.dense")), "replaced.out")
    g.add("Squeeze", odds, g.constant([1]), named="replaced")
    g.add("Identity", x, named="hidden")
    return _model(
        g,
        shapes,
        [("ids", TensorProto.INT64, ["rows", "length"]), ("mask", TensorProto.INT64, ["rows", "length"])],
        [
            ("hidden", TensorProto.FLOAT, ["all", width]),
            ("replaced", TensorProto.FLOAT, ["all"]),
        ],
    )


def _by_distance(g: _Nodes, length: str, config: Mapping[str, Any]) -> str:
    """What each head adds to the attention of two pieces for their distance."""
    longest = config["max_position_embeddings"]
    table = g.constant(buckets(longest, config["relative_attention_num_buckets"]), named="buckets")
    at = g.add("Range", g.constant(0), g.add("Squeeze", length, g.constant([0])), g.constant(1))
    apart = g.add("Sub", g.add("Unsqueeze", at, g.constant([0])), g.add("Unsqueeze", at, g.constant([1])))
    bucket = g.add("Gather", table, g.add("Add", apart, g.constant(longest - 1)))
    by_head = g.add("Transpose", g.add("Gather", RELATIVE, bucket), perm=(2, 0, 1))
    return g.add("Unsqueeze", by_head, g.constant([0]))


def head(
    config: Mapping[str, Any], shapes: Mapping[str, list[int]], pieces: Sequence[int]
) -> onnx.ModelProto:
    """The graph of the head that names pieces, given weights of these names and shapes.

    It names the `pieces` a place may be read as: to go through all others, which are parts of rare words,
    costs twice the time. What is asked for joins them where it is wanted.

    In: `hidden`, what the encoder makes of some places; `wanted`, (number of a place, piece of the
    vocabulary) pairs. Out: `found`, the log probability of each pair; `best` and `named`, the highest ones at
    each place and the pieces they are of, in falling order.
    """
    g = _Nodes(config["layer_norm_eps"])
    layer = "cls.predictions"
    x = g.linear("hidden", f"{layer}.transform.dense")
    x = g.norm(g.add("Gelu", x), f"{layer}.transform")
    listed = g.constant(pieces, named="pieces")
    # the decoder is tied to the embeddings
    table, bias = g.add("Gather", TOKENS, listed), g.add("Gather", f"{layer}.bias", listed)
    logits = g.add("Gemm", x, table, bias, transB=1)
    total = g.add("ReduceLogSumExp", logits, g.constant([1]), keepdims=0)
    of_place, of_piece = (g.add("Gather", "wanted", g.constant(k), axis=1) for k in (0, 1))
    products = g.add("Mul", g.add("Gather", x, of_place), g.add("Gather", TOKENS, of_piece))
    asked = g.add("ReduceSum", products, g.constant([1]), keepdims=0)
    asked = g.add("Add", asked, g.add("Gather", f"{layer}.bias", of_piece))
    unlisted = np.ones(config["vocab_size"], np.float32)
    unlisted[list(pieces)] = 0
    over = g.add("Exp", g.add("Sub", asked, g.add("Gather", total, of_place)))
    over = g.add("Mul", over, g.add("Gather", g.constant(unlisted, np.float32, "unlisted"), of_piece))
    one = numpy_helper.from_array(np.ones(1, np.float32))
    ones = g.add("ConstantOfShape", g.add("Shape", total), value=one)
    total = g.add("Add", total, g.add("Log", g.add("ScatterElements", ones, of_place, over, reduction="add")))
    top = g.several("TopK", logits, g.constant([NAMED]), outputs=("top", "index"))
    g.add("Gather", listed, "index", named="named")
    g.add("Sub", top, g.add("Unsqueeze", total, g.constant([1])), named="best")
    g.add("Sub", asked, g.add("Gather", total, of_place), named="found")
    return _model(
        g,
        shapes,
        [
            ("hidden", TensorProto.FLOAT, ["places", config["hidden_size"]]),
            ("wanted", TensorProto.INT64, ["wanted", 2]),
        ],
        [
            ("found", TensorProto.FLOAT, ["wanted"]),
            ("best", TensorProto.FLOAT, ["places", NAMED]),
            ("named", TensorProto.INT64, ["places", NAMED]),
        ],
    )


Values = Sequence[tuple[str, int, list[Any]]]  # name, type and shape


def _model(g: _Nodes, shapes: Mapping[str, list[int]], into: Values, out: Values) -> onnx.ModelProto:
    used = {name for node in g.nodes for name in node.input}
    given = [
        TensorProto(
            name=name,
            dims=shape,
            data_type=TensorProto.FLOAT,
            data_location=TensorProto.EXTERNAL,  # in a file, which is never looked for
            external_data=[onnx.StringStringEntryProto(key="location", value="model.safetensors")],
        )
        for name, shape in shapes.items()
        if name in used
    ]
    inputs, outputs = ([helper.make_tensor_value_info(*value) for value in values] for values in (into, out))
    graph = helper.make_graph(g.nodes, "bert", inputs, outputs, [*g.constants.values(), *given])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR)


def write_graphs(folder: Path) -> None:
    """Write `encoder.onnx` and `head.onnx` from the folder's `config.json`, `tokenizer.json` and the names in
    its weights.

    Raises `OSError`.
    """
    config = json.loads((folder / "config.json").read_text(encoding="utf8"))
    shapes = weight_shapes(folder)
    pieces = nameable(Tokenizer.from_file(str(folder / "tokenizer.json")))
    for name, graph in zip(GRAPHS, (encoder(config, shapes), head(config, shapes, pieces)), strict=True):
        with whole(folder / name) as file:
            file.write(graph.SerializeToString())


def add_graphs(folder: Path) -> None:
    """Write the graphs and, with their hashes, `manifest.json` into a model folder."""
    write_graphs(folder)
    write_manifest(folder)


if __name__ == "__main__":
    typer.run(add_graphs)
