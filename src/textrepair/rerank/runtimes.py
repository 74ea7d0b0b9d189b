"""What runs the in-place network: ONNX Runtime by default, or what is faster on some machines.

The default computes in single precision, so that the same text gets the same edits everywhere. The others
compute in bfloat16 where the processor or GPU multiplies it, and differ in a few edits of a hundred
(`benchmarks/runtimes.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textrepair.errors import TextrepairError, missing_extra
from textrepair.models import GRAPHS
from textrepair.rerank.network import (
    Encode,
    Network,
    Real,
    Whole,
    nameable,
    open_network,
    threads,
    torch_model,
    torch_network,
)
from textrepair.rerank.weights import read_weights

if TYPE_CHECKING:
    import torch


def open_by_openvino(folder: Path) -> Network:
    """The network with its encoder run by OpenVINO, in bfloat16 where the processor multiplies it.

    The head that names pieces stays with ONNX Runtime, which is faster at it.
    """
    return open_network(folder, _encoder_by_openvino)


def _encoder_by_openvino(folder: Path) -> Encode:
    with missing_extra("openvino"):
        import onnx
        import openvino
    graph = onnx.load(folder / GRAPHS[0], load_external_data=False)
    given = {tensor.name: tensor for tensor in graph.graph.initializer}
    for name, weight in read_weights(folder, given.__contains__).items():
        given[name].CopyFrom(onnx.numpy_helper.from_array(weight, name))
    core = openvino.Core()
    multiplies = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    kind = "bf16" if multiplies else "f32"
    settings = {"INFERENCE_PRECISION_HINT": kind, "INFERENCE_NUM_THREADS": threads()}
    compiled = core.compile_model(core.read_model(graph.SerializeToString()), "CPU", settings)

    def encode(ids: Whole, mask: Whole) -> tuple[Real, Real]:
        found = compiled([ids, mask])
        return found[0], found[1]

    return encode


def open_by_torch(folder: Path, device: str = "cpu") -> Network:
    """The network run by torch on a device, in bfloat16 where that multiplies it.

    Raises `TextrepairError` where torch finds no GPU and one is asked for.
    """
    import torch
    from tokenizers import Tokenizer

    if device == "cuda" and not torch.cuda.is_available():
        raise TextrepairError(
            "runtime 'cuda': torch finds no GPU here; use 'onnxruntime', or install a driver and its torch"
        )
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    model = torch_model(folder).to(torch.device(device), precision(device))  # type: ignore[arg-type]
    return torch_network(model, nameable(tokenizer))


def precision(device: str) -> torch.dtype:
    """In what a network is computed by torch: bfloat16 where the machine multiplies it, as GPUs and
    processors with AMX or AVX512-BF16 do; elsewhere single precision, which takes half the time there.
    """
    import torch

    multiplies = torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()
    return torch.bfloat16 if device != "cpu" or multiplies else torch.float32


def open_by_fastest(folder: Path) -> Network:
    """The network run by the GPU if torch finds one, else by ONNX Runtime.

    In bfloat16 a processor may be faster, but fewer than 99 in 100 of the spans told are then the same.
    """
    import torch

    return open_by_torch(folder, "cuda") if torch.cuda.is_available() else open_network(folder)


OPENED_BY: dict[str, Callable[[Path], Network]] = {
    "onnxruntime": open_network,
    "auto": open_by_fastest,
    "openvino": open_by_openvino,
    "torch": open_by_torch,
    "cuda": partial(open_by_torch, device="cuda"),
}
