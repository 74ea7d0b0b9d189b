"""Trains in processes that are killed, for `test_train.py`: argv holds the base, the corpus, the folder.

`whole` is trained without interruption. `killed` is killed at a step, before and after its first
checkpoint, while a checkpoint is being written, and after the last one, then started once more.
"""

import os
import signal
import sys
from pathlib import Path

import torch

from textrepair.texts import read_texts
from textrepair.training.base import read_base
from textrepair.training.denoise import Recipe, train
from textrepair.training.packed import pack
from textrepair.training.paraphrases import paraphrases
from textrepair.training.samples import Sampler
from textrepair.training.spinner import build_channel


def run(out: Path, kill_at: int = -1, *, writing: bool = False) -> None:
    """Train in `out`; SIGKILL this process at step `kill_at`, or in the next writing after it."""
    out.mkdir(exist_ok=True)
    base = read_base(sys.argv[1], seed=1)
    packed = pack([read_texts(Path(sys.argv[2]))])
    channel = build_channel(paraphrases())
    sampler = Sampler(packed, [(1.0, channel)], channel, base.tokenizer, seed=1)
    recipe = Recipe(steps=12, every=3, size=4, length=48)
    for status in train(base.model, sampler, out, recipe, state=out, rate=3e-3, made_of={}):
        if status.step == kill_at:
            if not writing:
                os.kill(os.getpid(), signal.SIGKILL)
            os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment]


if __name__ == "__main__":
    folder = Path(sys.argv[3])
    torch.set_num_threads(1)  # so that the processes forked from this one can use torch
    run(folder / "whole")
    for kill_at, writing in (
        (0, False),
        (2, False),
        (4, False),
        (5, True),
        (8, False),
        (11, True),
        (12, False),
    ):
        child = os.fork()
        if not child:
            run(folder / "killed", kill_at, writing=writing)
            os._exit(0)
        _, ended = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(ended)}\n")
        sys.stdout.flush()  # before the next fork, which would say it again
    run(folder / "killed")
