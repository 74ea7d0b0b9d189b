"""Run the in-place network: by ONNX Runtime, and by torch as the reference it is compared with.

Both read the weights of `model.safetensors`, half precision on the disk and single precision here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from transformers import BertForMaskedLM

Whole = NDArray[np.int64]
Real = NDArray[np.float32]

NAMED = 6  # pieces a network names at a place

# (ids, mask, places, wanted) → (found, best, named): the pieces of rows of one length, and 0 where they are
# padding; the numbers of pieces to read, the rows laid end to end; pairs of the number of a place and a
# piece of the vocabulary. Found is the log probability of each pair; best are the highest ones at each
# place, in falling order, and named the pieces they are of.
Network = Callable[[Whole, Whole, Whole, Whole], tuple[Real, Real, Whole]]


def open_network(folder: Path) -> Network:
    """The network of a model folder, by ONNX Runtime, on as many threads as `OMP_NUM_THREADS` says."""
    import onnxruntime
    from safetensors.numpy import load_file

    weights = {k: v.astype(np.float32) for k, v in load_file(folder / "model.safetensors").items()}
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(os.environ.get("OMP_NUM_THREADS", "").partition(",")[0] or 0)
    values = [onnxruntime.OrtValue.ortvalue_from_numpy(v) for v in weights.values()]
    options.add_external_initializers(list(weights), values)
    session = onnxruntime.InferenceSession(folder / "model.onnx", options, providers=["CPUExecutionProvider"])

    def run(ids: Whole, mask: Whole, places: Whole, wanted: Whole) -> tuple[Real, Real, Whole]:
        found, best, named = session.run(None, {"ids": ids, "mask": mask, "places": places, "wanted": wanted})
        return found, best, named

    return run


def torch_model(folder: Path) -> BertForMaskedLM:
    """The network of a model folder in torch, in single precision."""
    import torch
    from safetensors.torch import load_file
    from transformers import BertConfig, BertForMaskedLM

    config = BertConfig.from_dict(json.loads((folder / "config.json").read_text(encoding="utf8")))
    model = BertForMaskedLM(config)
    weights = load_file(folder / "model.safetensors")
    model.load_state_dict({k: v.to(torch.float32) for k, v in weights.items()}, strict=False)
    model.tie_weights()
    model.train(False)
    return model


def reference(model: BertForMaskedLM) -> Network:
    """What a torch model makes of the same input."""
    import torch

    @torch.inference_mode()
    def run(ids: Whole, mask: Whole, places: Whole, wanted: Whole) -> tuple[Real, Real, Whole]:
        hidden = model.bert(torch.from_numpy(ids), torch.from_numpy(mask)).last_hidden_state
        chances = model.cls(hidden.flatten(0, 1)[torch.from_numpy(places)]).float().log_softmax(-1)
        best = chances.topk(NAMED)
        return chances[wanted[:, 0], wanted[:, 1]].numpy(), best.values.numpy(), best.indices.numpy()

    return run
