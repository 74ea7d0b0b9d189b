"""What runs the in-place network fastest, and whether the edits stay the same.

`python benchmarks/runtimes.py CLEAN.jsonl.xz` writes `benchmarks/results/runtimes.json`. Needs
`pip install openvino`.

Spun documents and the seed go through the whole pipeline with every runtime, and the edits are compared with
those by torch in single precision. Then all runtimes compute each batch that torch was given, in turn and
on one thread; the processor seconds of a batch are the least of some rounds.
"""

from __future__ import annotations

import argparse
import json
import lzma
import os
import platform
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import openvino
import torch
from onnxruntime.quantization import quantize_dynamic
from tokenizers import Tokenizer

from textrepair import load
from textrepair.bench.circumstances import made_with
from textrepair.models import GRAPHS, find_model
from textrepair.rerank import Reranker
from textrepair.rerank.network import Network, nameable, open_network, reference, torch_model
from textrepair.rerank.weights import read_weights
from textrepair.training.channels import default_channels
from textrepair.training.spinner import spin_documents

HERE = Path(__file__).parent
SEED = HERE.parent / "seeds" / "000_93fcc8338e17c8dc.txt"
REFERENCE = "torch fp32"
ENCODE, NAME = "encode", "name"  # the parts of a network


def self_contained(folder: Path, to: Path) -> None:
    """The graphs with their weights in them, as other runtimes read them."""
    weights = read_weights(folder)
    to.mkdir()
    for name in GRAPHS:
        model = onnx.load(folder / name, load_external_data=False)
        for tensor in model.graph.initializer:
            if tensor.name in weights:
                tensor.CopyFrom(onnx.numpy_helper.from_array(weights[tensor.name], tensor.name))
        onnx.save(model, to / name)


def network(folder: Path, width: int, open_: Callable[[Path], Callable[..., tuple[Any, ...]]]) -> Network:
    """The network whose two graphs are opened by a runtime."""
    encode, name = (open_(folder / graph) for graph in GRAPHS)
    return Network(width, encode, name)


def by_onnxruntime(path: Path) -> Callable[..., tuple[Any, ...]]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    names = [value.name for value in session.get_inputs()]
    return lambda *inputs: tuple(session.run(None, dict(zip(names, inputs, strict=True))))


def by_openvino(path: Path, precision: str) -> Callable[..., tuple[Any, ...]]:
    settings = {"INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": precision}
    compiled = openvino.Core().compile_model(path, "CPU", settings)
    return lambda *inputs: tuple(compiled(list(inputs))[port] for port in compiled.outputs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clean", type=Path)
    parser.add_argument("--model", default="en_sci_sm")
    parser.add_argument("--documents", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    torch.set_num_threads(1)
    os.environ["OMP_NUM_THREADS"] = "1"
    with lzma.open(args.clean, "rt", encoding="utf8") as file:
        rows = [json.loads(line)["text"] for line in file]
    rows = rows[:: max(1, len(rows) // args.documents)][: args.documents]
    texts = [r["text"] for r in spin_documents(rows, default_channels(), seed=7)]
    texts.append(SEED.read_bytes().decode())
    folder = find_model(args.model)
    pieces = nameable(Tokenizer.from_file(str(folder / "tokenizer.json")))
    width = json.loads((folder / "config.json").read_text())["hidden_size"]
    opened: dict[str, Callable[[], Network]] = {
        REFERENCE: lambda: reference(torch_model(folder), pieces),
        "torch bf16": lambda: reference(torch_model(folder).bfloat16(), pieces),
        "ONNX Runtime fp32": lambda: open_network(folder),
    }
    with tempfile.TemporaryDirectory() as scratch:
        plain, small = Path(scratch) / "plain", Path(scratch) / "int8"
        self_contained(folder, plain)
        small.mkdir()
        for graph in GRAPHS:
            quantize_dynamic(plain / graph, small / graph, per_channel=True)
        opened["ONNX Runtime int8"] = lambda: network(small, width, by_onnxruntime)
        opened["OpenVINO fp32"] = lambda: network(plain, width, partial(by_openvino, precision="f32"))
        opened["OpenVINO bf16"] = lambda: network(plain, width, partial(by_openvino, precision="bf16"))
        networks = {name: open_() for name, open_ in opened.items()}
    repairer = load(args.model)
    reranker = repairer.reranker
    assert isinstance(reranker, Reranker)
    edits: dict[str, set[tuple[int, int, int, str]]] = defaultdict(set)
    calls: list[tuple[str, tuple[Any, ...]]] = []  # which part the reference was asked, and what

    def recorded(part: str) -> Callable[..., Any]:
        def run(*inputs: Any) -> Any:
            calls.append((part, inputs))
            return getattr(networks[REFERENCE], part)(*inputs)

        return run

    for name, its in networks.items():
        reranker.network = Network(width, recorded(ENCODE), recorded(NAME)) if name == REFERENCE else its
        for n, text in enumerate(texts):
            edits[name] |= {(n, e.start, e.end, e.after) for e in repairer.explain(text).edits}
    least = {name: [np.inf] * len(calls) for name in networks}
    for _ in range(args.rounds):
        for k, (part, inputs) in enumerate(calls):
            for name, its in networks.items():
                begun = time.process_time()
                getattr(its, part)(*inputs)
                least[name][k] = min(least[name][k], time.process_time() - begun)
    read = sum(int(inputs[1].sum()) for part, inputs in calls if part == ENCODE)
    places = sum(len(inputs[0]) for part, inputs in calls if part == NAME)
    words = sum(len(t.split()) for t in texts)
    rows_of = {}
    for name in networks:
        seconds = sum(least[name])
        same, either = edits[name] & edits[REFERENCE], edits[name] | edits[REFERENCE]
        rows_of[name] = {
            "seconds": round(seconds, 2),
            "pieces_a_second": round(read / seconds),
            "speed": round(sum(least[REFERENCE]) / seconds, 2),
            "edits": len(edits[name]),
            "same_edits": round(len(same) / len(either), 4),
        }
        print(f"{name:20}", rows_of[name])
    result = {
        **made_with(find_model("en_sci_sm")),
        "machine": platform.machine(),
        "flags": sorted(f for f in ("avx2", "avx512_vnni", "avx512_bf16", "amx_tile") if f in _flags()),
        "versions": {p: version(p) for p in ("torch", "onnxruntime", "openvino")},
        "documents": len(texts),
        "words": words,
        "pieces": read,
        "places": places,
        "runtimes": rows_of,
    }
    (HERE / "results" / "runtimes.json").write_text(json.dumps(result, indent=1) + "\n")


def _flags() -> set[str]:
    """What the processor can do, where the system tells."""
    path = Path("/proc/cpuinfo")
    return set(path.read_text().split()) if path.exists() else set()


if __name__ == "__main__":
    main()
