"""Make a trained model one that reads again what a smaller one finds spun.

Its weights are stored in eight bits, in files of a size that a repository of code takes. Documents are judged
as the smaller model judges them; the judgement of places, with what the larger one says, is fitted to real
pages afterwards (`python -m textrepair.bench.fitting`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from textrepair.files import whole
from textrepair.models import find_model, weight_files, write_manifest
from textrepair.pipeline.judgement import Decision
from textrepair.rerank.weights import SCALE, in_eight_bits, read_weights
from textrepair.training.graph import write_graphs

LARGEST = 64_000_000  # bytes of one file of weights
Stored = dict[str, NDArray[np.generic]]


def ship(folder: Path, reads_first: str) -> None:
    """Make the model in a folder the larger one of a pair.

    Raises `TextrepairError` for an unknown smaller model, and `OSError`.
    """
    decision = Decision.read(find_model(reads_first) / "decision.json")
    before = weight_files(folder)
    shards = [*_shards(in_eight_bits(read_weights(folder)))]
    names = [f"model-{number}-of-{len(shards)}.safetensors" for number in range(1, len(shards) + 1)]
    for name, shard in zip(names, shards, strict=True):
        with whole(folder / name) as file:
            file.write(save(shard))
    for path in before:
        if path.name not in names:
            path.unlink()
    write_graphs(folder)
    replace(decision, reads_first=reads_first).write(folder / "decision.json")
    write_manifest(folder)


def _shards(stored: Mapping[str, NDArray[np.generic]]) -> Iterator[Stored]:
    """The tensors by files, each beside what its rows are multiplied by."""
    shard: Stored = {}
    size = 0
    for name in sorted(stored, key=lambda name: (name.removesuffix(SCALE), name)):
        if size + stored[name].nbytes > LARGEST and not name.endswith(SCALE):
            yield shard
            shard, size = {}, 0
        shard[name] = np.ascontiguousarray(stored[name])
        size += stored[name].nbytes
    yield shard
