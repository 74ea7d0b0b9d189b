"""Run the in-place network: by ONNX Runtime, and by torch as the reference it is compared with.

Both read the weights of `model.safetensors`, half precision on the disk and single precision here.
"""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from textrepair.candidates import KNOWN
from textrepair.lexicon.words import science
from textrepair.rerank.evidence import DELETE

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import BertForMaskedLM

Whole = NDArray[np.int64]
Real = NDArray[np.float32]

NAMED = 6  # pieces a network names at a place

# (ids, mask, places, wanted) → (found, best, named): the pieces of rows of one length, and 0 where they are
# padding; the numbers of pieces to read, the rows laid end to end; pairs of the number of a place and a
# piece of the vocabulary. Found is the log probability of each pair; best are the highest ones at each
# place, in falling order, and named the pieces they are of.
Network = Callable[[Whole, Whole, Whole, Whole], tuple[Real, Real, Whole]]


def nameable(tokenizer: Tokenizer) -> list[int]:
    """The pieces of the words that science uses, and `DELETE`: what a network may name, in rising order.

    Its probabilities are shares among these and the pieces it is asked of.
    """
    words = [word for word, use in science().items() if use.zipf >= KNOWN]
    encoded = tokenizer.encode_batch(words, add_special_tokens=False)
    return sorted({DELETE, *itertools.chain.from_iterable(e.ids for e in encoded)})


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


def reference(model: BertForMaskedLM, pieces: Sequence[int]) -> Network:
    """What a torch model makes of the same input; `pieces` are those it may name."""
    import torch

    listed = torch.tensor(pieces)

    @torch.inference_mode()
    def run(ids: Whole, mask: Whole, places: Whole, wanted: Whole) -> tuple[Real, Real, Whole]:
        hidden = model.bert(torch.from_numpy(ids), torch.from_numpy(mask)).last_hidden_state
        logits = model.cls(hidden.flatten(0, 1)[torch.from_numpy(places)]).float()
        place, piece = torch.from_numpy(wanted).T
        among = torch.full_like(logits, -torch.inf)
        among[:, listed] = logits[:, listed]
        best = among.topk(NAMED)
        among[place, piece] = logits[place, piece]
        total = among.logsumexp(-1)
        found = logits[place, piece] - total[place]
        return found.numpy(), (best.values - total[:, None]).numpy(), best.indices.numpy()

    return run
