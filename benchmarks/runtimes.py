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
from tokenizers import Tokenizer

from textrepair import load
from textrepair.models import find_model
from textrepair.rerank.network import Network, nameable, open_network, reference, torch_model
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
    opened: dict[str, Callable[[], Network]] = {
        REFERENCE: lambda: reference(torch_model(folder), pieces),
        "torch bf16": lambda: reference(torch_model(folder).bfloat16(), pieces),
        "ONNX Runtime fp32": lambda: open_network(folder),
    }
    with tempfile.TemporaryDirectory() as scratch:
        plain, small = Path(scratch) / "plain.onnx", Path(scratch) / "int8.onnx"
        self_contained(folder, plain)
        quantize_dynamic(plain, small, per_channel=True)
        opened["ONNX Runtime int8"] = lambda: by_onnxruntime(small)
        opened["OpenVINO fp32"] = lambda: by_openvino(plain, "f32")
        opened["OpenVINO bf16"] = lambda: by_openvino(plain, "bf16")
        networks = {name: open_() for name, open_ in opened.items()}
    repairer = load(args.model)
    edits: dict[str, set[tuple[int, int, int, str]]] = defaultdict(set)
    calls: list[tuple[Any, ...]] = []  # what the reference was asked

    def recorded(*inputs: Any) -> tuple[Any, Any]:
        calls.append(inputs)
        return networks[REFERENCE](*inputs)

    for name, network in networks.items():
        repairer.reranker.network = recorded if name == REFERENCE else network
        for n, text in enumerate(texts):
            edits[name] |= {(n, e.start, e.end, e.after) for e in repairer.explain(text).edits}
    least = {name: [np.inf] * len(calls) for name in networks}
    for _ in range(args.rounds):
        for k, inputs in enumerate(calls):
            for name, network in networks.items():
                begun = time.process_time()
                network(*inputs)
                least[name][k] = min(least[name][k], time.process_time() - begun)
    pieces = sum(int(mask.sum()) for _, mask, _, _ in calls)
    places = sum(len(read) for _, _, read, _ in calls)
    words = sum(len(t.split()) for t in texts)
    rows_of = {}
    for name in networks:
        seconds = sum(least[name])
        same, either = edits[name] & edits[REFERENCE], edits[name] | edits[REFERENCE]
        rows_of[name] = {
            "seconds": round(seconds, 2),
            "pieces_a_second": round(pieces / seconds),
            "speed": round(sum(least[REFERENCE]) / seconds, 2),
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
