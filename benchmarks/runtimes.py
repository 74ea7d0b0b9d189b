"""What runs the in-place network fastest, and whether the edits stay the same.

`python benchmarks/runtimes.py CLEAN.jsonl.xz` writes `benchmarks/results/runtimes.json`. Needs
`pip install openvino`.

Spun documents and the seed go through the whole pipeline, one document after the other with every
runtime, on one thread; the network's processor seconds are the least of some rounds. Edits are compared
with those of torch in single precision.
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
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import openvino
import torch
from onnxruntime.quantization import quantize_dynamic
from safetensors.numpy import load_file

from textrepair import load
from textrepair.models import find_model
from textrepair.rerank.network import Network, open_network, reference, torch_model
from textrepair.training.channels import default_channels
from textrepair.training.graph import TOKENS
from textrepair.training.spinner import spin_documents

HERE = Path(__file__).parent
SEED = HERE.parent / "seeds" / "000_93fcc8338e17c8dc.txt"
REFERENCE = "torch fp32"


def self_contained(folder: Path, to: Path) -> None:
    """The graph with its weights in it, as other runtimes read it."""
    model = onnx.load(folder / "model.onnx", load_external_data=False)
    weights = load_file(folder / "model.safetensors")
    for tensor in model.graph.initializer:
        if tensor.name in weights:
            held = onnx.numpy_helper.from_array(weights[tensor.name].astype(np.float32), tensor.name)
            tensor.CopyFrom(held)
    # quantising lays out anew what a Gemm multiplies with, so that the decoder needs weights of its own
    own = onnx.numpy_helper.from_array(weights[TOKENS].astype(np.float32), "decoder")
    model.graph.initializer.append(own)
    for node in model.graph.node:
        if node.op_type == "Gemm" and node.input[1] == TOKENS:
            node.input[1] = "decoder"
    onnx.save(model, to)


def by_onnxruntime(path: Path) -> Network:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return lambda *inputs: tuple(session.run(None, dict(zip(NAMES, inputs, strict=True))))


def by_openvino(path: Path, precision: str) -> Network:
    settings = {"INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": precision}
    compiled = openvino.Core().compile_model(path, "CPU", settings)

    def run(*inputs: Any) -> tuple[Any, Any]:
        out = compiled(dict(zip(NAMES, inputs, strict=True)))
        return out["found"], out["best"]

    return run


NAMES = ("ids", "mask", "places", "wanted")


class Timed:
    """A network, and the processor seconds and pieces it took."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.seconds = 0.0
        self.pieces = self.places = 0

    def __call__(self, ids: Any, mask: Any, places: Any, wanted: Any) -> tuple[Any, Any]:
        begun = time.process_time()
        out = self.network(ids, mask, places, wanted)
        self.seconds += time.process_time() - begun
        self.pieces += int(mask.sum())
        self.places += len(places)
        return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clean", type=Path)
    parser.add_argument("--model", default="en_sci_sm")
    parser.add_argument("--documents", type=int, default=100)
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
    opened: dict[str, Callable[[], Network]] = {
        REFERENCE: lambda: reference(torch_model(folder)),
        "torch bf16": lambda: reference(torch_model(folder).bfloat16()),
        "ONNX Runtime fp32": lambda: open_network(folder),
    }
    with tempfile.TemporaryDirectory() as scratch:
        plain, small = Path(scratch) / "plain.onnx", Path(scratch) / "int8.onnx"
        self_contained(folder, plain)
        quantize_dynamic(plain, small)
        opened["ONNX Runtime int8"] = lambda: by_onnxruntime(small)
        opened["OpenVINO fp32"] = lambda: by_openvino(plain, "f32")
        opened["OpenVINO bf16"] = lambda: by_openvino(plain, "bf16")
        networks = {name: open_() for name, open_ in opened.items()}
    repairer = load(args.model)
    least: dict[str, dict[int, float]] = defaultdict(dict)
    edits: dict[str, set[tuple[int, int, int, str]]] = defaultdict(set)
    pieces = places = 0
    for n, text in enumerate(texts):
        for turn in range(args.rounds):
            for name, network in networks.items():
                timed = repairer.reranker.network = Timed(network)
                made = repairer.explain(text).edits
                least[name][n] = min(least[name].get(n, np.inf), timed.seconds)
                edits[name] |= {(n, e.start, e.end, e.after) for e in made}
            pieces, places = (pieces + timed.pieces, places + timed.places) if not turn else (pieces, places)
    words = sum(len(t.split()) for t in texts)
    rows_of = {}
    for name in networks:
        seconds = sum(least[name].values())
        same, either = edits[name] & edits[REFERENCE], edits[name] | edits[REFERENCE]
        rows_of[name] = {
            "seconds": round(seconds, 2),
            "pieces_a_second": round(pieces / seconds),
            "speed": round(sum(least[REFERENCE].values()) / seconds, 2),
            "edits": len(edits[name]),
            "same_edits": round(len(same) / len(either), 4),
        }
        print(f"{name:20}", rows_of[name])
    result = {
        "machine": platform.machine(),
        "flags": sorted(f for f in ("avx2", "avx512_vnni", "avx512_bf16", "amx_tile") if f in _flags()),
        "versions": {p: version(p) for p in ("torch", "onnxruntime", "openvino")},
        "documents": len(texts),
        "words": words,
        "pieces": pieces,
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
