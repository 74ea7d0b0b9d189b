"""Train the in-place reranker: it reads spun text and predicts the original at every position.

The idea is MacBERT's (Cui et al. 2020: correct a similar word instead of a mask) and soft-masked
BERT's (Zhang et al. 2020), with GECToR's (Omelianchuk et al. 2020) alignment of a longer wrong
phrase: its surplus pieces predict `DELETE`. A share of untouched words is masked as in BERT, so
that the model stays a language model.
"""

from __future__ import annotations

import json
import lzma
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import BertConfig, BertForMaskedLM

from textrepair.rerank import CLS, SEP, align, slot_targets
from textrepair.training.spinner import Channel, Swap, article_slips, log_uniform, spin, words_of

MASK = 103
SPARED = 20  # every twentieth document is in no table, so that calibration meets unseen text


@dataclass(frozen=True)
class Corpus:
    """Documents as one array of word numbers; `offsets[i]:offsets[i+1]` is document i."""

    words: list[str]
    pieces: list[list[int]]
    ids: np.ndarray
    offsets: np.ndarray

    def counted(self) -> np.ndarray:
        """Which words belong to documents that tables may count: all but every `SPARED`-th."""
        document = np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.offsets))
        counted: np.ndarray = document % SPARED != 0
        return counted


def pack(paths: Sequence[Path], tokenizer: Tokenizer, cache: Path) -> Corpus:
    """Read JSONL(.xz) documents with a `text` field into a `Corpus`; `cache` (.npz) is reused."""
    if not cache.exists():
        number: dict[str, int] = {}
        chunks, offsets = [], [0]
        for path in paths:
            opener: Callable[..., object] = lzma.open if path.suffix == ".xz" else open
            with opener(path, "rt", encoding="utf8") as f:  # type: ignore[attr-defined]
                for line in f:
                    ids = [number.setdefault(w, len(number)) for w in words_of(json.loads(line)["text"])]
                    chunks.append(np.array(ids, dtype=np.int32))
                    offsets.append(offsets[-1] + len(ids))
        np.savez(cache, ids=np.concatenate(chunks), offsets=np.array(offsets), words=np.array(list(number)))
    z = np.load(cache)
    words = [str(w) for w in z["words"]]
    pieces = [e.ids for e in tokenizer.encode_batch(words, add_special_tokens=False)]
    return Corpus(words, pieces, z["ids"], z["offsets"])


class Sampler:
    """Draws training batches; batch number `step` is a function of the seed and the step alone."""

    def __init__(
        self, corpus: Corpus, channels: Sequence[tuple[float, Channel]], tokenizer: Tokenizer, seed: int
    ):
        self.corpus, self.channels, self.seed = corpus, channels, seed
        weights = np.array([w for w, _ in channels])
        self.weights = weights / weights.sum()
        self.tokenizer = tokenizer
        self.cache: dict[str, list[int]] = dict(zip(corpus.words, corpus.pieces, strict=True))

    def pieces(self, word: str) -> list[int]:
        """The word pieces of a lower-case word."""
        found = self.cache.get(word)
        if found is None:
            found = self.cache[word] = self.tokenizer.encode(word, add_special_tokens=False).ids
        return found

    def passage(self, rng: np.random.Generator, length: int) -> tuple[list[int], list[int], list[int]]:
        """One passage: input pieces, target pieces, and the role of each (0 kept, 1 spun, 2 masked)."""
        c = self.corpus
        doc = 0
        while doc % SPARED == 0:
            at = int(rng.integers(0, len(c.ids) - length))
            doc = int(np.searchsorted(c.offsets, at, side="right")) - 1
        end = int(min(c.offsets[doc + 1], at + length))
        if end - at < 40:
            at = int(max(c.offsets[doc], end - length))
        words = [c.words[i] for i in c.ids[at:end]]
        swaps: list[Swap] = []
        if rng.random() > 0.3:
            channel = self.channels[int(rng.choice(len(self.channels), p=self.weights))][1]
            swaps = spin(words, channel, rng, log_uniform(rng, 0.03, 0.8))
            swaps += article_slips(words, swaps, rng)
        return self.encode(words, swaps, rng, length)

    def encode(
        self, words: Sequence[str], swaps: Sequence[Swap], rng: np.random.Generator, length: int
    ) -> tuple[list[int], list[int], list[int]]:
        """Input pieces, target pieces and roles of a passage with its swaps made."""
        start_of = {s.start: s for s in swaps}
        ids, targets, roles = [CLS], [CLS], [0]
        masked = rng.random(len(words)) < 0.10
        k = 0
        while k < len(words) and len(ids) < length - 1:
            s = start_of.get(k)
            if s is None:
                p = self.pieces(words[k])
                ids += [MASK] * len(p) if masked[k] else p
                targets += p
                roles += [2 if masked[k] else 0] * len(p)
                k += 1
                continue
            for a, b in align(words[s.start : s.end], s.words):
                p = self.pieces(a)
                t = [i for w in b for i in self.pieces(w)]
                ids += p
                targets += slot_targets(p, t)
                roles += [0 if p == t else 1] * len(p)
            k = s.end
        return ids[: length - 1] + [SEP], targets[: length - 1] + [SEP], roles[: length - 1] + [0]

    def batch(
        self, step: int, size: int, length: int
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """ids, attention mask, flat positions to learn from, and their targets."""
        rng = np.random.default_rng((self.seed, step))
        ids = np.zeros((size, length), dtype=np.int64)
        mask = np.zeros((size, length), dtype=np.int64)
        where, what = [], []
        for row in range(size):
            x, y, roles = self.passage(rng, length)
            ids[row, : len(x)] = x
            mask[row, : len(x)] = 1
            r = np.array(roles)
            pick = (r > 0) | (rng.random(len(r)) < 0.12)
            pick[0] = pick[-1] = False
            at = np.flatnonzero(pick)
            where.append(at + row * length)
            what.append(np.array(y)[at])
        return (
            torch.from_numpy(ids),
            torch.from_numpy(mask),
            torch.from_numpy(np.concatenate(where)),
            torch.from_numpy(np.concatenate(what)),
        )


def from_encoder(encoder: Path) -> BertForMaskedLM:
    """A masked LM on a sentence encoder's weights; its head is new, tied to the embeddings."""
    config = BertConfig.from_pretrained(encoder)
    config.tie_word_embeddings = True
    # under one epoch there is nothing to overfit, and on a CPU drawing the masks takes half the time
    config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
    model = BertForMaskedLM(config)
    weights = {f"bert.{k}": v for k, v in load_file(encoder / "model.safetensors").items()}
    missing, _ = model.load_state_dict(weights, strict=False)
    assert not [k for k in missing if k.startswith("bert.") and "position_ids" not in k], missing
    model.tie_weights()
    return model


def train(
    model: BertForMaskedLM,
    sampler: Sampler,
    out: Path,
    *,
    minutes: float,
    rate: float = 4e-4,
    size: int = 24,
    length: int = 160,
    report: Callable[[str], None] = print,
) -> None:
    """Train for a time budget, checkpointing every five minutes and resuming where it stopped."""
    out.mkdir(parents=True, exist_ok=True)
    decay = [p for n, p in model.named_parameters() if p.ndim > 1 and "embeddings" not in n]
    rest = [p for n, p in model.named_parameters() if not (p.ndim > 1 and "embeddings" not in n)]
    optimizer = torch.optim.AdamW(
        [{"params": decay, "weight_decay": 0.01}, {"params": rest, "weight_decay": 0.0}],
        lr=rate,
        betas=(0.9, 0.98),
    )
    step, spent, saved = 0, 0.0, 0.0
    state = out / "checkpoint.pt"
    if state.exists():
        kept = torch.load(state, weights_only=True)
        model.load_state_dict(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
        step, spent = kept["step"], kept["spent"]
    saved = spent
    budget = minutes * 60
    model.train()
    shown: list[float] = []
    while spent < budget:
        begun = time.monotonic()
        warm = min(1.0, (step + 1) / 200)
        for group in optimizer.param_groups:
            group["lr"] = rate * warm * max(0.02, 1 - spent / budget)
        ids, mask, where, what = sampler.batch(step, size, length)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = model.bert(input_ids=ids, attention_mask=mask).last_hidden_state
            logits = model.cls(hidden.view(-1, hidden.shape[-1])[where])
        loss = torch.nn.functional.cross_entropy(logits.float(), what)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step += 1
        with torch.no_grad():
            changed = ids.view(-1)[where] != what
            right = logits.argmax(-1) == what
            shown.append(float(loss))
            if step % 50 == 0:
                report(
                    f"step {step} {spent / 60:.1f} min loss {np.mean(shown):.3f} "
                    f"changed {float(right[changed].float().mean()):.3f} "
                    f"kept {float(right[~changed].float().mean()):.4f} "
                    f"tokens/s {size * length / (time.monotonic() - begun):.0f}"
                )
                shown = []
        spent += time.monotonic() - begun
        if spent - saved > 300 or spent >= budget:
            torch.save(
                {
                    "model": model.state_dict(),
                    "optimizer": optimizer.state_dict(),
                    "step": step,
                    "spent": spent,
                },
                state,
            )
            save(model, out)
            saved = spent


def save(model: BertForMaskedLM, out: Path) -> None:
    """Half-precision weights as safetensors; the tied decoder is stored once."""
    weights = {
        k: v.detach().to(torch.float16).contiguous()
        for k, v in model.state_dict().items()
        if k not in ("cls.predictions.decoder.weight", "cls.predictions.decoder.bias")
        and "pooler" not in k
        and "position_ids" not in k
    }
    save_file(weights, out / "model.safetensors")
    model.config.save_pretrained(out)
