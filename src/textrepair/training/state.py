"""The state of a training: kept in one step, gone on from, and refused when it was made of other things."""

from __future__ import annotations

import io
import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from pickle import UnpicklingError

import torch
from transformers import BertForMaskedLM

from textrepair.errors import TextrepairError
from textrepair.files import whole
from textrepair.training.objective import Measured

BUDGET = ("steps", "minutes", "every", "patience")  # of a recipe: a training may go on with others


@dataclass
class Progress:
    """Where a training stands; all of it is in the checkpoint, beside weights and optimizer."""

    step: int = 0
    spent: float = 0.0
    best: float = math.inf
    stale: int = 0
    stopped: bool = False
    stage: int = 0
    measured: list[Measured] = field(default_factory=list)


def keep(
    path: Path, model: BertForMaskedLM, optimizer: torch.optim.Optimizer, at: Progress, made: dict[str, str]
) -> None:
    """Write the state of a training that is `made` of such things; raise `OSError` where that fails."""
    state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "at": asdict(at), "made": made}
    buffer = io.BytesIO()  # written by hand, since torch hides from its caller that a disk is full
    torch.save(state, buffer)
    with whole(path) as file:
        file.write(buffer.getbuffer())


def resume(
    path: Path, model: BertForMaskedLM, optimizer: torch.optim.Optimizer, made: dict[str, str], device: str
) -> Progress | None:
    """Where the training kept at `path` stands, with its state loaded; None if there is none, or it was kept
    under another budget. Raises `TextrepairError` when it is damaged, or `made` of other things.
    """
    if not path.exists():
        return None
    try:
        state = torch.load(path, weights_only=True, map_location=device)
        kept: dict[str, str] = state["made"]
    except (RuntimeError, EOFError, KeyError, UnpicklingError) as error:
        raise TextrepairError(f"{path}: no checkpoint of this version; delete it to start anew") from error
    differing = sorted(k for k in made.keys() | kept.keys() if made.get(k) != kept.get(k))
    if differing and {*differing} <= {*BUDGET}:
        return None
    if differing:
        raise TextrepairError(
            f"{path}: this training was begun with another {' and another '.join(differing)}; "
            "repeat the first command to go on with it, or give another --out"
        )
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    return Progress(**{**state["at"], "measured": [Measured(**m) for m in state["at"]["measured"]]})
