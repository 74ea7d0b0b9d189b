"""Train the in-place reranker: it reads spun text and predicts the original at every position.

The idea is MacBERT's (Cui et al. 2020: correct a similar word instead of a mask) and soft-masked
BERT's (Zhang et al. 2020), with GECToR's (Omelianchuk et al. 2020) alignment of a longer wrong
phrase: its surplus pieces predict `DELETE`. A share of untouched words is masked as in BERT, so
that the model stays a language model. A second head learns at every position whether the piece was
replaced at all, since every position has something to teach then (ELECTRA, Clark et al. 2020). Before
any word is spun the model is a language model only, for it to learn the field (domain-adaptive
pretraining, Gururangan et al. 2020), unless it undoes spins already.
"""

from __future__ import annotations

import ctypes
import io
import itertools
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from pickle import UnpicklingError

import torch
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy
from torch.utils.data import DataLoader
from transformers import BertForMaskedLM

from textrepair.errors import TextrepairError
from textrepair.rerank.network import hidden_states
from textrepair.training.base import save_weights
from textrepair.training.files import whole
from textrepair.training.samples import MASK, Batch, Draws, Mixture, Sampler

CHECKPOINT = "checkpoint.pt"
WARM = 0.05  # share of the training in which the learning rate rises; then it falls to the end
LEAST_RATE = 0.02  # of the full rate, at the very end
MEASURED_ON = 8  # batches of held-out passages
REPLACED = 5.0  # weight of what the second head learns: a mistake of its is rarer, and costs less
FALSE_ALARMS = 1e-3  # share of the other pieces, at which it is measured how many replaced ones are found
# Share of spun pieces read right from which a base is no beginner: the language of the field alone would
# have it forget its spins (seen: from .76 to .54 in 200 steps).
UNDOES_SPINS = 0.5


@dataclass(frozen=True)
class Stage:
    """What is learnt until the share `until` of the training is done."""

    name: str
    until: float
    mixture: Mixture


STAGES = (
    Stage("language of the field", 0.2, Mixture(spun=0.0, planted=0.0, masked=0.15)),
    Stage("simulated spins", 1.0, Mixture(spun=0.45, planted=0.3, masked=0.10)),
)


@dataclass(frozen=True)
class Recipe:
    """How long and how fast to train: for a number of `steps`, or for a number of `minutes`.

    `every`: steps between measurements on held-out spins, each followed by a checkpoint. `patience`:
    measurements in a row without a better one after which training stops. `size`, `length`: passages a
    step, and pieces a passage.
    """

    steps: int | None = None
    minutes: float = 90.0
    seed: int = 1
    every: int = 100
    patience: int = 8
    size: int = 12
    length: int = 320

    def done(self, step: int, spent: float) -> float:
        """The share of the training that `step` steps in `spent` seconds are.

        >>> Recipe(steps=200).done(50, 1e6), Recipe(minutes=2).done(50, 30.0)
        (0.25, 0.25)
        """
        whole_of, so_far = (self.minutes * 60, spent) if self.steps is None else (self.steps, step)
        return min(1.0, so_far / whole_of) if whole_of else 1.0


def slope(done: float) -> float:
    """The share of the full learning rate when the share `done` of training is over: up, then down.

    >>> [slope(done) for done in (0.0, 0.025, 0.5, 1.0)]
    [0.0, 0.4875, 0.5, 0.02]
    """
    return min(1.0, done / WARM) * max(LEAST_RATE, 1 - done)


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


@dataclass
class Progress:
    """Where a training stands; all of it is in the checkpoint, beside weights and optimizer."""

    step: int = 0
    spent: float = 0.0
    best: float = math.inf
    stale: int = 0
    stopped: bool = False
    measured: list[Measured] = field(default_factory=list)


@dataclass(frozen=True)
class Status:
    """Where a training stands after a step, or before the first one of this run.

    `done`: the share that is over; `loss`: of this step (nats), nan before the first; `history`: all
    measurements; `new`: whether the last of them is of this step; `stopped`: whether patience ran out.
    """

    done: float
    stage: str
    step: int
    loss: float
    history: Sequence[Measured]
    new: bool
    stopped: bool


def train(
    model: BertForMaskedLM,
    sampler: Sampler,
    held_out: Sampler,
    out: Path,
    recipe: Recipe,
    *,
    rate: float,
    made_of: Mapping[str, str],
    device: str = "cpu",
    workers: int = 0,
) -> Iterator[Status]:
    """Train, yielding the status at the start and after each step.

    `out` gets the weights that read held-out spins best, the first ones among them.
    A checkpoint in `out` is gone on from. On one CPU, under a recipe that counts steps, the weights are
    then the same to the last bit as without the interruption, wherever it came. `rate` is the highest
    learning rate; `made_of` names all that the training is made of, and a checkpoint made of other
    things is refused with `TextrepairError`. Raises `OSError` when a checkpoint cannot be written (the
    last one stays) and `FloatingPointError` when the loss is no number any more.
    """
    _keep_memory()
    if device == "cpu" and precision(device) == torch.bfloat16:
        model.set_attn_implementation("eager")  # the fused kernel costs a quarter of a step more there
    model.to(torch.device(device)).train()  # type: ignore[arg-type]
    optimizer = _optimizer(model, rate)
    made = {**{k: str(v) for k, v in asdict(recipe).items()}, "rate": str(rate), **made_of}
    at = _resume(out / CHECKPOINT, model, optimizer, made, device)
    tests = [held_out.batch(k, recipe.size, recipe.length, STAGES[-1].mixture) for k in range(MEASURED_ON)]
    new = not at.measured
    if new:
        at.measured.append(_measure(model, tests, device, at, "before"))
        _keep(out / CHECKPOINT, model, optimizer, at, made)
    if at.step == 0:  # what it begins with is the best until something is better
        save_weights(model, out)
    done = recipe.done(at.step, at.spent)
    yield Status(done, at.measured[-1].stage, at.step, math.nan, at.measured, new, at.stopped)
    for stage in STAGES:
        if at.stopped or recipe.done(at.step, at.spent) >= stage.until:
            continue
        if not stage.mixture.spun and at.measured[0].spun > UNDOES_SPINS:
            continue
        draws = Draws(sampler, recipe.size, recipe.length, stage.mixture)
        begun = time.monotonic()
        for batch in DataLoader(
            draws, batch_size=None, sampler=itertools.count(at.step), num_workers=workers
        ):
            for group in optimizer.param_groups:
                group["lr"] = rate * slope(recipe.done(at.step, at.spent))
            loss = _learn(model, optimizer, batch, device)
            at.step += 1
            now = time.monotonic()
            at.spent, begun = at.spent + now - begun, now
            done = recipe.done(at.step, at.spent)
            new = at.step % recipe.every == 0 or done >= 1
            if new:
                at.measured.append(_measure(model, tests, device, at, stage.name))
                if stage is STAGES[-1] or done >= 1:
                    _judge(model, out, at, recipe.patience)
                _keep(out / CHECKPOINT, model, optimizer, at, made)
            yield Status(done, stage.name, at.step, loss, at.measured, new, at.stopped)
            if at.stopped or done >= stage.until:
                break


def precision(device: str) -> torch.dtype:
    """In what a training computes: bfloat16 where the machine multiplies it by tiles, as GPUs and processors
    with AMX do; on others a step in single precision takes half the time (1.7 s for 3.5 s on two cores).
    """
    return torch.bfloat16 if device != "cpu" or torch.cpu._is_amx_tile_supported() else torch.float32


def _learn(model: BertForMaskedLM, optimizer: torch.optim.Optimizer, batch: Batch, device: str) -> float:
    """One step; the loss before it."""
    logits, replaced = _predict(model, batch, device)
    loss = _loss(logits, replaced, batch)
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return float(loss.detach())


def _predict(model: BertForMaskedLM, batch: Batch, device: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits of all pieces at the positions to learn from; and at those of words, of having been replaced."""
    ids, mask, where, replaced = (t.to(device) for t in (batch.ids, batch.mask, batch.where, batch.replaced))
    reduced = precision(device)
    with torch.autocast(device, dtype=reduced, enabled=reduced != torch.float32):
        hidden = hidden_states(model, ids, mask)
        of_words = model.get_submodule("replaced")(hidden[replaced.flatten() >= 0])
        return model.cls(hidden[where]).float(), of_words[:, 0].float()


def _loss(logits: torch.Tensor, replaced: torch.Tensor, batch: Batch) -> torch.Tensor:
    truth = batch.replaced[batch.replaced >= 0].to(replaced.device)
    read = cross_entropy(logits, batch.what.to(logits.device))
    return read + REPLACED * binary_cross_entropy_with_logits(replaced, truth)


@torch.no_grad()
def _measure(
    model: BertForMaskedLM, tests: Sequence[Batch], device: str, at: Progress, stage: str
) -> Measured:
    loss = 0.0
    right, changed, kept, odds, truth = [], [], [], [], []
    for batch in tests:
        logits, replaced = _predict(model, batch, device)
        loss += float(_loss(logits, replaced, batch)) / len(tests)
        right.append(logits.argmax(-1).cpu() == batch.what)
        ids = batch.ids.view(-1)[batch.where]
        changed.append((ids != batch.what) & (ids != MASK))
        kept.append(ids == batch.what)
        odds.append(replaced.cpu())
        truth.append(batch.replaced[batch.replaced >= 0] == 1)
    hits = torch.cat(right)
    spun, same = hits[torch.cat(changed)], hits[torch.cat(kept)]
    of_replaced, of_others = torch.cat(odds)[torch.cat(truth)], torch.cat(odds)[~torch.cat(truth)]
    line = of_others.sort(descending=True).values[int(FALSE_ALARMS * len(of_others))]
    return Measured(
        at.step,
        round(at.spent / 60, 1),
        stage,
        round(loss, 4),
        round(float(spun.sum()) / max(1, len(spun)), 4),
        round(float(same.sum()) / max(1, len(same)), 4),
        round(float((of_replaced > line).sum()) / max(1, len(of_replaced)), 4),
    )


def _judge(model: BertForMaskedLM, out: Path, at: Progress, patience: int) -> None:
    """Keep the weights if none were better, the first ones among them; stop when training brings no more.

    At its full rate training reads worse than a good beginning and gains at the end, so that patience is
    lost with what training itself has reached.
    """
    measured = at.measured[-1]
    if not math.isfinite(measured.loss):
        raise FloatingPointError(f"the loss on held-out spins is {measured.loss} at step {at.step}")
    if measured.loss < at.best:
        if measured.loss < at.measured[0].loss:
            save_weights(model, out)
        at.best, at.stale = measured.loss, 0
    else:
        at.stale += 1
        at.stopped = at.stale >= patience


def _optimizer(model: BertForMaskedLM, rate: float) -> torch.optim.AdamW:
    """AdamW; biases, norms and embeddings do not decay."""
    groups: dict[float, list[torch.nn.Parameter]] = {0.01: [], 0.0: []}
    for name, parameter in model.named_parameters():
        groups[0.01 if parameter.ndim > 1 and "embeddings" not in name else 0.0].append(parameter)
    return torch.optim.AdamW(
        [{"params": some, "weight_decay": decay} for decay, some in groups.items()],
        lr=rate,
        betas=(0.9, 0.98),
    )


def _keep(
    path: Path, model: BertForMaskedLM, optimizer: torch.optim.Optimizer, at: Progress, made: dict[str, str]
) -> None:
    state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "at": asdict(at), "made": made}
    buffer = io.BytesIO()  # written by hand, since torch hides from its caller that a disk is full
    torch.save(state, buffer)
    with whole(path) as file:
        file.write(buffer.getbuffer())


def _resume(
    path: Path, model: BertForMaskedLM, optimizer: torch.optim.Optimizer, made: dict[str, str], device: str
) -> Progress:
    """Where the checkpoint stands, with its state loaded; the start if there is none."""
    if not path.exists():
        return Progress()
    try:
        state = torch.load(path, weights_only=True, map_location=device)
        kept: dict[str, str] = state["made"]
    except (RuntimeError, EOFError, KeyError, UnpicklingError) as error:
        raise TextrepairError(f"{path}: no checkpoint of this version; delete it to start anew") from error
    differing = sorted(k for k in made.keys() | kept.keys() if made.get(k) != kept.get(k))
    if differing:
        raise TextrepairError(
            f"{path}: this training was begun with another {' and another '.join(differing)}; "
            "repeat the first command to go on with it, or give another --out"
        )
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    return Progress(**{**state["at"], "measured": [Measured(**m) for m in state["at"]["measured"]]})


def _keep_memory() -> None:
    """Have glibc keep what is freed: every step asks for the same large blocks again (a tenth faster)."""
    with suppress(OSError, AttributeError, TypeError):  # another C library
        libc = ctypes.CDLL(None)
        for option, value in ((-4, 0), (-1, 2**31 - 1)):  # M_MMAP_MAX, M_TRIM_THRESHOLD
            libc.mallopt(option, value)
