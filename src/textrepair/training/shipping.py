"""Make a larger model, trained by `textrepair train`, one that reads again what a small one finds spun.

    python -m textrepair.training.shipping TRAINED OUT --reads-first en_sci_sm

Its weights are stored in eight bits, in files that a repository of code takes. Documents are judged as the
small model judges them; the judgement of places, with what the larger one says, is fitted to real pages
afterwards (`python -m textrepair.bench.fitting`).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from safetensors.numpy import save

from textrepair.files import whole
from textrepair.models import find_model, write_manifest
from textrepair.pipeline.judgement import Decision
from textrepair.rerank.weights import SCALE, in_eight_bits, read_weights
from textrepair.training.graph import write_graphs

LARGEST = 64_000_000  # bytes of one file of weights
Stored = dict[str, NDArray[np.generic]]


def ship(trained: Path, out: Path, reads_first: str) -> None:
    """Write the model folder `out`. Raises `TextrepairError` for an unknown model, and `OSError`."""
    decision = Decision.read(find_model(reads_first) / "decision.json")
    out.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "tokenizer.json", "training.json"):
        shutil.copy(trained / name, out / name)
    shards = [*_shards(in_eight_bits(read_weights(trained)))]
    for number, shard in enumerate(shards, 1):
        with whole(out / f"model-{number}-of-{len(shards)}.safetensors") as file:
            file.write(save(shard))
    write_graphs(out)
    replace(decision, reads_first=reads_first).write(out / "decision.json")
    write_manifest(out)


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


def main(
    trained: Annotated[Path, typer.Argument(help="Folder that the training left.")],
    out: Annotated[Path, typer.Argument(help="Folder of the model to make.")],
    reads_first: Annotated[str, typer.Option(help="The small model that reads everything.")],
) -> None:
    """Make a model that reads again what a small one finds spun."""
    ship(trained, out, reads_first)


if __name__ == "__main__":
    typer.run(main)
