"""What a training starts from and what it leaves: a folder of weights and their tokenizer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from huggingface_hub.errors import StrictDataclassError
from safetensors import SafetensorError
from safetensors.torch import save
from tokenizers import Tokenizer
from transformers import BertConfig, BertForMaskedLM

from textrepair.errors import TextrepairError
from textrepair.files import whole
from textrepair.models import check_model, find_model, weight_files, weights_sha256
from textrepair.rerank import CLS, DELETE, SEP, UNK, WINDOW
from textrepair.rerank.network import new_model
from textrepair.rerank.weights import read_weights
from textrepair.training import mpnet
from textrepair.training.samples import MASK

WANTED = ("config.json", "tokenizer.json")
SPECIAL = {"[PAD]": 0, "[unused0]": DELETE, "[UNK]": UNK, "[CLS]": CLS, "[SEP]": SEP, "[MASK]": MASK}
TIED = ("cls.predictions.decoder.weight", "cls.predictions.decoder.bias")


@dataclass(frozen=True)
class Base:
    """A network ready to train, its tokenizer, and where both came from.

    `headless`: the folder held an encoder only, so that the head which names words is new. `record`: of the
    training that made it, where one did.
    """

    name: str
    model: BertForMaskedLM
    tokenizer: Tokenizer
    headless: bool
    sha256: str
    record: dict[str, Any] | list[Any] | None


def read_mean(names: Sequence[str], seed: int, layers: int | None = None) -> Base:
    """What several bases make together: the mean of their weights, beside the tokenizer of the first one.

    Trainings that went on from the same weights in different ways are better together than any alone (model
    soups, Wortsman et al. 2022). `layers`: so many of their layers are kept, evenly spaced.

    Raises `TextrepairError` as `read_base` does, and when they are of different shapes.
    """
    bases = [read_base(name, seed) for name in names]
    if layers is not None:
        for base in bases:
            keep_layers(base, layers)
    first = bases[0]
    if len(bases) == 1:
        return first
    states = [base.model.state_dict() for base in bases]
    shapes = [{name: weights.shape for name, weights in state.items()} for state in states]
    for base, shape in zip(bases, shapes, strict=True):
        if shape != shapes[0]:
            raise TextrepairError(
                f"{base.name}: another architecture than {first.name}, so that they have no mean; "
                "start from one of them"
            )
    first.model.load_state_dict(
        {
            k: torch.stack([state[k].float() for state in states]).mean(0).to(v.dtype)
            for k, v in states[0].items()
        }
    )
    return replace(
        first,
        name=" + ".join(base.name for base in bases),
        headless=any(base.headless for base in bases),
        sha256=" + ".join(base.sha256 for base in bases),
        record=[base.record for base in bases],
    )


def keep_layers(base: Base, number: int) -> None:
    """Drop all but `number` of a network's layers, evenly spaced, the last one among them.

    What is left of a trained network so learns in a part of the time to do most of what the whole did
    (Sajjad et al. 2023). Raises `TextrepairError` when it has fewer.
    """
    encoder, config = base.model.bert.encoder, base.model.config
    there = config.num_hidden_layers
    if not 1 <= number <= there:
        raise TextrepairError(f"layers: {number} of the {there} of {base.name} cannot be kept")
    kept = [round((k + 1) * there / number) - 1 for k in range(number)]
    encoder.layer = torch.nn.ModuleList(encoder.layer[k] for k in kept)
    config.num_hidden_layers = number


def read_base(name: str, seed: int) -> Base:
    """The network in a model folder, a folder of a BERT or MPNet encoder, or a built-in model of that name.

    `seed` draws a head where there is none. Raises `TextrepairError` when there is no such folder, or
    it holds another architecture, another kind of tokenizer, or weights that do not fit.
    """
    folder = Path(name)
    if not folder.is_dir() or (folder / "manifest.json").exists():
        folder = find_model(name)
        check_model(folder)
    wanted = [*WANTED, *(path.name for path in weight_files(folder))]
    for file in wanted:
        if not (folder / file).is_file():
            raise TextrepairError(f"{folder}: no {file}; a folder to start from holds {', '.join(wanted)}")
    config, is_mpnet = _config(folder)
    tokenizer = _tokenizer(folder, config.vocab_size, is_mpnet=is_mpnet)
    try:
        weights = {k: torch.from_numpy(v) for k, v in read_weights(folder).items()}
    except SafetensorError as error:
        raise TextrepairError(f"{folder / 'model.safetensors'}: damaged: {error}") from None
    if is_mpnet:
        try:
            weights = mpnet.weights_as_bert(weights)
        except KeyError as error:
            raise TextrepairError(f"{folder}: no weights of an MPNet encoder: {error} is missing") from None
    headless = "cls.predictions.transform.dense.weight" not in weights
    if not any(k.startswith("bert.") for k in weights):
        weights = {f"bert.{k}": v for k, v in weights.items()}
    if not all(bool(v.isfinite().all()) for v in weights.values()):
        raise TextrepairError(f"{folder / 'model.safetensors'}: holds weights that are no numbers")
    torch.manual_seed(seed)
    try:
        model = new_model(config)
    except ValueError as error:
        raise TextrepairError(f"{folder / 'config.json'}: describes no BERT: {error}") from None
    try:
        missing, _ = model.load_state_dict(weights, strict=False)
    except RuntimeError as error:
        first = str(error).partition("\n\t")[2].partition("\n")[0]
        raise TextrepairError(f"{folder}: the weights do not fit config.json: {first}") from None
    absent = [k for k in missing if k.startswith("bert.") and "position_ids" not in k]
    if absent:
        raise TextrepairError(
            f"{folder}: no weights of a BERT encoder: {absent[0]} and {len(absent) - 1} others are missing"
        )
    model.tie_weights()
    made = folder / "training.json"
    record = _json(made) if made.exists() else None
    return Base(name, model, tokenizer, headless, weights_sha256(folder), record)


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf8"))
    except ValueError as error:
        raise TextrepairError(f"{path}: no JSON: {error}") from None


def _config(folder: Path) -> tuple[BertConfig, bool]:
    """As a BERT's, and whether it was an MPNet's."""
    path = folder / "config.json"
    record = _json(path)
    if not isinstance(record, dict):
        raise TextrepairError(f"{path}: no JSON object, as a configuration is")
    kind = record.get("model_type")
    if kind not in ("bert", "mpnet"):
        raise TextrepairError(
            f"{folder}: its model_type is {kind!r}; only 'bert' and 'mpnet' can be trained here"
        )
    try:
        config = BertConfig.from_dict(mpnet.config_as_bert(record) if kind == "mpnet" else record)
    except (StrictDataclassError, KeyError, TypeError) as error:
        raise TextrepairError(f"{path}: describes no BERT: {' '.join(str(error).split())}") from None
    if config.hidden_act != "gelu":
        raise TextrepairError(
            f"{folder}: its activation is {config.hidden_act!r}; only BERT's own, 'gelu', can be trained here"
        )
    if config.max_position_embeddings < WINDOW + 2:
        raise TextrepairError(
            f"{folder}: reads {config.max_position_embeddings} pieces at once; {WINDOW + 2} are needed"
        )
    config.tie_word_embeddings = True
    # under one epoch there is nothing to overfit, and on a CPU drawing the masks takes half the time
    config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
    return config, kind == "mpnet"


def _tokenizer(folder: Path, vocabulary: int, *, is_mpnet: bool) -> Tokenizer:
    path = folder / "tokenizer.json"
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises nothing narrower
        raise TextrepairError(f"{path}: no tokenizer: {error}") from None
    if is_mpnet:
        try:
            tokenizer = mpnet.tokenizer_as_bert(tokenizer)
        except KeyError as error:
            raise TextrepairError(
                f"{path}: another kind of tokenizer than an MPNet's: it has no piece {error}"
            ) from None
    tokenizer.no_truncation()
    tokenizer.no_padding()
    differing = [t for t, number in SPECIAL.items() if tokenizer.token_to_id(t) != number]
    if differing or tokenizer.get_vocab_size() != vocabulary:
        raise TextrepairError(
            f"{path}: another kind of tokenizer (BERT's has "
            f"{', '.join(f'{t} as piece {n}' for t, n in SPECIAL.items())} and as many pieces as config.json "
            f"says, {vocabulary:,}); start from a model that has BERT's uncased word pieces"
        )
    if (
        tokenizer.encode("A", add_special_tokens=False).ids
        != tokenizer.encode("a", add_special_tokens=False).ids
    ):
        raise TextrepairError(f"{path}: tells capitals from small letters; an uncased model is needed")
    return tokenizer


def save_weights(model: BertForMaskedLM, out: Path) -> None:
    """Half-precision weights as safetensors, and their configuration; the tied decoder is stored once."""
    weights = {
        k: v.detach().to("cpu", torch.float16).contiguous()
        for k, v in model.state_dict().items()
        if k not in TIED and "pooler" not in k and "position_ids" not in k
    }
    with whole(out / "model.safetensors") as file:
        file.write(save(weights))
    model.config.save_pretrained(out)
