"""Train the in-place reranker: it reads spun text and predicts the original at every position.

The idea is MacBERT's (Cui et al. 2020: correct a similar word instead of a mask) and soft-masked
BERT's (Zhang et al. 2020), with GECToR's (Omelianchuk et al. 2020) alignment of a longer wrong
phrase: its surplus pieces predict `DELETE`. A share of untouched words is masked as in BERT, so
that the model stays a language model. A second head learns at every position whether the piece was
replaced at all, since every position has something to teach then (ELECTRA, Clark et al. 2020). Before
any word is spun the model is a language model only, for it to learn the field (domain-adaptive
pretraining, Gururangan et al. 2020), unless it undoes spins already.

The learning rate rises, is held, and falls over the last quarter of the budget (Hu et al. 2024, "MiniCPM").
The state before it fell is kept, so that a model can be finished at any time, and the same training go on
under a larger budget.
"""

from __future__ import annotations

import ctypes
import itertools
import math
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch.utils.data import DataLoader
from transformers import BertForMaskedLM

from textrepair.rerank.runtimes import precision
from textrepair.training.base import save_weights
from textrepair.training.objective import Head, Measured, loss_of, measure, predict
from textrepair.training.samples import Batch, Draws, Mixture, Sampler
from textrepair.training.state import BUDGET, Progress, keep, resume

HELD = "held.pt"  # the state of a training as long as its learning rate is held
CHECKPOINT = "checkpoint.pt"  # and while it falls
# The learning rate rises over this share of the training, or so many steps if that is less, and falls over
# the last `FALL`.
WARM, WARM_STEPS, FALL = 0.05, 200, 0.25
LEAST_RATE = 0.02  # of the full rate, at the very end
MEASURED_ON = 8  # batches of held-out passages
# Share of spun pieces read right from which a base is no beginner: the language of the field alone would
# have it forget its spins (seen: from .76 to .54 in 200 steps).
UNDOES_SPINS = 0.5


@dataclass(frozen=True)
class Stage:
    """What is learnt until the share `until` of the training is done, or so many `steps`."""

    name: str
    until: float
    steps: float
    mixture: Mixture


STAGES = (
    Stage("language of the field", 0.2, 150, Mixture(spun=0.0, planted=0.0, masked=0.15)),
    Stage("simulated spins", 1.0, math.inf, Mixture(spun=0.45, planted=0.3, masked=0.10)),
)


@dataclass(frozen=True)
class Recipe:
    """How long and how fast to train: for a number of `steps`, or for a number of `minutes`.

    `every`: steps between measurements on held-out spins, each followed by a checkpoint. `patience`:
    measurements in a row without a better one after which training stops. `size`, `length`: passages a
    step, and pieces a passage, as long as the learning rate is held; while it falls the passages are twice
    as long and half as many.
    """

    steps: int | None = None
    minutes: float = 90.0
    seed: int = 1
    every: int = 100
    patience: int = 8
    size: int = 24
    length: int = 160

    def done(self, step: int, spent: float) -> float:
        """The share of the training that `step` steps in `spent` seconds are.

        >>> Recipe(steps=200).done(50, 1e6), Recipe(minutes=2).done(50, 30.0)
        (0.25, 0.25)
        """
        whole_of, so_far = (self.minutes * 60, spent) if self.steps is None else (self.steps, step)
        return min(1.0, so_far / whole_of) if whole_of else 1.0


def slope(done: float, step: int) -> float:
    """The share of the full learning rate at a step, when the share `done` of training is over.

    >>> [slope(done, step) for done, step in ((0.0, 0), (0.025, 50), (0.5, 1000), (0.875, 1750), (1.0, 2000))]
    [0.0, 0.5, 1.0, 0.5, 0.02]
    """
    rise = min(1.0, max(done / WARM, step / WARM_STEPS))
    return rise * max(LEAST_RATE, round(min(1.0, (1 - done) / FALL), 9))


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
    out: Path,
    recipe: Recipe,
    *,
    state: Path,
    rate: float,
    made_of: Mapping[str, str],
    device: str = "cpu",
) -> Iterator[Status]:
    """Train, yielding the status at the start and after each step.

    `out` gets the weights that read held-out spins best, the first ones among them, and while the learning
    rate falls the state of the training; as long as it is held that goes to the folder `state`. Both are gone
    on from: the one under the same budget, the other under any. On one CPU, under a recipe that counts
    steps, the weights are then the same to the last bit as without the interruption. `rate` is the highest
    learning rate; `made_of` names all that the training is made of, and a state made of other things is
    refused with `TextrepairError`. Raises `OSError` when a state cannot be written (the last one stays) and
    `FloatingPointError` when the loss is no number any more.
    """
    _prepare(model, device)
    optimizer = _optimizer(model, rate)
    states = _States(state, out, recipe, {"rate": str(rate), **made_of})
    at, fallen = states.resume(model, optimizer, device)
    head = Head(model, sampler.named)
    test = _tests(model, head, sampler.on("held out"), recipe, device)
    new = not at.measured
    if new:
        at.measured.append(test(at, "before"))
        at.stage = int(at.measured[0].spun > UNDOES_SPINS)
        states.keep(model, optimizer, at, falls=False)
    if not (out / "model.safetensors").exists():  # what it begins with is the best until something is better
        save_weights(model, out)
    done = recipe.done(at.step, at.spent)
    yield Status(done, at.measured[-1].stage, at.step, math.nan, at.measured, new, at.stopped)
    while not at.stopped and done < 1:
        stage, falls = STAGES[at.stage], done >= 1 - FALL
        if falls and not fallen:
            states.keep(model, optimizer, at, falls=False)
            fallen = True
        begun = time.monotonic()
        for batch in _batches(sampler, recipe, stage, at.step, device, falls=falls):
            loss = _learn(model, head, optimizer, batch, rate * slope(done, at.step))
            at.step += 1
            now = time.monotonic()
            at.spent, begun = at.spent + now - begun, now
            done = recipe.done(at.step, at.spent)
            over = at.stage < len(STAGES) - 1 and (done >= stage.until or at.step >= stage.steps)
            at.stage += over
            new = at.step % recipe.every == 0 or done >= 1
            if new:
                at.measured.append(test(at, stage.name))
                if stage is STAGES[-1] or done >= 1:
                    _judge(model, out, at, recipe.patience)
                states.keep(model, optimizer, at, falls=falls)
            yield Status(done, stage.name, at.step, loss, at.measured, new, at.stopped)
            if at.stopped or done >= 1 or over or falls != (done >= 1 - FALL):
                break


class _States:
    """Where the state of a training is kept: as long as its rate is held, and while it falls."""

    def __init__(self, state: Path, out: Path, recipe: Recipe, made_of: Mapping[str, str]) -> None:
        fields = {k: str(v) for k, v in asdict(recipe).items()}
        held = {k: v for k, v in fields.items() if k not in BUDGET} | dict(made_of)
        self._held = state / HELD, held
        self._falling = out / CHECKPOINT, held | {k: fields[k] for k in BUDGET}

    def resume(
        self, model: BertForMaskedLM, optimizer: torch.optim.Optimizer, device: str
    ) -> tuple[Progress, bool]:
        """Where the training stands, with its state loaded, and whether its rate falls already."""
        at, fallen = (
            resume(path, model, optimizer, made, device) for path, made in (self._held, self._falling)
        )
        return fallen or at or Progress(), fallen is not None

    def keep(
        self, model: BertForMaskedLM, optimizer: torch.optim.Optimizer, at: Progress, *, falls: bool
    ) -> None:
        path, made = self._falling if falls else self._held
        keep(path, model, optimizer, at, made)


def _prepare(model: BertForMaskedLM, device: str) -> None:
    _keep_memory()
    if device == "cpu" and precision(device) == torch.bfloat16:
        model.set_attn_implementation("eager")  # the fused kernel costs a quarter of a step more there
    model.to(torch.device(device)).train()  # type: ignore[arg-type]


def _tests(
    model: BertForMaskedLM, head: Head, held_out: Sampler, recipe: Recipe, device: str
) -> Callable[[Progress, str], Measured]:
    """What measures the model on held-out spins."""
    tests = [held_out.batch(k, recipe.size, recipe.length, STAGES[-1].mixture) for k in range(MEASURED_ON)]
    return lambda at, stage: measure(model, head, tests, device, at.step, at.spent / 60, stage)


def _batches(
    sampler: Sampler, recipe: Recipe, stage: Stage, first: int, device: str, *, falls: bool
) -> Iterable[Batch]:
    """The batches of a stage from the step `first` on; while the rate falls they are shaped differently."""
    size, length = recipe.size, recipe.length
    if falls:  # long passages cost more, and a few are enough to learn what is far apart
        size, length = max(1, size // 2), length * 2
    return DataLoader(
        Draws(sampler, size, length, stage.mixture),
        batch_size=None,
        sampler=itertools.count(first),
        num_workers=0 if device == "cpu" else min(8, (os.cpu_count() or 2) - 1),
    )


def _learn(
    model: BertForMaskedLM, head: Head, optimizer: torch.optim.Optimizer, batch: Batch, rate: float
) -> float:
    """One step at a learning rate; the loss before it."""
    for group in optimizer.param_groups:
        group["lr"] = rate
    logits, replaced, what, _ = predict(model, head, batch, model.device.type)
    loss = loss_of(logits, replaced, what, batch)
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return float(loss.detach())


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
        fused=True,
    )


def _keep_memory() -> None:
    """Have glibc keep what is freed: every step asks for the same large blocks again (a tenth faster)."""
    with suppress(OSError, AttributeError, TypeError):  # another C library
        libc = ctypes.CDLL(None)
        for option, value in ((-4, 0), (-1, 2**31 - 1)):  # M_MMAP_MAX, M_TRIM_THRESHOLD
            libc.mallopt(option, value)
