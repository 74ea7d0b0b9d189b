"""Draw training batches: passages of a corpus, spun and masked, with what stood there as targets."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from tokenizers import Tokenizer

from textrepair.lexicon.synonyms import canonical_for
from textrepair.rerank import CLS, SEP, align, slot_targets
from textrepair.rerank.network import nameable
from textrepair.training.packed import Corpus
from textrepair.training.spinner import Channel, Swap, article_slips, log_uniform, spin, torture

MASK = 103
# Shares of untouched pieces learnt from beside the changed ones, since the head over all costs a third:
# of words that a spinner might have put there, and of others, which are seldom in doubt.
DOUBTFUL, OTHERS = 0.24, 0.06
MOST_TERMS = 6  # tortured in one passage


class Batch(NamedTuple):
    """Input ids and their attention mask, the flat positions to learn from, and their targets.

    `replaced`: for every position whether its piece was replaced (1 or 0), or is none of a word (-1).
    """

    ids: torch.Tensor
    mask: torch.Tensor
    where: torch.Tensor
    what: torch.Tensor
    replaced: torch.Tensor


@dataclass(frozen=True)
class Mixture:
    """How a passage is changed: its chance of being spun, or of a few terms planted, and the share of words
    masked.
    """

    spun: float
    planted: float
    masked: float


class Sampler:
    """Draws batches from one part of a corpus.

    Batch number `step` is a function of the seed, the step and the mixture alone.
    """

    def __init__(
        self,
        corpus: Corpus,
        channels: Sequence[tuple[float, Channel]],
        terms: Channel,
        tokenizer: Tokenizer,
        seed: int,
    ):
        self.corpus, self.channels, self.terms, self.seed = corpus, channels, terms, seed
        self.part = "trained on"
        weights = np.array([w for w, _ in channels])
        self.weights = weights / weights.sum()
        self.tokenizer = tokenizer
        self.named = nameable(tokenizer)
        encoded = tokenizer.encode_batch(corpus.words, add_special_tokens=False)
        self.cache: dict[str, list[int]] = {w: e.ids for w, e in zip(corpus.words, encoded, strict=True)}

    def on(self, part: str) -> Sampler:
        """The same sampler on another part of the corpus."""
        other = copy(self)
        other.part = part
        return other

    def pieces(self, word: str) -> list[int]:
        """The word pieces of a lower-case word."""
        found = self.cache.get(word)
        if found is None:
            found = self.cache[word] = self.tokenizer.encode(word, add_special_tokens=False).ids
        return found

    def passage(
        self, rng: np.random.Generator, length: int, mixture: Mixture
    ) -> tuple[list[int], list[int], list[float]]:
        """One passage: input pieces, target pieces, and the share learnt from of each (see `encode`)."""
        c = self.corpus
        part = ""
        while part != self.part:
            at = int(rng.integers(0, len(c.ids) - length))
            document = int(np.searchsorted(c.offsets, at, side="right")) - 1
            part = c.part(document)
        end = int(min(c.offsets[document + 1], at + length))
        if end - at < 40:
            at = int(max(c.offsets[document], end - length))
        words = [c.words[i] for i in c.ids[at:end]]
        swaps: list[Swap] = []
        kind = rng.random()
        channel = self.channels[int(rng.choice(len(self.channels), p=self.weights))][1]
        if kind < mixture.spun:
            swaps = spin(words, channel, rng, log_uniform(rng, 0.03, 0.8))
        elif kind < mixture.spun + mixture.planted:
            swaps = spin(words, self.terms, rng, 0.5) if rng.random() < 0.5 else []
            swaps = swaps or torture(words, channel, rng, most=MOST_TERMS)
        swaps += article_slips(words, swaps, rng)
        return self.encode(words, swaps, rng.random(len(words)) < mixture.masked, length)

    def encode(
        self, words: Sequence[str], swaps: Sequence[Swap], masked: Sequence[bool] | np.ndarray, length: int
    ) -> tuple[list[int], list[int], list[float]]:
        """Input pieces, target pieces and shares of a passage with its swaps made and its masks set.

        A share is the chance of a piece to be learnt from: 1 if it was swapped or masked.
        """
        start_of = {s.start: s for s in swaps}
        ids, targets, shares = [CLS], [CLS], [0.0]
        k = 0
        while k < len(words) and len(ids) < length - 1:
            s = start_of.get(k)
            if s is None:
                p = self.pieces(words[k])
                ids += [MASK] * len(p) if masked[k] else p
                targets += p
                shares += [1.0 if masked[k] else DOUBTFUL if canonical_for(words[k]) else OTHERS] * len(p)
                k += 1
                continue
            for a, b in align(words[s.start : s.end], s.words):
                p = self.pieces(a)
                t = [i for w in b for i in self.pieces(w)]
                ids += p
                targets += slot_targets(p, t)
                shares += [OTHERS if p == t else 1.0] * len(p)
            k = s.end
        return ids[: length - 1] + [SEP], targets[: length - 1] + [SEP], shares[: length - 1] + [0.0]

    def batch(self, step: int, size: int, length: int, mixture: Mixture) -> Batch:
        """Batch number `step`: `size` passages of up to `length` pieces."""
        rng = np.random.default_rng((self.seed, step))
        ids = np.zeros((size, length), dtype=np.int64)
        mask = np.zeros((size, length), dtype=np.int64)
        replaced = np.full((size, length), -1.0, dtype=np.float32)
        where, what = [], []
        for row in range(size):
            x, y, shares = self.passage(rng, length, mixture)
            ids[row, : len(x)] = x
            mask[row, : len(x)] = 1
            read, true = np.array(x[1:-1]), np.array(y[1:-1])
            replaced[row, 1 : len(x) - 1] = np.where(read == MASK, -1.0, read != true)
            at = np.flatnonzero(rng.random(len(shares)) < shares)
            where.append(at + row * length)
            what.append(np.array(y)[at])
        return Batch(
            torch.from_numpy(ids),
            torch.from_numpy(mask),
            torch.from_numpy(np.concatenate(where)),
            torch.from_numpy(np.concatenate(what)),
            torch.from_numpy(replaced),
        )


class Draws(torch.utils.data.Dataset[Batch]):
    """The batches of a sampler by their number, so that they can be drawn by several processes."""

    def __init__(self, sampler: Sampler, size: int, length: int, mixture: Mixture):
        self.sampler, self.size, self.length, self.mixture = sampler, size, length, mixture

    def __getitem__(self, step: int) -> Batch:
        """Batch number `step`."""
        return self.sampler.batch(step, self.size, self.length, self.mixture)
