"""Run the in-place network: by ONNX Runtime, and by torch.

Both read the folder's weights in single precision (`textrepair.rerank.weights`).
"""

from __future__ import annotations

import itertools
import json
import math
import os
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from textrepair.lexicon.words import science
from textrepair.models import GRAPHS
from textrepair.pipeline.candidates import KNOWN
from textrepair.rerank.evidence import DELETE
from textrepair.rerank.weights import read_weights

if TYPE_CHECKING:
    import onnxruntime
    import torch
    from tokenizers import Tokenizer
    from transformers import BertConfig, BertForMaskedLM

Whole = NDArray[np.int64]
Real = NDArray[np.float32]
Encode = Callable[[Whole, Whole], tuple[Real, Real]]

NAMED = 6  # pieces a network names at a place
TOKENS = "bert.embeddings.word_embeddings.weight"
RELATIVE = "relative.weight"
PARTS = ("bert.", "replaced.", RELATIVE), ("cls.",)  # each graph's weights begin so, beside `TOKENS` of both
HIDDEN = -1e9  # added to the attention padding would get
FAR = 128  # pieces so far apart, or farther, share a bucket


class Network(NamedTuple):
    """The two parts of a network, and its width: how many numbers tell what a piece is in its context.

    `encode`: (ids, mask) → (hidden, replaced): the pieces of rows of one length, and 0 where they are
    padding. Out, the rows laid end to end: what each piece is in its context, and the log odds that another
    one stood there.

    `name`: (hidden, wanted) → (found, best, named): what some places are in their context, and pairs of the
    number of a place and a piece of the vocabulary. Out: the log probability of each pair, and at each place
    the highest ones, in falling order, and the pieces they are of.
    """

    width: int
    encode: Encode
    name: Callable[[Real, Whole], tuple[Real, Real, Whole]]


def nameable(tokenizer: Tokenizer) -> list[int]:
    """The pieces of the words that science uses, and `DELETE`: what a network may name, in rising order.

    Its probabilities are shares among these and the pieces it is asked of.
    """
    words = [word for word, use in science().items() if use.zipf >= KNOWN]
    encoded = tokenizer.encode_batch(words, add_special_tokens=False)
    return sorted({DELETE, *itertools.chain.from_iterable(e.ids for e in encoded)})


def threads() -> int:
    """How many threads `OMP_NUM_THREADS` allows; 0 where it says nothing."""
    return int(os.environ.get("OMP_NUM_THREADS", "").partition(",")[0] or 0)


def open_network(folder: Path, open_encoder: Callable[[Path], Encode] | None = None) -> Network:
    """The network of a model folder, by ONNX Runtime, on as many threads as `OMP_NUM_THREADS` says.

    `open_encoder`: opens its first part by another runtime.

    The runtime keeps what it is given in a form of its own. So the weights of one graph are let go before
    those of the other are read, and the table that both look pieces up in is lent to both.
    """
    import onnxruntime

    def lent(array: Real) -> onnxruntime.OrtValue:
        return onnxruntime.OrtValue.ortvalue_from_numpy(array)

    tokens = read_weights(folder, TOKENS.__eq__)[TOKENS]
    table = lent(tokens)

    def session(graph: str, beginnings: tuple[str, ...]) -> onnxruntime.InferenceSession:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads()
        weights = read_weights(folder, lambda name: name.startswith(beginnings) and name != TOKENS)
        given = {TOKENS: table} | {name: lent(tensor) for name, tensor in weights.items()}
        options.add_external_initializers([*given], [*given.values()])  # for the optimiser
        options.add_initializer(TOKENS, table)  # for the run, without a copy
        opened = onnxruntime.InferenceSession(folder / graph, options, providers=["CPUExecutionProvider"])
        opened.table = table  # what is lent must live as long as the session
        return opened

    encode = open_encoder(folder) if open_encoder else partial(_encode, session(GRAPHS[0], PARTS[0]))
    head = session(GRAPHS[1], PARTS[1])

    def name(hidden: Real, wanted: Whole) -> tuple[Real, Real, Whole]:
        found, best, named = head.run(None, {"hidden": hidden, "wanted": wanted})
        return found, best, named

    return Network(tokens.shape[1], encode, name)


def _encode(encoder: onnxruntime.InferenceSession, ids: Whole, mask: Whole) -> tuple[Real, Real]:
    hidden, replaced = encoder.run(None, {"ids": ids, "mask": mask})
    return hidden, replaced


def buckets(longest: int, number: int) -> Whole:
    """Which of a `number` of buckets the distances from `1 - longest` to `longest - 1` pieces are in.

    The idea is T5's (Raffel et al. 2020), as MPNet has it: half of them for each side, and of those half for
    the nearest, the others ever wider.

    >>> buckets(4, 32)
    array([ 3,  2,  1,  0, 17, 18, 19])
    """
    apart = np.arange(1 - longest, longest)
    side = number // 2
    near = side // 2
    wide = near + np.log(np.maximum(np.abs(apart), 1) / near) / math.log(FAR / near) * (side - near)
    kind = np.where(np.abs(apart) < near, np.abs(apart), np.minimum(wide, side - 1))
    return kind.astype(np.int64) + side * (apart > 0)


def new_model(config: BertConfig) -> BertForMaskedLM:
    """A network in torch: a BERT with its masked-LM head, and beside that a head, `replaced`, which tells
    pieces that were replaced from those that were not, as ELECTRA's does (Clark et al. 2020).

    If its configuration has `relative_attention_num_buckets`, `relative` tells each head of attention what
    two pieces are to each other by the bucket of their distance.
    """
    from torch import nn
    from transformers import BertForMaskedLM

    model = BertForMaskedLM(config)
    width = config.hidden_size
    layers = {"dense": nn.Linear(width, width), "gelu": nn.GELU(), "out": nn.Linear(width, 1)}
    model.add_module("replaced", nn.Sequential(OrderedDict(layers)))
    if number := getattr(config, "relative_attention_num_buckets", None):
        model.add_module("relative", nn.Embedding(number, config.num_attention_heads))
    return model


def hidden_states(model: BertForMaskedLM, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """What each piece of rows of them is in its context, the rows laid end to end; `mask` is 0 at padding."""
    import torch

    if number := getattr(model.config, "relative_attention_num_buckets", None):
        device, length = ids.device, ids.shape[1]
        bucket = torch.from_numpy(buckets(length, number)).to(device)
        at = torch.arange(length, device=device)
        by_head = model.get_submodule("relative")(bucket[at - at[:, None] + length - 1]).permute(2, 0, 1)
        mixed = torch.is_autocast_enabled(device.type)
        kind = torch.get_autocast_dtype(device.type) if mixed else model.dtype
        # added to the attention of all layers alike
        mask = by_head[None].to(kind) + (1 - mask)[:, None, None].to(kind) * HIDDEN
    hidden: torch.Tensor = model.bert(input_ids=ids, attention_mask=mask).last_hidden_state
    return hidden.flatten(0, 1)


def torch_model(folder: Path) -> BertForMaskedLM:
    """The network of a model folder in torch, in single precision."""
    import torch
    from transformers import BertConfig

    config = BertConfig.from_dict(json.loads((folder / "config.json").read_text(encoding="utf8")))
    model = new_model(config)
    weights = {name: torch.from_numpy(tensor) for name, tensor in read_weights(folder).items()}
    model.load_state_dict(weights, strict=False)
    model.tie_weights()
    model.train(False)
    return model


def torch_network(model: BertForMaskedLM, pieces: Sequence[int]) -> Network:
    """A torch model, on whatever device and in whatever precision, as a network; `pieces` are those it may
    name.
    """
    import torch

    device, kind = model.device, model.dtype
    listed = torch.tensor(pieces, device=device)

    def there(array: Whole | Real) -> torch.Tensor:
        return torch.from_numpy(array).to(device)

    def here(tensor: torch.Tensor) -> Real:
        array: Real = tensor.float().cpu().numpy()
        return array

    @torch.inference_mode()
    def encode(ids: Whole, mask: Whole) -> tuple[Real, Real]:
        hidden = hidden_states(model, there(ids), there(mask))
        return here(hidden), here(model.get_submodule("replaced")(hidden)[:, 0])

    @torch.inference_mode()
    def name(hidden: Real, wanted: Whole) -> tuple[Real, Real, Whole]:
        logits = model.cls(there(hidden).to(kind)).float()
        place, piece = there(wanted).T
        among = torch.full_like(logits, -torch.inf)
        among[:, listed] = logits[:, listed]
        best = among.topk(NAMED)
        among[place, piece] = logits[place, piece]
        total = among.logsumexp(-1)
        found = logits[place, piece] - total[place]
        return here(found), here(best.values - total[:, None]), best.indices.cpu().numpy()

    return Network(model.config.hidden_size, encode, name)
