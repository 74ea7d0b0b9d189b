"""Any causal language model that transformers opens, read by torch."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from textrepair.errors import TextrepairError
from textrepair.lm.limits import LEAST_PIECES, MOST_PIECES, check_memory
from textrepair.lm.opinion import Branch
from textrepair.machine import uncollected
from textrepair.rerank.transformers_models import first_line, open_tokenizer, quiet

if TYPE_CHECKING:
    from tokenizers import Tokenizer

PIECES_A_BATCH = 256  # of branches: logits of all of them, and copies of the cache, stand in memory at once
REMEDY = (
    "give a model that AutoModelForCausalLM loads, with its fast tokenizer (config.json, model.safetensors, "
    "tokenizer.json), or a GGUF file"
)


@dataclass(frozen=True)
class Pretrained:
    """A causal language model and its tokenizer; `first` are the pieces that stand before a text."""

    model: Any
    tokenizer: Tokenizer
    first: tuple[int, ...]
    pieces: int
    longest: int
    identity: str

    def encode(self, text: str) -> tuple[list[int], list[int]]:
        """The pieces of a text behind `first`, and where they begin."""
        encoded = self.tokenizer.encode(text, add_special_tokens=False)
        starts = [start for start, _ in encoded.offsets]
        return [*self.first, *encoded.ids], [*(0 for _ in self.first), *starts]

    def read(
        self, ids: Sequence[int], own: Sequence[int], branches: Sequence[Branch]
    ) -> tuple[dict[int, float], list[list[float]]]:
        """See `LanguageModel.read`: the keys and values of the row are kept, and copied for the branches."""
        import torch

        with torch.inference_mode():
            # what stands at a place is predicted by the piece before it
            wanted = sorted({k - 1 for k in own} | {b.at - 1 for b in branches})
            at = {k: n for n, k in enumerate(wanted)}
            logits, cache = self._logits(torch.tensor([ids]), [0] * len(wanted), wanted)
            total = logits.logsumexp(-1)

            def log_prob(k: int, piece: int) -> float:
                return float(logits[at[k - 1], piece] - total[at[k - 1]])

            of_row = {k: log_prob(k, ids[k]) for k in own}
            of_branches = [[log_prob(b.at, b.ids[0])] for b in branches]
            order = sorted(range(len(branches)), key=lambda n: -len(branches[n].ids))
            while order:
                size = max(1, PIECES_A_BATCH // len(branches[order[0]].ids))
                batch, order = order[:size], order[size:]
                for n, more in zip(
                    batch, self._branched(cache, len(ids), [branches[n] for n in batch]), strict=True
                ):
                    of_branches[n] += more
        return of_row, of_branches

    def _branched(self, cache: Any, length: int, branches: Sequence[Branch]) -> list[list[float]]:
        """The log probability of all pieces of some branches but their first ones."""
        import torch

        width = max(len(b.ids) for b in branches) - 1
        if not width:
            return [[] for _ in branches]
        ids = torch.zeros(len(branches), width, dtype=torch.long)
        seen = torch.zeros(len(branches), length + width, dtype=torch.long)
        at = torch.zeros_like(ids)
        for row, b in enumerate(branches):
            fed = len(b.ids) - 1
            ids[row, :fed] = torch.tensor(b.ids[:-1])
            seen[row, : b.at] = 1  # of the row that was read, what stands before
            seen[row, length : length + fed] = 1
            at[row] = torch.arange(b.at, b.at + width)
        places = [(row, k) for row, b in enumerate(branches) for k in range(len(b.ids) - 1)]
        copied = copy.deepcopy(cache)
        copied.batch_repeat_interleave(len(branches))
        logits, _ = self._logits(
            ids, [r for r, _ in places], [k for _, k in places],
            attention_mask=seen, position_ids=at, past_key_values=copied,
        )  # fmt: skip
        next_ = torch.tensor([branches[row].ids[k + 1] for row, k in places])
        log_probs = iter((logits.gather(-1, next_[:, None])[:, 0] - logits.logsumexp(-1)).tolist())
        return [[next(log_probs) for _ in b.ids[1:]] for b in branches]

    def _logits(self, ids: Any, rows: Sequence[int], at: Sequence[int], **given: Any) -> tuple[Any, Any]:
        """The logits of the positions (rows, at) alone, which are dear, and the cache."""

        def narrowed(_: object, hidden: tuple[Any, ...]) -> tuple[Any, ...]:
            return (hidden[0][rows, at], *hidden[1:])

        hook = self.model.get_output_embeddings().register_forward_pre_hook(narrowed)
        try:
            out = self.model(input_ids=ids, use_cache=True, **given)
        finally:
            hook.remove()
        logits = out.logits.float()
        # a few architectures go round their last layer
        return logits[rows, at] if logits.dim() == 3 else logits, out.past_key_values


def open_pretrained(name: str) -> Pretrained:
    """The causal language model in the folder `name`, or of that name on the Hugging Face hub.

    Raises `TextrepairError` when there is none, or none that can be used.
    """
    import torch
    from transformers import AutoModelForCausalLM

    where, auto = f"lm {name!r}", cast("Any", AutoModelForCausalLM)
    # half the memory, and faster, where the processor multiplies it by tiles; elsewhere many times slower
    tiles = torch.cpu._is_amx_tile_supported()
    kind = torch.bfloat16 if tiles else torch.float32
    with uncollected(), quiet():
        config = _config(where, name)
        longest, vocabulary = _longest(where, config), config.get_text_config().vocab_size
        tokenizer = open_tokenizer(where, name, vocabulary, REMEDY)
        try:
            with torch.device("meta"):
                empty = auto.from_config(config, trust_remote_code=False)
            check_memory(name, sum(p.numel() for p in empty.parameters()) * kind.itemsize)
            model, report = auto.from_pretrained(
                name, config=config, output_loading_info=True, trust_remote_code=False
            )
        except TextrepairError:
            raise
        except Exception as error:  # the library raises whatever its parts do, here and below
            raise TextrepairError(
                f"{where}: its weights cannot be read ({first_line(error)}); {REMEDY}"
            ) from error
    if report["missing_keys"]:
        raise TextrepairError(
            f"{where}: its weights lack {', '.join(sorted(report['missing_keys'])[:3])}, without which "
            f"it is no trained language model; {REMEDY}"
        )
    first = next(k for k in (tokenizer.bos_token_id, tokenizer.eos_token_id, 0) if k is not None)
    model = model.to(kind).eval()
    return Pretrained(model, tokenizer.backend_tokenizer, (first,), vocabulary, longest, _identity(model))


def _identity(model: Any) -> str:
    """What tells a model's weights from others': a hash of a few numbers of each of its matrices."""
    import torch

    digest = hashlib.sha256()
    for name, parameter in model.named_parameters():
        some = parameter.detach().flatten()[:16].to(torch.bfloat16).view(torch.int16)
        digest.update(name.encode() + some.numpy().tobytes())
    return digest.hexdigest()[:16]


def _config(where: str, name: str) -> Any:
    """The configuration of a causal language model."""
    from transformers import MODEL_FOR_CAUSAL_LM_MAPPING, MODEL_FOR_MASKED_LM_MAPPING, AutoConfig

    local = Path(name).is_dir()
    try:
        config = AutoConfig.from_pretrained(name, trust_remote_code=False)
    except Exception as error:
        raise TextrepairError(
            f"{where}: its config.json cannot be used ({first_line(error)}); {REMEDY}"
            if local
            else f"{where}: no such folder or file, and the Hugging Face hub or its cache does not give it "
            f"({first_line(error)}); give the path of a model folder or a GGUF file, or fetch the model once "
            f"with `hf download {name}` where there is a network"
        ) from error
    masked = type(config) in MODEL_FOR_MASKED_LM_MAPPING and not getattr(config, "is_decoder", False)
    if masked:
        raise TextrepairError(
            f"{where}: a {config.model_type!r} model is a masked language model, which can be a reranker "
            f"(`reranker=`, `--reranker`) and no second opinion; {REMEDY}"
        )
    if type(config) not in MODEL_FOR_CAUSAL_LM_MAPPING or config.is_encoder_decoder:
        raise TextrepairError(f"{where}: a {config.model_type!r} model is no causal language model; {REMEDY}")
    return config


def _longest(where: str, config: Any) -> int:
    """How many pieces a model reads at once, and sees all of."""
    config = config.get_text_config()
    names = ("max_position_embeddings", "sliding_window")
    longest: int = min([MOST_PIECES, *(n for name in names if (n := getattr(config, name, None)))])
    if longest < LEAST_PIECES:
        raise TextrepairError(
            f"{where}: it reads {longest} pieces at once, and {LEAST_PIECES} are needed; {REMEDY}"
        )
    return longest
