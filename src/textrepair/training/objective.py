"""What the in-place network learns, and how well: its head over the pieces it may name, the loss, and the
measurement on held-out spins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, linear
from transformers import BertForMaskedLM

from textrepair.rerank.network import hidden_states
from textrepair.rerank.runtimes import precision
from textrepair.training.samples import MASK, Batch

REPLACED = 5.0  # weight of what the second head learns: a mistake of its is rarer, and costs less
FALSE_ALARMS = 1e-3  # share of the other pieces, at which it is measured how many replaced ones are found


@dataclass(frozen=True)
class Measured:
    """How well spins never trained on are undone after `step` steps.

    `loss` is what training makes small, in nats; `spun` and `kept` are the shares of pieces read right where
    a word was spun and where none was; `found` is the share of replaced pieces that are told from the others,
    one in a thousand of which is taken for replaced.
    """

    step: int
    minutes: float
    stage: str
    loss: float
    spun: float
    kept: float
    found: float


class Head:
    """The head of `model` over the pieces that it may name: half of the vocabulary, at half the price."""

    def __init__(self, model: BertForMaskedLM, named: Sequence[int]) -> None:
        self.model = model
        self.named = torch.tensor(named, device=model.device)
        self.place = torch.full((model.config.vocab_size,), -1, device=model.device)
        self.place[self.named] = torch.arange(len(named), device=model.device)

    def __call__(self, hidden: torch.Tensor) -> torch.Tensor:
        """The logit of each piece that may be named, in the order of `named`, for rows of hidden states."""
        of = self.model.cls.predictions
        weight, bias = of.decoder.weight[self.named], of.decoder.bias[self.named]
        return linear(of.transform(hidden), weight, bias)


class Predicted(NamedTuple):
    """What a network says of a batch: `logits` of the pieces that may be named, at the places to learn from
    whose original is one of them, and of having been `replaced`, at the pieces of words; `what`: the number
    of the original among those that may be named; `where`: the place in the batch.
    """

    logits: torch.Tensor
    replaced: torch.Tensor
    what: torch.Tensor
    where: torch.Tensor


def predict(model: BertForMaskedLM, head: Head, batch: Batch, device: str) -> Predicted:
    """What the network says of a batch, with gradients where they are wanted."""
    ids, mask, where, what, replaced = (
        t.to(device) for t in (batch.ids, batch.mask, batch.where, batch.what, batch.replaced)
    )
    what = head.place[what]
    where, what = where[what >= 0], what[what >= 0]
    reduced = precision(device)
    with torch.autocast(device, dtype=reduced, enabled=reduced != torch.float32):
        hidden = hidden_states(model, ids, mask)
        of_words = model.get_submodule("replaced")(hidden[replaced.flatten() >= 0])
        return Predicted(head(hidden[where]).float(), of_words[:, 0].float(), what, where)


def loss_of(logits: torch.Tensor, replaced: torch.Tensor, what: torch.Tensor, batch: Batch) -> torch.Tensor:
    """What training makes small (nats): the mean over the places to learn from, and that over all words."""
    truth = batch.replaced[batch.replaced >= 0].to(replaced.device)
    return cross_entropy(logits, what) + REPLACED * binary_cross_entropy_with_logits(replaced, truth)


@torch.no_grad()
def measure(
    model: BertForMaskedLM,
    head: Head,
    tests: Sequence[Batch],
    device: str,
    step: int,
    minutes: float,
    stage: str,
) -> Measured:
    """How well a network undoes the spins of `tests` after so many steps and minutes, in a stage."""
    loss = 0.0
    right, changed, kept, odds, truth = [], [], [], [], []
    for batch in tests:
        logits, replaced, what, where = predict(model, head, batch, device)
        loss += float(loss_of(logits, replaced, what, batch)) / len(tests)
        right.append((logits.argmax(-1) == what).cpu())
        ids, original = batch.ids.view(-1)[where.cpu()], head.named[what].cpu()
        changed.append((ids != original) & (ids != MASK))
        kept.append(ids == original)
        odds.append(replaced.cpu())
        truth.append(batch.replaced[batch.replaced >= 0] == 1)
    hits = torch.cat(right)
    spun, same = hits[torch.cat(changed)], hits[torch.cat(kept)]
    of_replaced, of_others = torch.cat(odds)[torch.cat(truth)], torch.cat(odds)[~torch.cat(truth)]
    line = of_others.sort(descending=True).values[int(FALSE_ALARMS * len(of_others))]
    return Measured(
        step,
        round(minutes, 1),
        stage,
        round(loss, 4),
        round(float(spun.sum()) / max(1, len(spun)), 4),
        round(float(same.sum()) / max(1, len(same)), 4),
        round(float((of_replaced > line).sum()) / max(1, len(of_replaced)), 4),
    )
