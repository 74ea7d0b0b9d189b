"""Read an MPNet (Song et al. 2020) as the BERT it is, but for two things.

It adds to the attention what two pieces are to each other by their distance alone, the same in all layers
(see `textrepair.rerank.network.buckets`), and its vocabulary is BERT's behind special tokens of its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import torch
from tokenizers import Tokenizer

from textrepair.rerank import CLS, SEP, UNK
from textrepair.training.samples import MASK

OWN = 4  # special tokens before BERT's vocabulary: <s>, <pad>, </s>, <unk>
SPECIAL = {
    0: 1,
    CLS: 0,
    SEP: 2,
    UNK: 3,
}  # pieces of BERT's for which it has its own; that for MASK is the last
FIRST_POSITION = 2
NAMES = {
    "attention.attn.q": "attention.self.query",
    "attention.attn.k": "attention.self.key",
    "attention.attn.v": "attention.self.value",
    "attention.attn.o": "attention.output.dense",
    "attention.LayerNorm": "attention.output.LayerNorm",
    "intermediate.dense": "intermediate.dense",
    "output.dense": "output.dense",
    "output.LayerNorm": "output.LayerNorm",
}


def config_as_bert(config: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration of the BERT that an MPNet of such a configuration is.

    >>> config = config_as_bert({"model_type": "mpnet", "vocab_size": 30527, "max_position_embeddings": 514})
    >>> config["vocab_size"], config["max_position_embeddings"]
    (30522, 512)
    """
    own = ("architectures", "bos_token_id", "eos_token_id", "_name_or_path")
    return {k: v for k, v in config.items() if k not in own} | {
        "model_type": "bert",
        "vocab_size": config["vocab_size"] - OWN - 1,
        "max_position_embeddings": config["max_position_embeddings"] - FIRST_POSITION,
        "pad_token_id": 0,
    }


def weights_as_bert(weights: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The weights of an MPNet encoder under BERT's names, in BERT's order.

    Raises `KeyError` where one is missing.
    """
    given = {k.removeprefix("mpnet."): v for k, v in weights.items()}
    tokens = given["embeddings.word_embeddings.weight"]
    pieces = tokens[OWN:-1].clone()
    for piece, own in {**SPECIAL, MASK: len(tokens) - 1}.items():
        pieces[piece] = tokens[own]
    out = {
        "bert.embeddings.word_embeddings.weight": pieces,
        "bert.embeddings.position_embeddings.weight": given["embeddings.position_embeddings.weight"][
            FIRST_POSITION:
        ],
        "bert.embeddings.token_type_embeddings.weight": torch.zeros(2, tokens.shape[1]),
        "relative.weight": given["encoder.relative_attention_bias.weight"],
    }
    for of in ("weight", "bias"):
        out[f"bert.embeddings.LayerNorm.{of}"] = given[f"embeddings.LayerNorm.{of}"]
    layers = sum(k.endswith("attention.attn.q.weight") for k in given)
    for k in range(layers):
        for theirs, ours in NAMES.items():
            for of in ("weight", "bias"):
                out[f"bert.encoder.layer.{k}.{ours}.{of}"] = given[f"encoder.layer.{k}.{theirs}.{of}"]
    return out


def tokenizer_as_bert(tokenizer: Tokenizer) -> Tokenizer:
    """BERT's tokenizer, from an MPNet's."""
    given = json.loads(tokenizer.to_str())
    last = len(given["model"]["vocab"]) - 1
    vocabulary = {w: n - OWN for w, n in given["model"]["vocab"].items() if OWN <= n < last}
    flags = {"special": True, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    given["model"]["vocab"] = vocabulary
    given["added_tokens"] = [
        {"id": vocabulary[word], "content": word, **flags}
        for word in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
    ]
    given["post_processor"] = given["truncation"] = given["padding"] = None
    return Tokenizer.from_str(json.dumps(given))
