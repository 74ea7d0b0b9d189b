"""Open any Hugging Face masked language model, and read log probabilities from its masked rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from textrepair.errors import TextrepairError
from textrepair.machine import uncollected
from textrepair.rerank.transformers_models import first_line, open_tokenizer, quiet

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MOST_PIECES = 512  # pieces; models that take more were trained on less, and attention costs its square
PIECES_A_BATCH = 4096
BEST = -1  # stands beside vocabulary ids for the model's own first choice, whatever it is


class Row(NamedTuple):
    """Pieces as the model reads them, and the vocabulary ids wanted at some of their positions."""

    ids: Sequence[int]
    wanted: Sequence[tuple[int, Sequence[int]]]


@dataclass(frozen=True)
class Pretrained:
    """A masked language model and its tokenizer; `longest` counts pieces, special ones among them.

    `unknown` is the piece of what the tokenizer cannot read, -1 where it reads everything.
    """

    model: Any
    tokenizer: Tokenizer
    mask: int
    unknown: int
    padding: int
    longest: int

    def read(self, rows: Sequence[Row]) -> list[list[dict[int, float]]]:
        """For each position wanted of each row: vocabulary id → log probability, and `BEST`."""
        import torch

        out: list[list[dict[int, float]]] = [[] for _ in rows]
        # near equal lengths side by side: padding costs as much as text
        order = sorted(range(len(rows)), key=lambda n: -len(rows[n].ids))
        while order:
            size = max(1, PIECES_A_BATCH // len(rows[order[0]].ids))
            batch, order = order[:size], order[size:]
            length = len(rows[batch[0]].ids)
            ids = torch.full((len(batch), length), self.padding)
            attention = torch.zeros_like(ids)
            for r, n in enumerate(batch):
                ids[r, : len(rows[n].ids)] = torch.tensor(rows[n].ids)
                attention[r, : len(rows[n].ids)] = 1
            places = [(r, n, at, want) for r, n in enumerate(batch) for at, want in rows[n].wanted]
            with torch.inference_mode():
                logits = self._logits(ids, attention, [p[0] for p in places], [p[2] for p in places])
                logits -= logits.logsumexp(-1, keepdim=True)
                best = logits.max(-1).values.tolist()
                for j, (_, n, _, want) in enumerate(places):
                    values = logits[j, list(want)].tolist()
                    out[n].append({**dict(zip(want, values, strict=True)), BEST: best[j]})
        return out

    def _logits(self, ids: Any, attention: Any, rows: Sequence[int], at: Sequence[int]) -> Any:
        """The logits of the positions (rows, at) alone: those of all would fill the memory."""

        def narrowed(_: object, hidden: tuple[Any, ...]) -> tuple[Any, ...]:
            return (hidden[0][rows, at], *hidden[1:])

        hook = self.model.get_output_embeddings().register_forward_pre_hook(narrowed)
        try:
            logits = self.model(input_ids=ids, attention_mask=attention).logits
        finally:
            hook.remove()
        # a few architectures go round their last layer
        return logits[rows, at] if logits.dim() == 3 else logits


def open_pretrained(name: str) -> Pretrained:
    """The masked language model in the folder `name`, or of that name on the Hugging Face hub.

    Raises `TextrepairError` when there is none, or when it is none that can be used: no masked
    language model, weights without its head, a tokenizer that is slow, maskless or of another model.
    """
    from transformers import MODEL_FOR_MASKED_LM_MAPPING, AutoConfig, AutoModelForMaskedLM

    where = f"reranker {name!r}"
    local = Path(name).is_dir()
    if local and not (Path(name) / "config.json").is_file():
        raise TextrepairError(f"{where}: no config.json in that folder; {REMEDY}")
    with uncollected(), quiet():
        try:
            config = AutoConfig.from_pretrained(name, trust_remote_code=False)
        except Exception as error:  # the library raises whatever its parts do, here and below
            raise TextrepairError(
                f"{where}: its config.json cannot be used ({first_line(error)}); {REMEDY}"
                if local
                else f"{where}: no such folder, and the Hugging Face hub or its cache does not give it "
                f"({first_line(error)}); give the path of a model folder, or fetch the model once with "
                f"`hf download {name}` where there is a network"
            ) from error
        if type(config) not in MODEL_FOR_MASKED_LM_MAPPING or config.is_encoder_decoder:
            raise TextrepairError(
                f"{where}: a {config.model_type!r} model is no masked language model; {REMEDY}"
            )
        tokenizer = open_tokenizer(where, name, config.vocab_size, REMEDY)
        if tokenizer.mask_token_id is None:
            raise TextrepairError(f"{where}: its tokenizer has no mask token; {REMEDY}")
        try:
            model, report = AutoModelForMaskedLM.from_pretrained(
                name, config=config, output_loading_info=True, trust_remote_code=False
            )
        except Exception as error:
            raise TextrepairError(
                f"{where}: its weights cannot be read ({first_line(error)}); {REMEDY}"
            ) from error
        if report["missing_keys"]:
            raise TextrepairError(
                f"{where}: its weights lack {', '.join(sorted(report['missing_keys'])[:3])}, without which "
                f"it is no trained masked language model; {REMEDY}"
            )
    padding = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else config.pad_token_id
    return Pretrained(
        model.float().eval(),
        tokenizer.backend_tokenizer,
        tokenizer.mask_token_id,
        -1 if tokenizer.unk_token_id is None else tokenizer.unk_token_id,
        padding or 0,
        min(MOST_PIECES, tokenizer.model_max_length, _positions(model)),
    )


REMEDY = (
    "give a model that AutoModelForMaskedLM loads, with its fast tokenizer: "
    "config.json, model.safetensors, tokenizer.json"
)


def _positions(model: Any) -> int:
    """How many pieces the model's position embeddings allow; RoBERTa's begin after the padding's."""
    allowed = getattr(model.config, "max_position_embeddings", None) or MOST_PIECES
    for name, module in model.named_modules():
        if name.endswith("position_embeddings") and getattr(module, "padding_idx", None) is not None:
            return int(allowed) - int(module.padding_idx) - 1
    return int(allowed)
